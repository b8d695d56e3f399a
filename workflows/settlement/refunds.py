"""What the holder gets back: the deposit once the item is back, advances once the last invoice is paid, each within ten
days; later costs half as much again.
"""

from datetime import datetime
from decimal import Decimal

from activities.billing import BillingActivities, Refund
from activities.leaving import LeavingActivities, OweBack
from domain.contracts import Account
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
        """What is due by now and was not paid yet. What billing, or a person, was so slow with that it came late is
        increased.
        """
        seen = self._money.seen
        account = seen.account.model_copy(
            update={kind: Decimal("0.00") for kind in ("deposit", "advances") if self._is_paid(kind)}
        )
        if account.deposit == 0 and (account.advances == 0 or seen.invoice.paid_at is None):
            return
        now = seen.clock.legal
        while due := await self._due(account, now):
            for what, amount in due:
                await self._refund(what, amount)
            await self._money.time.until(now, unless=lambda: False, summary="how late it is by now")
            now = self._money.time.now()

    async def _due(self, account: Account, now: datetime) -> list[tuple[str, Decimal]]:
        """What of the account is due by `now` and was not paid; an increase before what it belongs to."""
        money, seen = self._money, self._money.seen
        owed = await money.desk.consult(
            LeavingActivities.owe_back,
            OweBack(
                order=money.order,
                account=account,
                returned_at=account.item_returned_at,
                paid_at=seen.invoice.paid_at,
                now=now,
            ),
            name="owe-back",
            party="rules",
            forward_only=True,
        )
        return [
            (what, Decimal(amount))
            for what, amount in sorted(owed.amounts.items(), reverse=True)
            if not self._is_paid(what) and Decimal(amount) > 0
        ]

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
        desk = money.desk
        held = desk.status.state is OrderState.HELD  # a person is asked about the invoice, and still is
        await desk.tell(
            None if held else "refunding",
            None if held else OrderState.IN_PROGRESS,
            waiting_for=desk.status.waiting_for if held else None,
            what=f"{what} refunded: {money.shown(amount)}",
            messages=money.messages(f"refunded_{len(money.progress.refunds)}", amount=money.shown(amount), what=kind),
        )
