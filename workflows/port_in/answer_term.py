"""The donor's term to answer: its deadlines one after the other, by the national rules. It begins anew with each
request, and an announced delay moves it. The day of the port stays.
"""

from datetime import datetime

from activities.port_in_plans import MoveDay, PortInPlanActivities
from domain.orders import WaitingFor
from rules.plans import Deadline, Then
from workflows.port_in.state import PortInState

CONSEQUENCES = {
    Then.REMIND: "its desk is reminded by e-mail",
    Then.HOLD: "a person decides",
    Then.CANCEL: "the order is cancelled",
    Then.AGREE: "its silence is an agreement",
}


class AnswerTerm:
    """Until when the donor has to answer, and what its silence then leads to."""

    def __init__(self, port: PortInState) -> None:
        self._port = port
        self._passed = 0

    @property
    def deadline(self) -> Deadline:
        """The next one. The last one stays."""
        deadlines = self._port.plan.answer_deadlines
        return deadlines[min(self._passed, len(deadlines) - 1)]

    def go_on(self) -> None:
        """The deadline has passed, and the next one runs."""
        self._passed += 1

    async def renew(self) -> None:
        """The donor is asked again, or given another term after its silence."""
        self._passed = 0
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
        deadline = self.deadline
        return WaitingFor(
            party=self._port.order.donor, what=deadline.what, until=deadline.at, then=CONSEQUENCES[deadline.then]
        )
