"""What the parts of one running settlement share."""

from decimal import Decimal

from activities.billing import MoneySeen
from domain.money import money
from domain.orders import ACCEPTED, CustomerMessage, OrderKind, OrderState, OrderStatus
from domain.stages import SettlementStage
from domain.termination import SettlementOrder
from workflows.order.context import OrderContext, known
from workflows.order.page import Page

PAGE = Page(stages=tuple(SettlementStage), updates=())


class SettlementState(OrderContext[SettlementOrder]):
    """Money moves only forward: what is wrong is disputed, never undone."""

    kind = OrderKind.SETTLEMENT

    def __init__(self, order: SettlementOrder) -> None:
        progress = order.progress
        status = ACCEPTED
        if progress.state:
            status = OrderStatus(state=OrderState(progress.state), stage=progress.stage)
        super().__init__(order, PAGE, status=status, seq=progress.seq)
        self.progress = progress.model_copy()  # what has to outlive this run of the workflow
        self._seen: MoneySeen | None = None

    @property
    def seen(self) -> MoneySeen:
        """What billing showed at the last look."""
        return known(self._seen, "seen")

    def take_look(self, seen: MoneySeen) -> None:
        """Billing has been looked at."""
        self._seen = seen
        self.set_clock(seen.clock)

    def shown(self, amount: Decimal) -> str:
        """An amount of this settlement, as people read it."""
        return money(amount, self.order.cost.currency)

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """To the address that was known when the contract ended. Never to the number, which may be somebody else's."""
        order = self.order
        return self.messages_to(kind, fields, order.language, email=order.email, sms=order.phone)
