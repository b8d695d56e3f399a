"""What people may ask of a running SIM replacement, and when it is too late. Every refusal is a sentence."""

from domain.orders import Actor, OrderState
from domain.sims import SimForm
from domain.stages import SimReplacementStage
from domain.timeline import TimelineCode
from domain.updates import ActivateRequest, CancelRequest
from workflows.order.transition import Transition
from workflows.sim_replacement.card import Card
from workflows.sim_replacement.move import NumberMove
from workflows.sim_replacement.state import BARRED, SimReplacementState


class CustomerRequests:
    """The customer's cancel, and his message that he has the card."""

    def __init__(self, state: SimReplacementState, card: Card, move: NumberMove) -> None:
        self._state = state
        self._card = card
        self._move = move

    def check_cancel(self, request: CancelRequest) -> None:
        """Possible until the number begins to move.

        Raises:
            ApplicationError: why not.
        """
        state = self._state
        state.check_actor(request.by, request.reason)
        state.check_running()
        if self._move.has_begun:
            raise state.log.update_refused("too late to cancel: the number is moving to the new SIM, or has moved")
        if state.is_undoing or state.cancellation.is_requested:
            raise state.log.update_refused("the order is being cancelled already")

    async def cancel(self, request: CancelRequest) -> str:
        """Recorded; done once everything is given back. Returns what to tell the person."""
        state = self._state
        await state.log.persist("cancel")
        self.check_cancel(request)
        state.cancellation.request(Actor(by=request.by, reason=request.reason))
        await state.log.record(
            Transition(
                code=TimelineCode.CANCEL_REQUESTED,
                what="cancel recorded",
                by=request.by,
                reason=request.reason,
                state=OrderState.PENDING_CANCELLATION,
                attention="",
            )
        )
        barred = f" {BARRED}" if state.barred else ""
        return f"recorded: done once everything is given back.{barred}"

    def check_activate(self, request: ActivateRequest) -> None:
        """Only for a card that has been sent.

        Raises:
            ApplicationError: why not.
        """
        state = self._state
        if not request.by.strip():
            raise state.log.update_refused("by must say who has the card in his hand")
        if state.order.form is not SimForm.PHYSICAL:
            raise state.log.update_refused("an eSIM is activated by the phone that fetches it")
        if state.status.stage != SimReplacementStage.ON_THE_WAY:
            raise state.log.update_refused("no card is on its way")
        if self._card.is_lost:
            raise state.log.update_refused("this card was lost or came back: it is void, another one is sent")

    async def activate(self, request: ActivateRequest) -> None:
        """The number may move to the card."""
        await self._state.log.persist("activate")
        self.check_activate(request)
        self._card.activate()
        what = "the customer has the card in his hand"
        await self._state.log.add_note(TimelineCode.CARD_RECEIVED, what, by=request.by)
