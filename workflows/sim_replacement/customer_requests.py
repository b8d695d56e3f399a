"""What people may ask of a running SIM replacement, and when it is too late. Every refusal is a sentence."""

from domain.orders import Actor, OrderState
from domain.sims import SimForm
from domain.updates import ActivateRequest, CancelRequest
from workflows.asking import refusal_of_update
from workflows.sim_replacement.card import Card
from workflows.sim_replacement.move import Moving
from workflows.sim_replacement.replacement import BARRED, Replacement


class Wishes:
    """The customer's cancel, and his word that the card is in his hand."""

    def __init__(self, replacement: Replacement, card: Card, moving: Moving) -> None:
        self._replacement = replacement
        self._card = card
        self._moving = moving

    def check_cancel(self, request: CancelRequest) -> None:
        """Possible until the number begins to move.

        Raises:
            ApplicationError: why not.
        """
        status = self._replacement.desk.status
        if not request.by.strip() or not request.reason.strip():
            raise refusal_of_update("by and reason must say who asks and why")
        if status.state.is_final:
            raise refusal_of_update(f"the order is {status.state.value} already")
        if self._moving.has_begun:
            raise refusal_of_update("too late to cancel: the number is moving to the new SIM, or has moved")
        if status.stage == "undoing" or self._replacement.desk.cancel:
            raise refusal_of_update("the order is being cancelled already")

    async def cancel(self, request: CancelRequest) -> str:
        """Recorded; done once everything is given back. Returns what to tell the person."""
        await self._replacement.desk.in_history("cancel")
        self.check_cancel(request)
        desk = self._replacement.desk
        desk.cancel = Actor(by=request.by, reason=request.reason)
        await desk.tell(
            state=OrderState.PENDING_CANCELLATION,
            what="cancel recorded",
            by=request.by,
            reason=request.reason,
            needs_attention=False,
            attention="",
        )
        barred = f" {BARRED}" if self._replacement.barred else ""
        return f"recorded: done once everything is given back.{barred}"

    def check_activate(self, request: ActivateRequest) -> None:
        """Only for a card that has been sent.

        Raises:
            ApplicationError: why not.
        """
        if not request.by.strip():
            raise refusal_of_update("by must say who has the card in his hand")
        if self._replacement.order.form is not SimForm.PHYSICAL:
            raise refusal_of_update("an eSIM is activated by the phone that fetches it")
        if self._replacement.desk.status.stage != "on_the_way":
            raise refusal_of_update("no card is on its way")
        if self._card.is_astray:
            raise refusal_of_update("this card was lost or came back: it is void, another one is sent")

    async def activate(self, request: ActivateRequest) -> None:
        """The number may move to the card."""
        await self._replacement.desk.in_history("activate")
        self.check_activate(request)
        self._card.activate()
        await self._replacement.desk.remark("the customer has the card in his hand", by=request.by)
