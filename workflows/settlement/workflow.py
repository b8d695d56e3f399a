"""The money of a contract that has ended: its last invoice checked and put right, deposit and advances given back.

It holds no line and nobody waits for it but the holder's money. Once a day of legal time it looks at what billing shows
and does what has become due; each payment has a legal deadline of its own. What takes longer than it should is shown to
a person, and a long wait begins its history anew.
"""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.billing import BillingActivities, LookAtMoney
    from domain.orders import ACCEPTED, OrderState, OrderStatus
    from domain.termination import SettlementOrder, SettlementResult
    from workflows.current_details import Page
    from workflows.desk import Desk
    from workflows.desk_updates import DeskUpdates
    from workflows.settlement.invoice import LastInvoice
    from workflows.settlement.money import Money
    from workflows.settlement.refunds import Refunds
    from workflows.settlement.waiting import Waits
    from workflows.shielding import shielded

PAGE = Page(stages=("accepted", "invoicing", "disputing", "refunding", "closed"), updates=())

LOOK_AGAIN = timedelta(days=1)
"""Legal time between looks at what billing shows."""

LOOKS_OF_A_RUN = 100
"""Looks after which the history begins anew."""


@workflow.defn(name="Settlement")
class Settlement(DeskUpdates):
    """Settlement of one contract."""

    @workflow.init
    def __init__(self, order: SettlementOrder) -> None:
        self.order = order
        before = order.progress
        status = ACCEPTED
        if before.state:
            status = OrderStatus(state=OrderState(before.state), stage=before.stage)
        self.desk = Desk(order.order_id, status, PAGE.local_to(order.zone), seq=before.seq)
        self.money = Money(order, self.desk, before)
        self.invoice = LastInvoice(self.money)
        self.refunds = Refunds(self.money)
        self.waits = Waits(self.money, self.invoice)

    @workflow.run
    async def run(self, order: SettlementOrder) -> SettlementResult:
        await shielded(self.story(), on_cancel=self._cancelled_in_temporal)
        return SettlementResult(order_id=order.order_id, state=self.desk.status.state.value)

    async def story(self) -> None:
        """Look, do what is due, sleep; until nothing is owed by anybody."""
        for _ in range(LOOKS_OF_A_RUN):
            await self.look()
            await self.invoice.follow()
            await self.refunds.pay()
            if self.invoice.is_right and self.refunds.is_done:
                await self.close()
                await workflow.wait_condition(workflow.all_handlers_finished)
                return
            await self.wait()
        await workflow.wait_condition(workflow.all_handlers_finished)
        self.begin_anew()

    async def look(self) -> None:
        """What billing shows now."""
        order = self.order
        seen = await self.desk.consult(
            BillingActivities.look,
            LookAtMoney(
                contract_id=order.contract.id, invoice_id=order.invoice_id, dispute_id=self.money.progress.dispute_id
            ),
            name=f"look-{self.desk.composed}",
            party="billing",
            forward_only=True,
        )
        self.money.take(seen)

    async def wait(self) -> None:
        """Until the next look, or until a person has decided."""
        money, now = self.money, self.money.time.now()
        until, expected = now + LOOK_AGAIN, self.order.invoice_expected_at
        asked = self.invoice.is_being_decided
        if not asked:
            name = await self.waits.show(now)
            if name == "invoice" and expected and expected > now:
                until = expected
        await money.time.until(
            until, unless=lambda: asked and not self.invoice.is_being_decided, summary="the next look at billing"
        )

    async def close(self) -> None:
        """Nothing is owed any more."""
        seen, paid = self.money.seen, self.money.progress.refunds
        await self.desk.tell(
            "closed",
            OrderState.COMPLETED,
            what="settled: nothing is owed to the customer",
            messages=self.money.messages("completed"),
            outcome={
                "invoice_total": f"{seen.invoice.total:.2f}",
                "credited": f"{seen.credited:.2f}",
                "refunds": paid,
            },
            needs_attention=False,
            attention="",
        )

    def begin_anew(self) -> None:
        """The same settlement with an empty history. What it waits for, or asks a person, is told anew."""
        status = self.desk.status
        state = OrderState.PENDING if status.state is OrderState.HELD else status.state
        progress = self.money.progress.model_copy(
            update={"seq": self.desk.seq, "state": state.value, "stage": status.stage}
        )
        workflow.continue_as_new(self.order.model_copy(update={"progress": progress}))

    def _cancelled_in_temporal(self) -> None:
        """Money that is owed stays owed."""
        workflow.logger.warning("cancel refused: a settlement runs until nothing is owed")
