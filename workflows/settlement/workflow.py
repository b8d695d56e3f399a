"""The money of a contract that has ended: its last invoice checked and put right, deposit and advances given back.

It holds no line, and nobody waits for it but the holder's money. Once a day of legal time it looks at what billing
shows and does what has become due. Each payment has a legal deadline of its own. What takes longer than it should is
shown to a person, and a long wait begins its history anew.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.billing import BillingActivities, LookAtMoney
    from domain.orders import OrderResult, OrderState
    from domain.stages import SettlementStage
    from domain.termination import SettlementOrder
    from domain.timeline import TimelineCode
    from domain.updates import CancelRequest
    from workflows.order import policies
    from workflows.order.transition import Transition
    from workflows.order.workflow import OrderWorkflow
    from workflows.settlement.invoice import LastInvoice
    from workflows.settlement.refunds import Refunds
    from workflows.settlement.state import SettlementState
    from workflows.settlement.waits import Waits


@workflow.defn(name="Settlement")
class Settlement(OrderWorkflow):
    """Settlement of one contract."""

    context: SettlementState

    @workflow.init
    def __init__(self, order: SettlementOrder) -> None:
        self.context = SettlementState(order)
        self.invoice = LastInvoice(self.context)
        self.refunds = Refunds(self.context)
        self.waits = Waits(self.context, self.invoice)

    @workflow.run
    async def run(self, order: SettlementOrder) -> OrderResult:  # noqa: ARG002 - `__init__` has it
        result = await self.complete()
        if not self.context.status.state.is_final:
            self.begin_anew()
        return result

    async def process(self) -> None:
        """Look, do what is due, sleep, until nobody owes anything; or until the history is long enough."""
        for _ in range(policies.SETTLEMENT_LOOKS_OF_A_RUN):
            await self.look()
            await self.invoice.follow()
            await self.refunds.pay()
            if self.invoice.is_right and self.refunds.is_done:
                await self.close()
                return
            await self.wait()

    async def look(self) -> None:
        """What billing shows now."""
        state, order = self.context, self.context.order
        seen = await state.calls.read(
            BillingActivities.look,
            LookAtMoney(
                contract_id=order.contract.id, invoice_id=order.invoice_id, dispute_id=state.progress.dispute_id
            ),
            name=f"look-{state.log.made}",
            forward_only=True,
        )
        state.take_look(seen)

    async def wait(self) -> None:
        """Until the next look, or until a person has decided."""
        time, expected = self.context.time, self.context.order.invoice_expected_at
        now = time.now()
        until = now + policies.SETTLEMENT_LOOK
        is_asked = self.invoice.is_being_decided
        if not is_asked:
            name = await self.waits.show(now)
            if name == "invoice" and expected and expected > now:
                until = expected
        await time.until(
            until, unless=lambda: is_asked and not self.invoice.is_being_decided, summary="the next look at billing"
        )

    async def close(self) -> None:
        """Nothing is owed any more."""
        state = self.context
        await state.log.record(
            Transition(
                code=TimelineCode.CLOSED,
                what="settled: nothing is owed to the customer",
                stage=SettlementStage.CLOSED,
                state=OrderState.COMPLETED,
                messages=state.messages("completed"),
                outcome={
                    "invoice_total": f"{state.seen.invoice.total:.2f}",
                    "credited": f"{state.seen.credited:.2f}",
                    "refunds": state.progress.refunds,
                },
                attention="",
            )
        )

    def begin_anew(self) -> None:
        """The same settlement with an empty history. Whom it waits for, or what it asks a person, is recorded anew."""
        status, progress = self.context.status, self.context.progress
        progress.seq, progress.stage = self.context.log.seq, status.stage
        progress.state = (OrderState.PENDING if status.state is OrderState.HELD else status.state).value
        workflow.continue_as_new(self.context.order.model_copy(update={"progress": progress}))

    def check_temporal_cancel(self, request: CancelRequest) -> None:  # noqa: ARG002 - money that is owed stays owed
        raise self.context.log.update_refused("a settlement runs until nothing is owed")
