"""The notice: confirmed on a durable medium, and waited for until the end of the last day. Until then the customer may
withdraw.
"""

from contextlib import suppress
from datetime import datetime

from temporalio import workflow

from activities.journal import JournalActivities, TakeLine
from domain.lines import LineTaken
from domain.money import money
from domain.orders import Actor, OrderState, WaitingFor
from domain.stages import TerminationStage
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.context import known
from workflows.order.stops import Folded
from workflows.order.transition import Transition
from workflows.termination.state import TerminationState


class Notice:
    """At most ten days, or longer where the customer asked for it (L224-39)."""

    def __init__(self, state: TerminationState) -> None:
        self._state = state
        self._effective_at: datetime | None = None
        self.is_over = False
        self._refusals = 0  # of the line, at the end of the last day
        self._pause = policies.LINE_NEWS
        self._waits_for = ""

    @property
    def effective_at(self) -> datetime | None:
        """The legal instant of the effect. None: the termination is not confirmed yet."""
        return self._effective_at

    async def run(self) -> None:
        """The last day has ended, and the line is this order's. A SIM replacement that had taken it ends.

        Raises:
            Withdrawn: the customer did so in time.
            Folded: a port out has ended the contract.
        """
        state = self._state
        await self._confirm()
        while True:
            await state.time.until(
                known(self._effective_at, "the confirmation"),
                unless=self._has_news,
                summary=f"the last day, {state.plan.cost.last_day}",
            )
            self._stop_if_over()
            if state.line.folded_into:
                await self._wait_for_the_port_out()
            elif await self._take_the_line():
                break
        self.is_over = True

    async def _confirm(self) -> None:
        """On a durable medium. From here on other orders may take the line."""
        state, cost = self._state, self._state.plan.cost
        due = self._plan_effect()
        await state.log.record(
            Transition(
                code=TimelineCode.CONFIRMED,
                what=f"confirmed: the contract ends on {cost.last_day}, leaving costs {money(cost.fee, cost.currency)}",
                day=cost.last_day,
                stage=TerminationStage.NOTICE,
                state=OrderState.PENDING,
                messages=state.messages(
                    "confirmed",
                    day=cost.last_day.isoformat(),
                    fee=money(cost.fee, cost.currency),
                    portable=state.local_day(state.plan.portable_until),
                ),
                preemptible=True,
                waiting_for=self._waiting(due),
                due=due,
            )
        )

    def _plan_effect(self) -> datetime:
        earliest = self._state.time.now() + policies.CONFIRMATION_BEFORE_EFFECT
        self._effective_at = max(self._state.plan.effective_at, earliest)
        return self._effective_at

    async def _wait_for_the_port_out(self) -> None:
        """It ends the contract by itself: the line stays up for it, whatever the last day was. If it comes to nothing,
        the notice goes on.
        """
        state, port_out = self._state, self._state.line.folded_into
        await state.log.record(
            Transition(
                code=TimelineCode.FOLDED,
                what=f"folds into the port out {port_out}, which ends the contract by itself",
                waiting_for=WaitingFor(
                    party="port out",
                    what=port_out,
                    then="the contract ends with the port; without one, on its last day",
                ),
                due=None,
            )
        )
        await workflow.wait_condition(
            lambda: bool(state.cancellation.is_requested or state.line.gone_with or not state.line.folded_into)
        )
        self._stop_if_over()
        due = self._plan_effect()
        await state.log.record(
            Transition(
                code=TimelineCode.NOTICE_CONTINUED,
                what=f"the port out {port_out} came to nothing: the notice goes on",
                waiting_for=self._waiting(due),
                due=due,
            )
        )

    async def _take_the_line(self) -> bool:
        """For good. False: another order has it for now."""
        request = TakeLine(order_id=self._state.order.order_id, patient=False)
        taken = await self._state.calls.read(JournalActivities.take_line, request, name="take-line")
        if not taken.taken:
            await self._wait_for_the_line(taken)
        return taken.taken

    async def _wait_for_the_line(self, taken: LineTaken) -> None:
        """The order that has it cannot be stopped any more, or it is a port out whose news is on the way."""
        self._refusals += 1
        if self._refusals > 1 and taken.by != self._waits_for:
            self._waits_for = taken.by
            party = taken.kind.replace("_", " ")
            await self._state.log.record(
                Transition(
                    code=TimelineCode.LINE_AWAITED,
                    what=f"waits for the {party} {taken.by}",
                    waiting_for=WaitingFor(party=party, what=taken.by, then="the line goes down"),
                )
            )
        self._pause = min(self._pause * 2, policies.LINE_NEWS_LONGEST) if self._refusals > 1 else policies.LINE_NEWS
        with suppress(TimeoutError):
            await workflow.wait_condition(self._has_news, timeout=self._pause, timeout_summary="news of the line")
        await self._state.inbox.read()

    def _has_news(self) -> bool:
        line = self._state.line
        return bool(self._state.cancellation.is_requested or line.gone_with or line.folded_into)

    def _stop_if_over(self) -> None:
        gone_with = self._state.line.gone_with
        if gone_with:
            raise Folded(Actor(by="relais", reason=f"the port out {gone_with} has ended the contract"))
        self._state.cancellation.stop_if_requested()

    def _waiting(self, until: datetime) -> WaitingFor:
        return WaitingFor(
            party="the last day",
            what=f"{self._state.plan.cost.last_day}: the contract runs until its end",
            until=until,
            then="the line goes down",
        )
