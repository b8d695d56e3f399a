"""The notice: confirmed on a durable medium, and waited for until the end of the last day. Until then the customer may
withdraw.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from temporalio import workflow

from activities.journal import JournalActivities, TakeLine
from domain.lines import LineTaken
from domain.money import money
from domain.orders import Actor, OrderState, WaitingFor
from domain.updates import CancelRequest
from workflows import policies
from workflows.asking import refusal_of_update
from workflows.calls import LocalCallFailed, cause_of
from workflows.stops import Folded
from workflows.termination.ending import Ending

AT_LEAST = timedelta(days=1)
"""Legal time between the confirmation and the effect, even where our own systems were away until after the last day:
nothing happens to a line that its holder was not told of before, with time to withdraw. The money is counted up to the
last day all the same.
"""


class Notice:
    """At most ten days, or longer on the customer's wish (L224-39)."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending
        self._until: datetime = datetime.max.replace(tzinfo=UTC)  # not confirmed yet
        self.is_over = False
        self._refusals = 0  # of the line, at the end of the last day
        self._pause = policies.LINE_NEWS
        self._waits_for = ""

    async def run(self) -> None:
        """The last day has ended, and the line is this order's: a SIM replacement that had borrowed it ends.

        Raises:
            Withdrawn: the customer did so in time.
            Folded: a port out has ended the contract.
        """
        ending = self._ending
        await self._confirm()
        while True:
            until = self._until
            await ending.time.until(
                until, unless=self._is_stirred, summary=f"the last day, {ending.plan.cost.last_day}"
            )
            self._stop_if_over()
            if ending.line.folded_into:
                await self._wait_for_the_port_out()
            elif await self._take_the_line():
                break
        self.is_over = True

    async def _confirm(self) -> None:
        """On a durable medium; from here on the line is lent to whoever may borrow it."""
        ending, desk = self._ending, self._ending.desk
        plan = ending.plan
        cost = plan.cost
        self._until = max(plan.effective_at, ending.time.now() + AT_LEAST)
        await desk.tell(
            "notice",
            OrderState.PENDING,
            what=f"confirmed: the contract ends on {cost.last_day}, leaving costs {money(cost.fee, cost.currency)}",
            messages=ending.messages(
                "confirmed",
                day=cost.last_day.isoformat(),
                fee=money(cost.fee, cost.currency),
                portable=ending.local_day(plan.portable_until),
            ),
            lends_line=True,
            waiting_for=self._waiting(),
            due=self._until,
        )

    async def _wait_for_the_port_out(self) -> None:
        """It ends the contract by itself: the line stays up for it, whatever the last day was. If it comes to nothing,
        the notice goes on.
        """
        ending, desk = self._ending, self._ending.desk
        port_out = ending.line.folded_into
        await desk.tell(
            what=f"folds into the port out {port_out}, which ends the contract by itself",
            waiting_for=WaitingFor(
                party="port out", what=port_out, then="the contract ends with the port; without one, on its last day"
            ),
            due=None,
        )
        await workflow.wait_condition(lambda: bool(desk.cancel or ending.line.gone_with or not ending.line.folded_into))
        self._stop_if_over()
        self._until = max(ending.plan.effective_at, ending.time.now() + AT_LEAST)
        await desk.tell(
            what=f"the port out {port_out} came to nothing: the notice goes on",
            waiting_for=self._waiting(),
            due=self._until,
        )

    async def _take_the_line(self) -> bool:
        """For good; False: another order has it for now."""
        ending, desk = self._ending, self._ending.desk
        taken = await desk.consult(
            JournalActivities.take_line,
            TakeLine(order_id=ending.order.order_id, patient=False),
            name="take-line",
            party="journal",
        )
        if not taken.taken:
            await self._wait_for_the_line(taken)
        return taken.taken

    async def _wait_for_the_line(self, taken: LineTaken) -> None:
        """An order has it that cannot be stopped any more, or a port out whose news is on the way."""
        desk = self._ending.desk
        self._refusals += 1
        if self._refusals > 1 and taken.by != self._waits_for:
            self._waits_for = taken.by
            party = taken.kind.replace("_", " ")
            await desk.tell(
                what=f"waits for the {party} {taken.by}",
                waiting_for=WaitingFor(party=party, what=taken.by, then="the line goes down"),
            )
        self._pause = min(self._pause * 2, policies.LINE_NEWS_LONGEST) if self._refusals > 1 else policies.LINE_NEWS
        with suppress(TimeoutError):
            await workflow.wait_condition(self._is_stirred, timeout=self._pause, timeout_summary="news of the line")

    def _is_stirred(self) -> bool:
        return bool(self._ending.desk.cancel or self._ending.line.gone_with or self._ending.line.folded_into)

    def _stop_if_over(self) -> None:
        ending = self._ending
        if ending.line.gone_with:
            raise Folded(Actor(by="relais", reason=f"the port out {ending.line.gone_with} has ended the contract"))
        ending.desk.stop_if_cancelled()

    def _waiting(self) -> WaitingFor:
        return WaitingFor(
            party="the last day",
            what=f"{self._ending.plan.cost.last_day}: the contract runs until its end",
            until=self._until,
            then="the line goes down",
        )

    def check_withdrawal(self, request: CancelRequest) -> None:
        """What can be said without looking at the clock.

        Raises:
            ApplicationError: why not.
        """
        status = self._ending.desk.status
        if not request.by.strip() or not request.reason.strip():
            raise refusal_of_update("by and reason must say who asks and why")
        if status.state.is_final:
            raise refusal_of_update(f"the order is {status.state.value} already")
        if self.is_over:
            raise refusal_of_update("too late to withdraw: the contract has ended")
        if self._ending.desk.cancel:
            raise refusal_of_update("the order is being cancelled already")

    async def check_the_clock(self) -> None:
        """Rights do not stretch: the last day's end binds, whether the order has noticed it or not.

        Raises:
            ApplicationError: too late, or the clock cannot be read.
        """
        ending = self._ending
        if not ending.is_planned or ending.line.folded_into:
            return
        try:
            now = await ending.time.glance()
        except LocalCallFailed as error:
            raise refusal_of_update(
                f"the legal clock cannot be read, try again in a moment: {cause_of(error)}"
            ) from error
        if now >= self._until:
            raise refusal_of_update(f"too late to withdraw: the contract ended with {ending.plan.cost.last_day}")
