"""The last invoice: waited for, checked line by line, disputed where the contract does not justify it, followed to the
credit.
"""

import asyncio
from decimal import Decimal

from activities.billing import BillingActivities, OpenDispute
from activities.leaving import CheckInvoice, LeavingActivities
from domain.contracts import Difference
from domain.orders import OrderState, WaitingFor
from domain.updates import ResolveAction
from workflows.granting import until_granted
from workflows.settlement.money import Money

ISSUED = frozenset({"issued", "paid"})


class LastInvoice:
    """One contract's last invoice."""

    def __init__(self, money: Money) -> None:
        self._money = money
        self._decision: asyncio.Task[None] | None = None
        self._asked_about = ""  # the state of the dispute that a person is asked about

    @property
    def is_being_decided(self) -> bool:
        """Whether a person is asked about a dispute that does not end well; refunds do not wait for him."""
        return self._decision is not None and not self._decision.done()

    @property
    def is_right(self) -> bool:
        """Checked, and nothing is left that we would ask back."""
        progress = self._money.progress
        return progress.checked and (not progress.dispute_id or self._is_credited or progress.accepted_as_it_is)

    @property
    def _is_credited(self) -> bool:
        """With all that was disputed."""
        seen = self._money.seen
        return seen.dispute == "credited" and seen.credited >= Decimal(self._money.progress.disputed or "0")

    @property
    def _is_silent(self) -> bool:
        """Billing has not answered our dispute for as long as we have patience."""
        progress = self._money.progress
        return self._money.seen.dispute == "open" and progress.waits_for == "dispute" and progress.told_late

    @property
    def _has_moved_on(self) -> bool:
        """What a person is asked about is no question any more."""
        return self.is_right or self._money.seen.dispute != self._asked_about

    async def follow(self) -> None:
        """One step further, as far as the last look allows."""
        money = self._money
        if self._decision is not None and self.is_being_decided:
            if not self._has_moved_on:
                return
            await self._decision  # what was asked about has come: the question is taken back
        if money.seen.invoice.state in ISSUED and not money.progress.checked:
            await self._check()
        elif money.seen.dispute == "credited" and self.is_right and not money.progress.told_credited:
            await self._tell_of_the_credit()
        elif not self.is_right and (money.seen.dispute in ("credited", "rejected") or self._is_silent):
            self._asked_about = money.seen.dispute
            self._decision = asyncio.create_task(self._decide())
            await asyncio.sleep(0)  # the question is on the desk before anything else is told

    async def _check(self) -> None:
        money, desk = self._money, self._money.desk
        checked = await desk.consult(
            LeavingActivities.check_invoice,
            CheckInvoice(order=money.order, lines=money.seen.lines),
            name="check-invoice",
            party="rules",
            forward_only=True,
        )
        if checked.differences:
            await self._dispute(checked.differences)
        else:
            await desk.tell(
                "refunding",
                OrderState.IN_PROGRESS,
                what=f"the last invoice is right: {money.shown(money.seen.invoice.total)}",
                messages=money.messages("invoice_ok", amount=money.shown(money.seen.invoice.total)),
            )
        money.note(checked=True)

    async def _dispute(self, differences: list[Difference]) -> None:
        money, desk, number = self._money, self._money.desk, self._money.progress.disputes + 1
        opened = await until_granted(
            money,
            BillingActivities.open_dispute,
            lambda key: OpenDispute(
                order_id=money.order.order_id,
                invoice_id=money.order.invoice_id,
                differences=differences,
                key=key,
            ),
            key=f"dispute-{number}",
            name=f"dispute-{number}",
            party="billing",
            refused="billing refused the dispute",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )
        over = sum((difference.over for difference in differences), start=Decimal("0.00"))
        money.note(disputes=number, dispute_id=opened.dispute_id, disputed=f"{over:.2f}")
        await desk.tell(
            "disputing",
            OrderState.PENDING,
            what=f"the last invoice is wrong by {money.shown(over)}: "
            + "; ".join(f"{difference.kind}: {difference.why}" for difference in differences),
            messages=money.messages("disputed" if number == 1 else f"disputed_{number}", amount=money.shown(over)),
            waiting_for=WaitingFor(
                party="billing", what=f"a credit of {money.shown(over)}", then="the settlement goes on"
            ),
            detail={"differences": [difference.model_dump(mode="json") for difference in differences]},
        )

    async def _tell_of_the_credit(self) -> None:
        money = self._money
        money.note(told_credited=True)
        await money.desk.tell(
            "refunding",
            OrderState.IN_PROGRESS,
            what=f"credited: {money.shown(money.seen.credited)}",
            by="billing",
            messages=money.messages("credited", amount=money.shown(money.seen.credited)),
        )

    async def _decide(self) -> None:
        """Billing rejected our dispute: a person disputes again, or accepts the invoice as it is. After a credit of a
        part, or while billing says nothing, nothing is disputed again, for that would ask for the whole: it comes, or
        is accepted as lost.
        """
        money, desk = self._money, self._money.desk
        why = "billing rejected the dispute of the last invoice"
        actions: tuple[ResolveAction, ...] = (ResolveAction.RETRY, ResolveAction.ACCEPT)
        if money.seen.dispute == "credited":
            why, actions = (
                f"billing credited only {money.shown(money.seen.credited)} of "
                f"{money.shown(Decimal(money.progress.disputed))}: call billing for the rest, or accept it",
                (ResolveAction.ACCEPT,),
            )
        elif money.seen.dispute == "open":
            why, actions = (
                "billing does not answer our dispute: call it, or accept the invoice",
                (ResolveAction.ACCEPT,),
            )
        action = await desk.ask_human(why, actions=actions, unless=lambda: self._has_moved_on)
        if action is ResolveAction.ACCEPT:
            money.note(accepted_as_it_is=True)
        elif action is ResolveAction.RETRY:
            money.note(checked=False, dispute_id="")
