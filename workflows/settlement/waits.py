"""Whom a settlement waits for, and since when: shown when it changes, and to a person when it takes too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.orders import OrderState, WaitingFor
from domain.stages import SettlementStage
from domain.timeline import TimelineCode
from workflows.order.transition import Transition
from workflows.settlement.invoice import LastInvoice
from workflows.settlement.state import SettlementState

STAGES = {
    "invoice": SettlementStage.INVOICING,
    "dispute": SettlementStage.DISPUTING,
    "payment": SettlementStage.REFUNDING,
    "item": SettlementStage.REFUNDING,
}
"""The stage of each wait."""


@dataclass(frozen=True)
class _Wait:
    """One wait: its name, whom for, and how long, in legal time, it may last."""

    name: str
    waiting_for: WaitingFor
    patience: timedelta


class Waits:
    """The waits of one settlement, one after the other."""

    def __init__(self, state: SettlementState, invoice: LastInvoice) -> None:
        self._state = state
        self._invoice = invoice

    async def show(self, now: datetime) -> str:
        """Record the wait if it is not what is shown already: a new one, one that takes too long by now, or one that
        something else has hidden. Returns its name.
        """
        progress, wait = self._state.progress, self._now()
        is_new = wait.name != progress.waits_for
        if is_new:
            progress.waits_for, progress.waits_since, progress.told_late = wait.name, now, False
        becomes_late = not progress.told_late and now > (progress.waits_since or now) + wait.patience
        if becomes_late:
            progress.told_late = True
        if is_new or becomes_late or self._state.status.waiting_for is None:
            await self._record(wait, becomes_late)
        return wait.name

    async def _record(self, wait: _Wait, becomes_late: bool) -> None:
        waiting_for, is_late = wait.waiting_for, self._state.progress.told_late
        attention = (
            f"The settlement does not move: {waiting_for.party} owes {waiting_for.what}. Nothing to send, it is looked "
            "at every day."
        )
        await self._state.log.record(
            Transition(
                code=TimelineCode.LATE if becomes_late else TimelineCode.MONEY_AWAITED,
                what="this takes too long" if becomes_late else f"waits for {waiting_for.party}: {waiting_for.what}",
                stage=STAGES[wait.name],
                state=OrderState.PENDING,
                waiting_for=waiting_for,
                attention=attention if is_late else "",
            )
        )

    def _now(self) -> _Wait:
        state, order = self._state, self._state.order
        patience = order.patience
        if not state.progress.checked:
            waiting_for = WaitingFor(
                party="billing",
                what="the last invoice",
                until=order.invoice_expected_at,
                then="it is checked against the contract",
            )
            return _Wait("invoice", waiting_for, patience.invoice)
        if not self._invoice.is_right:
            waiting_for = WaitingFor(party="billing", what="the credit of our dispute", then="the settlement goes on")
            return _Wait("dispute", waiting_for, patience.dispute)
        account = state.seen.account
        if account.advances and "advances" not in state.progress.refunds:
            waiting_for = WaitingFor(
                party="customer", what="the payment of the last invoice", then="advances are paid back"
            )
            return _Wait("payment", waiting_for, patience.payment)
        waiting_for = WaitingFor(
            party="customer",
            what=f"the return of the {account.deposit_item or 'item'}",
            then="the deposit is paid back",
        )
        return _Wait("item", waiting_for, patience.item)
