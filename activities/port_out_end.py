"""Port out: what is left of a line whose number has gone, and what its end costs."""

import asyncio

from temporalio import activity

from activities.care import Reach, reach_of, sim_now
from activities.conversion import outages_are_retried
from activities.our_systems import OurSystems
from activities.parties_called import calls_parties
from domain.contracts import Account, Contract, LeavingCost
from domain.model import Instant, Model
from domain.order_kinds import ORDER_KINDS
from domain.party import Party
from domain.port_out import PortOutOrder
from domain.sims import SimCard
from domain.termination import SettlementPatience
from parties.care import Line
from parties.errors import PartyUnavailable
from rules.regime import Regime


class FindWhatLeft(Model):
    """`known`: the SIM as it was when the request was judged."""

    order: PortOutOrder
    contract_id: str = ""
    known: SimCard | None = None


class WhatLeft(Model):
    """The SIM that the dossier's contract holds now: to be taken down. `came_back`: we serve the number again, so that
    nothing is done about the number itself. `contract_id`: of the contract that left, '' when there is none to end.
    """

    sim: SimCard | None = None
    came_back: bool = False
    contract_id: str = ""
    reach: Reach = Reach()


class PlanEnd(Model):
    """`effective_at`: legal instant of the port. `known`: the contract as it was when the request was judged."""

    order_id: str
    msisdn: str
    contract_id: str
    effective_at: Instant
    known: Contract | None = None


class PlannedEnd(Model):
    """The contract that the port has ended, and what leaving costs. None: care knows no such contract, or it has ended
    already.
    """

    contract: Contract | None = None
    account: Account = Account()
    cost: LeavingCost | None = None
    patience: SettlementPatience = SettlementPatience()
    sim: SimCard | None = None  # as care knows it
    reach: Reach = Reach()


class PortOutEndActivities:
    """The donor's work after *porting performed*."""

    def __init__(self, systems: OurSystems, regime: Regime) -> None:
        self._systems = systems
        self._leaving = regime.leaving

    @activity.defn(name="leaving_find_what_left")
    @calls_parties(Party.CLEARING_HOUSE, Party.HLR, Party.CARE)
    async def find_what_left(self, request: FindWhatLeft) -> WhatLeft:
        """What the contract of a number that has been ported out leaves behind. Of a number that is ours again, or on
        its way to us, the HLR knows another contract's SIM: then only the one that was known before is left. Customer
        care is not waited for where the contract is known: the SIM goes down first.
        """
        order = request.order
        with outages_are_retried():
            number, line, carrier, view = await asyncio.gather(
                self._systems.clearing_house.number(order.msisdn),
                self._line(order.msisdn, is_needed=not request.contract_id),
                self._systems.hlr.carrier(order.msisdn),
                asyncio.to_thread(self._systems.journal.lines.read, order.msisdn),
            )
        came_back = number is not None and number.operator == order.home
        contract_id = request.contract_id
        if not contract_id and line is not None and not line.has_ended and not came_back:
            contract_id = line.contract.id
        ours = line if line is not None and line.contract.id == contract_id else None
        is_coming = view.held_by is not None and ORDER_KINDS[view.held_by.kind].brings_number
        return WhatLeft(
            sim=request.known if came_back or is_coming else sim_now(carrier, ours, request.known),
            came_back=came_back,
            contract_id=contract_id,
            reach=reach_of(ours) if ours else Reach(),
        )

    async def _line(self, msisdn: str, *, is_needed: bool) -> Line | None:
        try:
            return await self._systems.care.line(msisdn)
        except PartyUnavailable:
            if is_needed:
                raise
            return None

    @activity.defn(name="leaving_plan_end")
    @calls_parties(Party.CARE)
    async def plan_end(self, request: PlanEnd) -> PlannedEnd:
        """What the end of the contract costs, as of the day of the port. A contract that took the place of the one that
        was agreed upon ends too; one that began on that day, or later, is that of a holder who has come back.
        """
        last_day = self._leaving.ended_on(request.effective_at, request.msisdn)
        with outages_are_retried():
            line = await self._systems.care.line(request.msisdn)
            if line is None or (line.contract.id == request.contract_id and line.has_ended):
                return PlannedEnd()
            ours = line.contract.id == request.contract_id or line.contract.signed_on < last_day
            contract = line.contract if ours else request.known
            if contract is None or (ours and line.has_ended):
                return PlannedEnd()
            account = await self._systems.billing.account(contract.id) or Account()
        return PlannedEnd(
            contract=contract,
            account=account,
            cost=self._leaving.cost(contract, last_day, account),
            patience=self._leaving.patience,
            sim=SimCard(iccid=line.iccid, imsi=line.imsi) if ours else None,
            reach=reach_of(line),
        )
