"""The notice: confirmed on a durable medium, and waited for until the end of the last day. Until then the customer may
withdraw.
"""

from datetime import datetime, timedelta

from domain.orders import OrderState, WaitingFor
from domain.updates import CancelRequest
from workflows.asking import refusal_of_update
from workflows.calls import LocalCallFailed, cause_of
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
        self._until: datetime | None = None
        self.is_over = False

    async def run(self) -> None:
        """The last day has ended.

        Raises:
            Withdrawn: the customer did so in time.
        """
        ending, desk = self._ending, self._ending.desk
        plan = ending.plan
        cost = plan.cost
        until = self._until = max(plan.effective_at, ending.time.now() + AT_LEAST)
        await desk.tell(
            "notice",
            OrderState.PENDING,
            what=f"confirmed: the contract ends on {cost.last_day}, leaving costs {cost.fee:.2f} €",
            messages=ending.messages(
                "confirmed",
                day=cost.last_day.isoformat(),
                fee=f"{cost.fee:.2f}",
                portable=ending.local_day(plan.portable_until),
            ),
            waiting_for=WaitingFor(
                party="the last day",
                what=f"{cost.last_day}: the contract runs until its end",
                until=until,
                then="the line goes down",
            ),
            due=until,
        )
        await ending.time.until(until, unless=lambda: desk.cancel is not None, summary=f"the last day, {cost.last_day}")
        desk.stop_if_cancelled()
        self.is_over = True

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
        if not ending.is_planned:
            return
        try:
            now = await ending.time.glance()
        except LocalCallFailed as error:
            raise refusal_of_update(
                f"the legal clock cannot be read, try again in a moment: {cause_of(error)}"
            ) from error
        if now >= (self._until or ending.plan.effective_at):
            raise refusal_of_update(f"too late to withdraw: the contract ended with {ending.plan.cost.last_day}")
