"""The donor's term to answer, by the national rules. It begins anew with each request, and an announced delay moves it.
The day of the port stays.
"""

from datetime import datetime

from activities.port_in_plans import MoveDay, PortInPlanActivities
from domain.orders import WaitingFor
from workflows.port_in.state import PortInState


class AnswerTerm:
    """Until when the donor has to answer, and when a person looks at its silence."""

    def __init__(self, port: PortInState) -> None:
        self._port = port

    async def renew(self) -> None:
        """The donor is asked again, or given another term after its silence."""
        await self._move(MoveDay(plan=self._port.plan, asked_again=True))

    async def extend(self, until: datetime) -> None:
        """The donor has announced its answer for this legal instant."""
        await self._move(MoveDay(plan=self._port.plan, answer_delayed_until=until))

    async def _move(self, question: MoveDay) -> None:
        port = self._port
        moved = await port.calls.read(PortInPlanActivities.move_day, question, name="move-deadlines")
        if moved.plan is not None:  # the customer may have moved the day meanwhile: only the deadlines are taken over
            deadlines = moved.plan.answer_deadlines
            port.set_plan(port.plan.model_copy(update={"answer_deadlines": deadlines}))

    @property
    def waiting_for(self) -> WaitingFor:
        return WaitingFor(
            party=self._port.order.donor,
            what="its answer",
            until=self._port.plan.answer_due,
            then="its desk is reminded by e-mail",
        )
