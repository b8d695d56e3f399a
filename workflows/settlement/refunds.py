"""What the holder gets back: the deposit once the item is back, advances once the last invoice is paid, each within ten
days; later costs half as much again.
"""

from decimal import Decimal

from activities.billing import BillingActivities, Refund
from activities.leaving import LeavingActivities, OweBack
from domain.orders import OrderState
from domain.updates import ResolveAction
from workflows.granting import until_granted
from workflows.settlement.money import Money


class Refunds:
    """At most one refund of each kind."""

    def __init__(self, money: Money) -> None:
        self._money = money

    @property
    def is_done(self) -> bool:
        """Everything that was lent us is back."""
        account, paid = self._money.seen.account, self._money.progress.refunds
        deposit = account.deposit == 0 or "deposit" in paid
        return deposit and (account.advances == 0 or "advances" in paid)

    async def pay(self) -> None:
        """What is due by now."""
        money = self._money
        seen, account = money.seen, money.seen.account
        returned = account.item_returned_at if account.deposit else None
        paid_at = seen.invoice.paid_at if account.advances else None
        if not (returned and "deposit" not in money.progress.refunds) and not (
            paid_at and "advances" not in money.progress.refunds
        ):
            return
        owed = await money.desk.consult(
            LeavingActivities.owe_back,
            OweBack(order=money.order, returned_at=returned, paid_at=paid_at, now=seen.clock.legal),
            name="owe-back",
            party="rules",
            forward_only=True,
        )
        for kind, amount in sorted(owed.amounts.items()):
            if kind not in money.progress.refunds and Decimal(amount) > 0:
                await self._refund(kind, Decimal(amount))

    async def _refund(self, kind: str, amount: Decimal) -> None:
        money = self._money
        await until_granted(
            money,
            BillingActivities.refund,
            lambda key: Refund(
                order_id=money.order.order_id,
                reference=f"{money.order.order_id}:{kind}",
                contract_id=money.order.contract.id,
                kind=kind,
                amount=amount,
                key=key,
            ),
            key=f"refund-{kind}",
            name=f"refund-{kind}",
            party="billing",
            refused=f"billing refused the refund of the {kind}",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )
        money.note(refunds={**money.progress.refunds, kind: f"{amount:.2f}"})
        await money.desk.tell(
            "refunding",
            OrderState.IN_PROGRESS,
            what=f"{kind} refunded: {amount} €",
            messages=money.messages(f"refunded_{len(money.progress.refunds)}", amount=f"{amount:.2f}"),
        )
