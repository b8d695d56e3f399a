"""The end of a contract, whoever brings it about: closed at customer care, the last invoice asked for, the SIM retired,
the settlement of the money accepted. Only forward.
"""

from dataclasses import dataclass
from datetime import datetime

from temporalio import workflow

from activities.billing import BillingActivities, EndContract, FinalInvoiceRequested, RequestFinalInvoice
from activities.care import Reach
from activities.hlr import Carriage, HlrActivities
from activities.logistics import LogisticsActivities, RetireSim
from domain.contracts import Account, Contract, LeavingCost
from domain.orders import Order, OrderKind
from domain.sims import SimCard
from domain.termination import FollowUp, SettlementOrder, SettlementPatience
from domain.updates import ResolveAction
from workflows.granting import until_granted
from workflows.running import Running


@dataclass(frozen=True)
class Terms:
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
    """The steps, each safe to repeat."""

    def __init__(self, running: Running, order: Order) -> None:
        self._running = running
        self._order = order

    async def take_down(self, sim: SimCard | None) -> None:
        """The SIM out of the HLR; nothing happens to one that carries another number."""
        if sim is None:
            return
        await self._running.desk.step(
            HlrActivities.remove,
            Carriage(imsi=sim.imsi, msisdn=self._order.msisdn),
            name="take-down",
            party="HLR",
            forward_only=True,
        )

    async def close(self, terms: Terms) -> None:
        """The contract has ended at customer care."""
        await until_granted(
            self._running,
            BillingActivities.end_contract,
            lambda key: EndContract(
                order_id=self._order.order_id,
                msisdn=self._order.msisdn,
                contract_id=terms.contract.id,
                effective_at=terms.effective_at,
                reason=terms.reason,
                key=key,
            ),
            key="end-contract",
            name="end-contract",
            party="care",
            refused="customer care refused to end the contract",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def wind_up(self, terms: Terms, sim: SimCard | None) -> FinalInvoiceRequested:
        """The last invoice asked for, then the SIM retired."""
        invoice = await self._ask_for_the_last_invoice(terms)
        await self._retire(sim)
        return invoice

    async def _ask_for_the_last_invoice(self, terms: Terms) -> FinalInvoiceRequested:
        """Billing has been asked, and told what leaving costs."""
        return await until_granted(
            self._running,
            BillingActivities.request_final_invoice,
            lambda key: RequestFinalInvoice(
                order_id=self._order.order_id,
                contract_id=terms.contract.id,
                effective_at=terms.effective_at,
                leaving_fee=terms.cost.fee,
                key=key,
            ),
            key="final-invoice",
            name="request-final-invoice",
            party="billing",
            refused="billing refused the last invoice",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def _retire(self, sim: SimCard | None) -> None:
        """The card is worth nothing any more."""
        if sim is None or not sim.iccid:
            return
        await self._running.desk.step(
            LogisticsActivities.retire_sim,
            RetireSim(order_id=self._order.order_id, iccid=sim.iccid, key=self._running.key("retire-sim")),
            name="retire-sim",
            party="logistics",
            forward_only=True,
        )

    def settlement(self, terms: Terms, invoice: FinalInvoiceRequested) -> FollowUp:
        """The order that follows the money."""
        order = self._order
        settlement = SettlementOrder(
            order_id=f"st-{order.order_id.partition('-')[2]}",
            line_hash=order.line_hash,
            msisdn=order.msisdn,
            zone=order.zone,
            ended_by=order.order_id,
            contract=terms.contract,
            account=terms.account,
            cost=terms.cost,
            effective_at=terms.effective_at,
            patience=terms.patience,
            email=terms.reach.email,
            phone=terms.reach.phone,
            language=terms.reach.language,
            invoice_id=invoice.invoice_id,
            invoice_expected_at=invoice.expected_at,
            home=order.home,
            accepted_at=self._running.time.now(),
            accepted_at_real=workflow.now(),
        )
        return FollowUp(
            kind=OrderKind.SETTLEMENT.value,
            order_id=settlement.order_id,
            order=settlement.model_dump(mode="json"),
        )
