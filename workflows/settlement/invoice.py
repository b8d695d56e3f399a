"""The last invoice: waited for, checked line by line, disputed where the contract does not justify it, followed to the
credit.
"""

import asyncio
from decimal import Decimal
from functools import partial

from activities.billing import BillingActivities, OpenDispute
from activities.contract_ends import CheckInvoice, ContractEndActivities
from domain.contracts import Difference
from domain.orders import OrderState, WaitingFor
from domain.stages import SettlementStage
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from workflows.order.transition import Transition
from workflows.settlement.state import SettlementState

ISSUED = frozenset({"issued", "paid"})


class LastInvoice:
    """One contract's last invoice."""

    def __init__(self, state: SettlementState) -> None:
        self._state = state
        self._decision: asyncio.Task[None] | None = None
        self._asked_about = ""  # the state of the dispute that a person is asked about

    @property
    def is_being_decided(self) -> bool:
        """Whether a person is asked about a dispute that does not end well. Refunds do not wait for the answer."""
        return self._decision is not None and not self._decision.done()

    @property
    def is_right(self) -> bool:
        """Checked, and nothing is left that we would ask back."""
        progress = self._state.progress
        return progress.checked and (not progress.dispute_id or self._is_credited or progress.accepted_as_it_is)

    @property
    def _is_credited(self) -> bool:
        """With all that was disputed."""
        seen = self._state.seen
        return seen.dispute == "credited" and seen.credited >= Decimal(self._state.progress.disputed or "0")

    @property
    def _is_unanswered(self) -> bool:
        """Billing has not answered our dispute for as long as we have patience."""
        progress = self._state.progress
        return self._state.seen.dispute == "open" and progress.waits_for == "dispute" and progress.told_late

    @property
    def _has_moved_on(self) -> bool:
        """What a person is asked about is no question any more."""
        return self.is_right or self._state.seen.dispute != self._asked_about

    async def follow(self) -> None:
        """One step further, as far as the last look allows."""
        seen, progress = self._state.seen, self._state.progress
        if self._decision is not None and self.is_being_decided:
            if not self._has_moved_on:
                return
            await self._decision  # what was asked about has come: the question is taken back
        if seen.invoice.state in ISSUED and not progress.checked:
            await self._check()
        elif seen.dispute == "credited" and self.is_right and not progress.told_credited:
            await self._tell_of_credit()
        elif not self.is_right and (seen.dispute in ("credited", "rejected") or self._is_unanswered):
            self._asked_about = seen.dispute
            self._decision = asyncio.create_task(self._decide())
            await asyncio.sleep(0)  # the question is recorded before anything else is

    async def _check(self) -> None:
        state = self._state
        request = CheckInvoice(order=state.order, lines=state.seen.lines)
        checked = await state.calls.read(
            ContractEndActivities.check_invoice, request, name="check-invoice", forward_only=True
        )
        if checked.differences:
            await self._dispute(checked.differences)
        else:
            total = state.shown(state.seen.invoice.total)
            await state.log.record(
                Transition(
                    code=TimelineCode.INVOICE_RIGHT,
                    what=f"the last invoice is right: {total}",
                    stage=SettlementStage.REFUNDING,
                    state=OrderState.IN_PROGRESS,
                    messages=state.messages("invoice_ok", amount=total),
                )
            )
        state.progress.checked = True

    async def _dispute(self, differences: list[Difference]) -> None:
        state, progress, number = self._state, self._state.progress, self._state.progress.disputes + 1
        opened = await state.calls.write_until_granted(
            BillingActivities.open_dispute,
            lambda key: OpenDispute(
                order_id=state.order.order_id,
                invoice_id=state.order.invoice_id,
                differences=differences,
                key=key,
            ),
            key=partial(state.key, f"dispute-{number}"),
            name=f"dispute-{number}",
            refused="billing refused the dispute",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )
        over = sum((difference.over for difference in differences), start=Decimal("0.00"))
        progress.disputes, progress.dispute_id, progress.disputed = number, opened.dispute_id, f"{over:.2f}"
        await state.log.record(
            Transition(
                code=TimelineCode.INVOICE_DISPUTED,
                what=f"the last invoice is wrong by {state.shown(over)}: "
                + "; ".join(f"{difference.kind}: {difference.why}" for difference in differences),
                stage=SettlementStage.DISPUTING,
                state=OrderState.PENDING,
                messages=state.messages("disputed" if number == 1 else f"disputed_{number}", amount=state.shown(over)),
                waiting_for=WaitingFor(
                    party="billing", what=f"a credit of {state.shown(over)}", then="the settlement goes on"
                ),
                detail={"differences": [difference.model_dump(mode="json") for difference in differences]},
            )
        )

    async def _tell_of_credit(self) -> None:
        state = self._state
        state.progress.told_credited = True
        await state.log.record(
            Transition(
                code=TimelineCode.INVOICE_CREDITED,
                what=f"credited: {state.shown(state.seen.credited)}",
                by="billing",
                stage=SettlementStage.REFUNDING,
                state=OrderState.IN_PROGRESS,
                messages=state.messages("credited", amount=state.shown(state.seen.credited)),
            )
        )

    async def _decide(self) -> None:
        """Billing rejected our dispute: a person disputes again, or accepts the invoice as it is. After a credit of a
        part, or while billing does not answer, nothing is disputed again, for that would ask for the whole: the rest
        comes, or is accepted as lost.
        """
        state, progress = self._state, self._state.progress
        why = "billing rejected the dispute of the last invoice"
        actions: tuple[ResolveAction, ...] = (ResolveAction.RETRY, ResolveAction.ACCEPT)
        if state.seen.dispute == "credited":
            why = (
                f"billing credited only {state.shown(state.seen.credited)} of "
                f"{state.shown(Decimal(progress.disputed))}: call billing for the rest, or accept it"
            )
            actions = (ResolveAction.ACCEPT,)
        elif state.seen.dispute == "open":
            why = "billing does not answer our dispute: call it, or accept the invoice"
            actions = (ResolveAction.ACCEPT,)
        action = await state.human.ask(why, actions=actions, unless=lambda: self._has_moved_on)
        if action is ResolveAction.ACCEPT:
            progress.accepted_as_it_is = True
        elif action is ResolveAction.RETRY:
            progress.checked, progress.dispute_id = False, ""
