"""Our deadline: a donor's silence is neither a yes nor a no. Before it a person is warned, and the answer is
announced for later. After it the order is late, and says so.
"""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.port_out_answer import DelayAnswer, PortOutAnswerActivities
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.transition import Transition
from workflows.port_out.state import PortOutState

SYSTEMS_AWAY = "systems_away"


class Deadline:
    """Watched beside the process, from the plan to our answer."""

    def __init__(self, state: PortOutState) -> None:
        self._state = state
        self.due = state.order.accepted_at  # until the plan is there
        self._wanted: tuple[str, datetime] | None = None  # what is to be announced: reason and instant
        self._announced = 0
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """From here on it counts."""
        self.due = self._state.plan.answer_due
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._send_announcements())]

    async def end(self) -> None:
        """The order has ended, and the watch with it."""
        for task in self._tasks:
            await task

    def announce(self, reason: str, until: datetime) -> None:
        """Our answer comes later: the recipient is told. An earlier announcement shortens nothing, and one for the very
        deadline would promise nothing: it is for the later instant of the plan.
        """
        if until == self.due:
            until = max(until, self._state.plan.delayed_to or until)
        if until > self.due:
            self._wanted = (reason, until)

    async def _watch(self) -> None:
        state = self._state
        while not state.needs_no_answer:
            due = self.due
            if await self._has_come(due - self._warning, due) and self.due == due:
                attention = "Our answer is due soon: see whom the order waits for."
                await self._record(TimelineCode.ANSWER_DUE, "our answer is due soon", attention)
                # what keeps the others is announced by the order that they wait for
                if state.plan.delayed_to is not None and not state.waits_for_others:
                    self.announce(SYSTEMS_AWAY, state.plan.delayed_to)
            if await self._has_come(due, due) and self.due == due:
                attention = "Our answer is late. Call the recipient."
                await self._record(TimelineCode.LATE, "our answer is late", attention, late=True)
                await workflow.wait_condition(lambda d=due: state.needs_no_answer or self.due != d)  # type: ignore[misc]

    async def _record(self, code: TimelineCode, what: str, attention: str, *, late: bool = False) -> None:
        status = self._state.status
        await self._state.log.record(
            Transition(
                code=code,
                what=what,
                attention=status.attention or attention,
                waiting_for=status.waiting_for,
                late=status.late or late,
            )
        )

    async def _has_come(self, instant: datetime, due: datetime) -> bool:
        """False: an answer is not needed any more, or is due at another instant."""
        return await self._state.time.until(
            instant,
            unless=lambda: self._state.needs_no_answer or self.due != due,
            summary="our answer is due",
            for_an_answer=True,
        )

    @property
    def _warning(self) -> timedelta:
        plan = self._state.plan
        return plan.answer_due - plan.warn_at

    async def _send_announcements(self) -> None:
        state = self._state
        while True:
            await workflow.wait_condition(lambda: state.needs_no_answer or self._wanted is not None)
            if state.needs_no_answer or self._wanted is None:
                return
            (reason, until), self._wanted = self._wanted, None
            self._announced += 1
            await self._send(reason, until)

    async def _send(self, reason: str, until: datetime) -> None:
        """The clearing house may be away: tried as long as an answer is waited for, beside whatever else happens."""
        state, order = self._state, self._state.order
        handle = state.calls.start(
            PortOutAnswerActivities.delay_answer,
            DelayAnswer(
                order_id=order.order_id,
                dossier_id=order.dossier_id,
                recipient=order.recipient,
                due=until,
                reason=reason,
                number=self._announced,
            ),
            policies.UNTIL_ANSWERED,
            name=f"delay-answer-{self._announced}",
            summary="our answer comes later",
        )
        await workflow.wait_condition(lambda: handle.done() or state.needs_no_answer)
        if not handle.done():
            handle.cancel()
        try:
            await handle
        except ActivityError:
            if not state.needs_no_answer:
                raise
            return
        self.due = max(self.due, until)
        if not state.needs_no_answer:
            await state.log.record(
                Transition(
                    code=TimelineCode.ANSWER_DELAYED,
                    what=f"answer announced for {state.local_day(until)}",
                    reason=reason,
                    due=self.due,
                    waiting_for=state.status.waiting_for,
                )
            )
