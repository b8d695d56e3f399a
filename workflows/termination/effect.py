"""The effect: the line down, the contract ended, the last invoice asked for, the SIM retired. Only forward; whichever
system is away, the line goes down first and the money is counted up to the last day.
"""

from temporalio import workflow

from activities.billing import BillingActivities, EndContract, FinalInvoiceRequested, RequestFinalInvoice
from activities.hlr import Carriage, HlrActivities
from activities.logistics import LogisticsActivities, RetireSim
from domain.orders import OrderKind, OrderState
from domain.termination import FollowUp, Quarantine, SettlementOrder
from domain.updates import ResolveAction
from workflows.granting import until_granted
from workflows.termination.ending import Ending


class Effect:
    """What the end of the contract brings about. The settlement of the money is an order of its own."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending

    async def run(self) -> None:
        """Everything; then the line is let go of, its quarantine begun, its settlement accepted and the customer told,
        in one.
        """
        ending, desk = self._ending, self._ending.desk
        await desk.tell(
            "taking_down",
            OrderState.IN_PROGRESS,
            what="the last day has ended: the line goes down",
            point_of_no_return=True,
            due=None,
        )
        await self._take_down()
        await self._end_the_contract()
        invoice = await self._request_the_last_invoice()
        await self._retire_the_sim()
        settlement = self._settlement(invoice)
        await desk.tell(
            "closed",
            OrderState.COMPLETED,
            what="the contract has ended: line down, last invoice asked for",
            messages=ending.messages("completed", portable=ending.local_day(ending.plan.portable_until)),
            release_line=True,
            quarantine=self._quarantine(),
            follow_ups=[
                FollowUp(
                    kind=OrderKind.SETTLEMENT.value,
                    order_id=settlement.order_id,
                    order=settlement.model_dump(mode="json"),
                )
            ],
            outcome={
                "contract_id": ending.contract.id,
                "effective_at": ending.plan.effective_at.isoformat(),
                "fee": f"{ending.plan.cost.fee:.2f}",
                "invoice_id": invoice.invoice_id,
                "settlement": settlement.order_id,
                "portable_until": ending.plan.portable_until.isoformat(),
                "reassignable_from": ending.plan.reassignable_from.isoformat(),
            },
            needs_attention=False,
            attention="",
        )

    async def _take_down(self) -> None:
        """The SIM out of the HLR; nothing happens to one that carries another number."""
        ending = self._ending
        if ending.sim is None:
            return
        await ending.desk.step(
            HlrActivities.remove,
            Carriage(imsi=ending.sim.imsi, msisdn=ending.msisdn),
            name="take-down",
            party="HLR",
            forward_only=True,
        )

    async def _end_the_contract(self) -> None:
        ending = self._ending
        await until_granted(
            ending,
            BillingActivities.end_contract,
            lambda key: EndContract(
                order_id=ending.order.order_id,
                msisdn=ending.msisdn,
                contract_id=ending.contract.id,
                effective_at=ending.plan.effective_at,
                key=key,
            ),
            key="end-contract",
            name="end-contract",
            party="care",
            refused="customer care refused to end the contract",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def _request_the_last_invoice(self) -> FinalInvoiceRequested:
        ending = self._ending
        return await until_granted(
            ending,
            BillingActivities.request_final_invoice,
            lambda key: RequestFinalInvoice(
                order_id=ending.order.order_id,
                contract_id=ending.contract.id,
                effective_at=ending.plan.effective_at,
                leaving_fee=ending.plan.cost.fee,
                key=key,
            ),
            key="final-invoice",
            name="request-final-invoice",
            party="billing",
            refused="billing refused the last invoice",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def _retire_the_sim(self) -> None:
        ending = self._ending
        if ending.sim is None or not ending.sim.iccid:
            return
        await ending.desk.step(
            LogisticsActivities.retire_sim,
            RetireSim(order_id=ending.order.order_id, iccid=ending.sim.iccid, key=ending.key("retire-sim")),
            name="retire-sim",
            party="logistics",
            forward_only=True,
        )

    def _quarantine(self) -> Quarantine:
        ending, plan = self._ending, self._ending.plan
        return Quarantine(
            msisdn=ending.msisdn,
            since=plan.effective_at,
            portable_until=plan.portable_until,
            reassignable_from=plan.reassignable_from,
            contract_id=ending.contract.id,
            range_holder=ending.range_holder,
            ended_by=ending.order.order_id,
        )

    def _settlement(self, invoice: FinalInvoiceRequested) -> SettlementOrder:
        ending, order = self._ending, self._ending.order
        return SettlementOrder(
            order_id=f"st-{order.order_id.partition('-')[2]}",
            line_hash=order.line_hash,
            msisdn=order.msisdn,
            ended_by=order.order_id,
            contract=ending.contract,
            account=ending.account,
            cost=ending.plan.cost,
            effective_at=ending.plan.effective_at,
            patience=ending.plan.patience,
            email=ending.reach.email,
            phone=ending.reach.phone,
            language=ending.reach.language,
            invoice_id=invoice.invoice_id,
            invoice_expected_at=invoice.expected_at,
            home=order.home,
            accepted_at=ending.time.now(),
            accepted_at_real=workflow.now(),
        )
