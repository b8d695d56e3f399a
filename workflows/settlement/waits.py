"""Whom a settlement waits for, and since when: told when it changes, and to a person when it takes too long."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.orders import OrderState, WaitingFor
from workflows.settlement.invoice import LastInvoice
from workflows.settlement.money import Money

STAGES = {"invoice": "invoicing", "dispute": "disputing", "payment": "refunding", "item": "refunding"}
"""The stage of each wait."""


@dataclass(frozen=True)
class _Wait:
    """One wait: its name, its words, and how long, in legal time, it may last."""

    name: str
    words: WaitingFor
    patience: timedelta


class Waits:
    """The waits of one settlement, one after the other."""

    def __init__(self, money: Money, invoice: LastInvoice) -> None:
        self._money = money
        self._invoice = invoice

    async def show(self, now: datetime) -> str:
        """Tell it if it is not what is shown already: a new wait, one that takes too long by now, or one that
        something else has hidden. The wait's name.
        """
        money, wait = self._money, self._now()
        is_new = wait.name != money.progress.waits_for
        if is_new:
            money.note(waits_for=wait.name, waits_since=now, told_late=False)
        since = money.progress.waits_since or now
        becomes_late = not money.progress.told_late and now > since + wait.patience
        if becomes_late:
            money.note(told_late=True)
        if is_new or becomes_late or money.desk.status.waiting_for is None:
            await self._tell(wait, becomes_late)
        return wait.name

    async def _tell(self, wait: _Wait, becomes_late: bool) -> None:
        words, is_late = wait.words, self._money.progress.told_late
        await self._money.desk.tell(
            STAGES[wait.name],
            OrderState.PENDING,
            what="this takes too long" if becomes_late else f"waits for {words.party}: {words.what}",
            waiting_for=words,
            needs_attention=is_late,
            attention=f"The settlement does not move: {words.party} owes {words.what}. Nothing to send, it is looked "
            "at every day."
            if is_late
            else "",
        )

    def _now(self) -> _Wait:
        money, order = self._money, self._money.order
        patience = order.patience
        if not money.progress.checked:
            words = WaitingFor(
                party="billing",
                what="the last invoice",
                until=order.invoice_expected_at,
                then="it is checked against the contract",
            )
            return _Wait("invoice", words, patience.invoice)
        if not self._invoice.is_right:
            words = WaitingFor(party="billing", what="the credit of our dispute", then="the settlement goes on")
            return _Wait("dispute", words, patience.dispute)
        account = money.seen.account
        if account.advances and "advances" not in money.progress.refunds:
            words = WaitingFor(party="customer", what="the payment of the last invoice", then="advances are paid back")
            return _Wait("payment", words, patience.payment)
        words = WaitingFor(
            party="customer",
            what=f"the return of the {account.deposit_item or 'item'}",
            then="the deposit is paid back",
        )
        return _Wait("item", words, patience.item)
