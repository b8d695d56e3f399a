"""What the customer may ask of a running termination, and when it is too late. Every refusal is a sentence."""

from domain.orders import Actor
from domain.updates import CancelRequest
from workflows.order.run_activity import CallFailed, cause_of
from workflows.termination.notice import Notice
from workflows.termination.state import TerminationState


class CustomerRequests:
    """The customer's withdrawal."""

    def __init__(self, state: TerminationState, notice: Notice) -> None:
        self._state = state
        self._notice = notice

    def check_cancel(self, request: CancelRequest) -> None:
        """What can be said without looking at the clock.

        Raises:
            ApplicationError: why not.
        """
        state = self._state
        state.check_actor(request.by, request.reason)
        state.check_running()
        if self._notice.is_over:
            raise state.log.update_refused("too late to withdraw: the contract has ended")
        if state.cancellation.is_requested:
            raise state.log.update_refused("the order is being cancelled already")

    async def cancel(self, request: CancelRequest) -> str:
        """The contract runs on. Returns what to tell the person.

        Raises:
            ApplicationError: too late, or the clock cannot be read.
        """
        await self._state.log.persist("cancel")
        await self._check_clock()
        self.check_cancel(request)  # the look at the clock took time
        self._state.cancellation.request(Actor(by=request.by, reason=request.reason))
        return "recorded: the contract runs on"

    async def _check_clock(self) -> None:
        """Rights do not stretch: the last day's end binds, whether the order has noticed it or not."""
        state, effective_at = self._state, self._notice.effective_at
        if not state.is_planned or state.line.folded_into:
            return
        try:
            now = await state.time.read()
        except CallFailed as error:
            raise state.log.update_refused(
                f"the legal clock cannot be read, try again in a moment: {cause_of(error)}"
            ) from error
        if effective_at is not None and now >= effective_at:
            raise state.log.update_refused(f"too late to withdraw: the contract ended with {state.plan.cost.last_day}")
