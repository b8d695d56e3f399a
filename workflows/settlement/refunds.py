"""What the holder gets back: the deposit once the item is back, advances once the last invoice is paid, each within ten
days. What comes later is increased by half.
"""

from datetime import datetime
from decimal import Decimal
from functools import partial

from activities.billing import BillingActivities, Refund
from activities.contract_ends import ContractEndActivities, OweBack
from domain.contracts import Account
from domain.orders import OrderState
from domain.stages import SettlementStage
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from workflows.order.transition import Transition
from workflows.settlement.state import SettlementState


class Refunds:
    """At most one refund of each kind."""

    def __init__(self, state: SettlementState) -> None:
        self._state = state

    @property
    def is_done(self) -> bool:
        """Nothing of the holder's is left with us."""
        account = self._state.seen.account
        return (account.deposit == 0 or self._is_paid("deposit")) and (
            account.advances == 0 or self._is_paid("advances")
        )

    async def pay(self) -> None:
        """What is due by now and was not paid yet. What billing, or a person, was so slow with that it came late is
        increased.
        """
        seen = self._state.seen
        account = seen.account.model_copy(
            update={kind: Decimal("0.00") for kind in ("deposit", "advances") if self._is_paid(kind)}
        )
        if account.deposit == 0 and (account.advances == 0 or seen.invoice.paid_at is None):
            return
        now = seen.clock.legal
        while due := await self._due(account, now):
            for what, amount in due:
                await self._refund(what, amount)
            await self._state.time.until(now, unless=lambda: False, summary="how late it is by now")
            now = self._state.time.now()

    async def _due(self, account: Account, now: datetime) -> list[tuple[str, Decimal]]:
        """What of the account is due by `now` and was not paid; an increase before what it belongs to."""
        state, seen = self._state, self._state.seen
        owed = await state.calls.read(
            ContractEndActivities.owe_back,
            OweBack(
                order=state.order,
                account=account,
                returned_at=account.item_returned_at,
                paid_at=seen.invoice.paid_at,
                now=now,
            ),
            name="owe-back",
            forward_only=True,
        )
        return [
            (what, Decimal(amount))
            for what, amount in sorted(owed.amounts.items(), reverse=True)
            if not self._is_paid(what) and Decimal(amount) > 0
        ]

    def _is_paid(self, what: str) -> bool:
        return what in self._state.progress.refunds

    async def _refund(self, what: str, amount: Decimal) -> None:
        """`what` is the refund's own name: the kind, and for an increase also what came late."""
        state, kind = self._state, what.partition(":")[0]
        await state.calls.write_until_granted(
            BillingActivities.refund,
            lambda key: Refund(
                order_id=state.order.order_id,
                reference=f"{state.order.order_id}:{what}",
                contract_id=state.order.contract.id,
                kind=kind,
                amount=amount,
                key=key,
            ),
            key=partial(state.key, f"refund-{what}"),
            name=f"refund-{what}",
            refused=f"billing refused the refund of the {what}",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )
        progress, status = state.progress, state.status
        progress.refunds = {**progress.refunds, what: f"{amount:.2f}"}
        is_held = status.state is OrderState.HELD  # a person is asked about the invoice, and still is
        await state.log.record(
            Transition(
                code=TimelineCode.REFUNDED,
                what=f"{what} refunded: {state.shown(amount)}",
                stage=None if is_held else SettlementStage.REFUNDING,
                state=None if is_held else OrderState.IN_PROGRESS,
                waiting_for=status.waiting_for if is_held else None,
                messages=state.messages(f"refunded_{len(progress.refunds)}", amount=state.shown(amount), what=kind),
            )
        )
