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
        account = self._money.seen.account
        return (account.deposit == 0 or self._is_paid("deposit")) and (
            account.advances == 0 or self._is_paid("advances")
        )

    async def pay(self) -> None:
        """What is due by now and was not paid yet."""
        money, seen = self._money, self._money.seen
        account = seen.account.model_copy(
            update={kind: Decimal("0.00") for kind in ("deposit", "advances") if self._is_paid(kind)}
        )
        if account.deposit == 0 and (account.advances == 0 or seen.invoice.paid_at is None):
            return
        owed = await money.desk.consult(
            LeavingActivities.owe_back,
            OweBack(
                order=money.order,
                account=account,
                returned_at=account.item_returned_at,
                paid_at=seen.invoice.paid_at,
                now=seen.clock.legal,
            ),
            name="owe-back",
            party="rules",
            forward_only=True,
        )
        for what, amount in sorted(owed.amounts.items(), reverse=True):  # an increase before what it belongs to
            if not self._is_paid(what) and Decimal(amount) > 0:
                await self._refund(what, Decimal(amount))

    def _is_paid(self, what: str) -> bool:
        return what in self._money.progress.refunds

    async def _refund(self, what: str, amount: Decimal) -> None:
        """`what` is the refund's own name: the kind, and for an increase also what came late."""
        money, kind = self._money, what.partition(":")[0]
        await until_granted(
            money,
            BillingActivities.refund,
            lambda key: Refund(
                order_id=money.order.order_id,
                reference=f"{money.order.order_id}:{what}",
                contract_id=money.order.contract.id,
                kind=kind,
                amount=amount,
                key=key,
            ),
            key=f"refund-{what}",
            name=f"refund-{what}",
            party="billing",
            refused=f"billing refused the refund of the {what}",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )
        money.note(refunds={**money.progress.refunds, what: f"{amount:.2f}"})
        await money.desk.tell(
            "refunding",
            OrderState.IN_PROGRESS,
            what=f"{what} refunded: {amount} €",
            messages=money.messages(f"refunded_{len(money.progress.refunds)}", amount=f"{amount:.2f}", what=kind),
        )
