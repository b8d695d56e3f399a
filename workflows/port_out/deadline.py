"""Our deadline: a donor's silence is no yes and no no. Before it a person is warned and the answer announced for later;
after it the order is late, and says so.
"""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.port_out_answer import DelayAnswer, PortOutAnswerActivities
from workflows import policies
from workflows.calls import start
from workflows.port_out.departure import Departure

SYSTEMS_AWAY = "systems_away"


class Deadline:
    """Watched beside the story, from the plan to our answer."""

    def __init__(self, departure: Departure) -> None:
        self._departure = departure
        self.due = departure.order.accepted_at  # until the plan is there
        self._wanted: tuple[str, datetime] | None = None  # what is to be announced: reason and instant
        self._announced = 0
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """From here on it counts."""
        self.due = self._departure.plan.answer_due
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._announce_what_is_wanted())]

    async def end(self) -> None:
        """The order has ended, and the watch with it."""
        for task in self._tasks:
            await task

    def announce(self, reason: str, until: datetime) -> None:
        """Our answer comes later: the recipient is told. An earlier announcement shortens nothing, and one for the very
        deadline would promise nothing: it is for the later instant of the plan.
        """
        if until == self.due:
            until = max(until, self._departure.plan.delayed_to or until)
        if until > self.due:
            self._wanted = (reason, until)

    async def _watch(self) -> None:
        departure, desk = self._departure, self._departure.desk
        while not departure.needs_no_answer:
            due = self.due
            if await self._has_come(due - self._warning, due) and self.due == due:
                await desk.tell(
                    what="our answer is due soon",
                    needs_attention=True,
                    attention=desk.status.attention or "Our answer is due soon: see whom the order waits for.",
                    waiting_for=desk.status.waiting_for,
                )
                # what keeps the others is announced by the order that they wait for
                if departure.plan.delayed_to is not None and not departure.waits_for_others:
                    self.announce(SYSTEMS_AWAY, departure.plan.delayed_to)
            if await self._has_come(due, due) and self.due == due:
                await desk.tell(
                    what="our answer is late",
                    late=True,
                    needs_attention=True,
                    attention=desk.status.attention or "Our answer is late. Call the recipient.",
                    waiting_for=desk.status.waiting_for,
                )
                await workflow.wait_condition(lambda d=due: departure.needs_no_answer or self.due != d)  # type: ignore[misc]

    async def _has_come(self, instant: datetime, due: datetime) -> bool:
        """False: an answer is not needed any more, or is due at another instant."""
        departure = self._departure
        return bool(
            await departure.time.until(
                instant,
                unless=lambda: departure.needs_no_answer or self.due != due,
                summary="our answer is due",
                for_an_answer=True,
            )
        )

    @property
    def _warning(self) -> timedelta:
        plan = self._departure.plan
        return plan.answer_due - plan.warn_at

    async def _announce_what_is_wanted(self) -> None:
        departure = self._departure
        while True:
            await workflow.wait_condition(lambda: departure.needs_no_answer or self._wanted is not None)
            if departure.needs_no_answer or self._wanted is None:
                return
            (reason, until), self._wanted = self._wanted, None
            self._announced += 1
            await self._send(reason, until)

    async def _send(self, reason: str, until: datetime) -> None:
        """The clearing house may be away: tried as long as an answer is waited for, beside whatever else happens."""
        departure, order = self._departure, self._departure.order
        handle = start(
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
            activity_id=f"delay-answer-{self._announced}",
            summary="clearing house: our answer comes later",
        )
        await workflow.wait_condition(lambda: handle.done() or departure.needs_no_answer)
        if not handle.done():
            handle.cancel()
        try:
            await handle
        except ActivityError:
            if not departure.needs_no_answer:
                raise
            return
        self.due = max(self.due, until)
        desk = departure.desk
        if not departure.needs_no_answer:
            await desk.tell(
                what=f"answer announced for {departure.local_day(until)}",
                reason=reason,
                due=self.due,
                waiting_for=desk.status.waiting_for,
            )
