"""The fake activities of ends of contracts: HLR, billing and logistics; the rules are the real ones."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from temporalio import activity

from activities.billing import (
    ContractEnded,
    DisputeOpened,
    EndContract,
    FinalInvoiceRequested,
    LookAtMoney,
    MoneySeen,
    OpenDispute,
    Refund,
    Refunded,
    RequestFinalInvoice,
)
from activities.contract_ends import ContractEndActivities
from activities.hlr import NumberOnSim, Provisioned
from activities.quarantine import ReleasedDue, ReleaseDue
from activities.recorder import Recorder
from domain.contracts import Account
from parties.clearing_house.registry import RegistryNumber
from parties.clock import ClockReader
from runtime.activity_list import activities_of
from tests.support.end_world import EndWorld, RoundWorld
from tests.support.fake_keeping import FakeHolds, FakeKeeping
from tests.support.fake_sim_parties import FakeStock
from tests.support.our_systems import systems_of
from tests.support.sim_activities import FakeOutbox, FakeReads

INVOICE = "I-1"


class EndReads(FakeReads):
    """What planning asks, beside the line, of billing and of the registry."""

    def __init__(self, world: EndWorld) -> None:
        super().__init__(world)
        self._end = world

    async def account(self, contract_id: str) -> Account:
        async def do() -> Account:
            return self._end.bill.account

        return await self._end.act("billing_account", contract_id, do)

    async def number(self, msisdn: str) -> RegistryNumber:
        async def do() -> RegistryNumber:
            return RegistryNumber(
                number=msisdn, operator="ALIZE", range_holder=self._end.range_holder, networkoperator="ALIZE"
            )

        return await self._end.act("registry_number", msisdn, do)


class FakeHlr:
    """Takes SIMs out of service."""

    def __init__(self, world: EndWorld) -> None:
        self._world = world

    @activity.defn(name="hlr_remove")
    async def remove(self, request: NumberOnSim) -> Provisioned:
        async def do() -> Provisioned:
            if self._world.hlr.get(request.imsi) == request.msisdn:
                del self._world.hlr[request.imsi]
                self._world.effects.append(("line_down", f"hlr:{len(self._world.effects)}"))
            return Provisioned()

        return await self._world.act("hlr_remove", request, do)


class FakeBilling:
    """Billing with a memory: by reference, as the real one."""

    def __init__(self, world: EndWorld) -> None:
        self._world = world
        self._bill = world.bill

    @activity.defn(name="billing_end_contract")
    async def end_contract(self, request: EndContract) -> ContractEnded:
        async def do() -> ContractEnded:
            if self._world.effect("contract_ended", request.key):
                self._bill.ended[request.contract_id] = request.effective_at
            return ContractEnded()

        return await self._world.act("billing_end_contract", request, do)

    @activity.defn(name="billing_request_final_invoice")
    async def request_final_invoice(self, request: RequestFinalInvoice) -> FinalInvoiceRequested:
        async def do() -> FinalInvoiceRequested:
            now = await self._world.clock.now()
            if self._world.effect("invoice_asked", request.key):
                self._bill.fees.append(request.leaving_fee)
                self._bill.asked_at = now
            return FinalInvoiceRequested(invoice_id=INVOICE, expected_at=now + timedelta(days=2))

        return await self._world.act("billing_request_final_invoice", request, do)

    @activity.defn(name="billing_look")
    async def look(self, request: LookAtMoney) -> MoneySeen:
        async def do() -> MoneySeen:
            clock = await self._world.clock.read()
            dispute, credited = self._bill.dispute(request.dispute_id, clock.legal)
            invoice = self._bill.invoice(clock.legal)
            return MoneySeen(
                clock=clock,
                invoice=invoice,
                lines=self._bill.lines if invoice.state != "pending" else [],
                account=self._bill.account_at(clock.legal),
                dispute=dispute,
                credited=credited,
            )

        return await self._world.act("billing_look", request, do)

    @activity.defn(name="billing_open_dispute")
    async def open_dispute(self, request: OpenDispute) -> DisputeOpened:
        async def do() -> DisputeOpened:
            if self._world.effect("disputed", request.key):
                self._bill.disputes.append((request, await self._world.clock.now()))
            return DisputeOpened(dispute_id=f"D-{len(self._bill.disputes)}")

        return await self._world.act("billing_open_dispute", request, do)

    @activity.defn(name="billing_refund")
    async def refund(self, request: Refund) -> Refunded:
        async def do() -> Refunded:
            if self._world.effect(f"{request.kind}_refunded", request.key):
                assert request.reference not in self._bill.refunds, "paid twice"
                self._bill.refunds[request.reference] = (request.kind, request.amount)
            return Refunded(refund_id=f"R-{len(self._bill.refunds)}")

        return await self._world.act("billing_refund", request, do)


class FakeQuarantine:
    """Pages of numbers that are due."""

    def __init__(self, world: RoundWorld) -> None:
        self._world = world

    @activity.defn(name="quarantine_release_due")
    async def release_due(self, request: ReleaseDue) -> ReleasedDue:
        async def do() -> ReleasedDue:
            return ReleasedDue(clock=await self._world.clock.read(), **self._world.page(request.after))

        return await self._world.act("quarantine_release_due", request, do)


def end_activities(world: EndWorld) -> list[Callable[..., Any]]:
    """Everything that a termination or a settlement calls."""
    reads = EndReads(world)
    rules = ContractEndActivities(
        cast(ClockReader, world.clock),
        systems_of(reads, reads),
        world.regime,
        cast(Recorder, world.recorder),
    )
    parties = (
        FakeKeeping(world),
        FakeHolds(world),
        FakeStock(world),
        FakeHlr(world),
        FakeBilling(world),
        FakeOutbox(world),
        rules,
    )
    return [method for party in parties for method in activities_of(party)]
