"""The end of a contract, whoever brings it about: closed at customer care, the last invoice asked for, the SIM
retired, the settlement of the money accepted. Only forward.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from temporalio import workflow

from activities.billing import BillingActivities, EndContract, FinalInvoiceRequested, RequestFinalInvoice
from activities.care import Reach
from activities.hlr import HlrActivities, NumberOnSim
from activities.logistics import LogisticsActivities, RetireSim
from domain.contracts import Account, Contract, LeavingCost
from domain.orders import OrderKind
from domain.sims import SimCard
from domain.termination import FollowUp, SettlementOrder, SettlementPatience
from domain.updates import ResolveAction
from workflows.order.context import OrderContext


@dataclass(frozen=True)
class EndingContract:
    """The contract that ends at the legal instant `effective_at`, and what is owed. `reason`: terminated or
    ported_out.
    """

    contract: Contract
    account: Account
    cost: LeavingCost
    effective_at: datetime
    reason: str
    patience: SettlementPatience
    reach: Reach


class ContractEnd:
    """The steps of one order that ends a contract. Each is safe to repeat."""

    def __init__(self, context: OrderContext[Any]) -> None:
        self._context = context
        self._order = context.order

    async def take_down(self, sim: SimCard | None) -> None:
        """The SIM out of the HLR. Nothing happens to one that carries another number."""
        if sim is None:
            return
        number = NumberOnSim(imsi=sim.imsi, msisdn=self._order.msisdn)
        await self._context.calls.write(HlrActivities.remove, number, name="take-down", forward_only=True)

    async def close(self, ending: EndingContract) -> None:
        """The contract has ended at customer care."""
        await self._context.calls.write_until_granted(
            BillingActivities.end_contract,
            lambda key: EndContract(
                order_id=self._order.order_id,
                msisdn=self._order.msisdn,
                contract_id=ending.contract.id,
                effective_at=ending.effective_at,
                reason=ending.reason,
                key=key,
            ),
            key=partial(self._context.key, "end-contract"),
            name="end-contract",
            refused="customer care refused to end the contract",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def finish(self, ending: EndingContract, sim: SimCard | None) -> FollowUp:
        """The last invoice asked for, then the SIM retired. Returns the settlement, which follows the money."""
        invoice = await self._request_last_invoice(ending)
        await self._retire(sim)
        return self._settlement(ending, invoice)

    async def _request_last_invoice(self, ending: EndingContract) -> FinalInvoiceRequested:
        """Billing has been asked, and knows what leaving costs."""
        return await self._context.calls.write_until_granted(
            BillingActivities.request_final_invoice,
            lambda key: RequestFinalInvoice(
                order_id=self._order.order_id,
                contract_id=ending.contract.id,
                effective_at=ending.effective_at,
                leaving_fee=ending.cost.fee,
                key=key,
            ),
            key=partial(self._context.key, "final-invoice"),
            name="request-final-invoice",
            refused="billing refused the last invoice",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def _retire(self, sim: SimCard | None) -> None:
        """The card will never be used again."""
        if sim is None or not sim.iccid:
            return
        await self._context.calls.write(
            LogisticsActivities.retire_sim,
            RetireSim(order_id=self._order.order_id, iccid=sim.iccid, key=self._context.key("retire-sim")),
            name="retire-sim",
            forward_only=True,
        )

    def _settlement(self, ending: EndingContract, invoice: FinalInvoiceRequested) -> FollowUp:
        order = self._order
        settlement = SettlementOrder(
            order_id=f"st-{order.order_id.partition('-')[2]}",
            line_hash=order.line_hash,
            msisdn=order.msisdn,
            zone=order.zone,
            ended_by=order.order_id,
            contract=ending.contract,
            account=ending.account,
            cost=ending.cost,
            effective_at=ending.effective_at,
            patience=ending.patience,
            email=ending.reach.email,
            phone=ending.reach.phone,
            language=ending.reach.language,
            invoice_id=invoice.invoice_id,
            invoice_expected_at=invoice.expected_at,
            home=order.home,
            accepted_at=self._context.time.now(),
            accepted_at_real=workflow.now(),
        )
        return FollowUp(
            kind=OrderKind.SETTLEMENT.value,
            order_id=settlement.order_id,
            order=settlement.model_dump(mode="json"),
        )
