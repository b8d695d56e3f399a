"""Subscriptions and contracts in the home operator's customer care and billing."""

from temporalio import activity

from activities.conversion import as_refusal, outages_are_retried
from activities.parties_called import calls_parties
from domain.model import Instant, Model
from domain.party import Party
from domain.port_in import Holder
from domain.refusals import Refusal
from domain.sims import SimCard
from parties.care import Care, Line
from parties.errors import PartyRefused


class PrepareSubscription(Model):
    order_id: str
    msisdn: str
    holder: Holder
    sim: SimCard
    key: str


class Prepared(Model):
    refusal: Refusal | None = None


class CancelSubscription(Model):
    order_id: str
    key: str


class Cancelled(Model):
    pass


class ActivateContract(Model):
    """`effective_at`: legal instant of the cut-over, from which the customer pays us."""

    order_id: str
    effective_at: Instant
    key: str


class Activated(Model):
    """The contract's new porting code is the customer's secret and stays with customer care: no order needs it."""

    contract_id: str = ""
    refusal: Refusal | None = None


class LookUpLine(Model):
    msisdn: str


class Reach(Model):
    """How the holder is reached beside the line itself, as customer care knows it."""

    email: str | None = None
    phone: str | None = None
    language: str = "fr"


class KnownLine(Model):
    """A line as customer care knows it; `found` is False for none, `active` also False for one that has ended."""

    found: bool = False
    active: bool = False
    reach: Reach = Reach()


class ChangeSim(Model):
    """`swapped_at`: legal instant at which the number moved."""

    order_id: str
    msisdn: str
    sim: SimCard
    swapped_at: Instant
    key: str


class SimChanged(Model):
    refusal: Refusal | None = None


class BillFee(Model):
    """`amount`: tax included, as a decimal text."""

    order_id: str
    msisdn: str
    contract_id: str
    amount: str
    reason: str
    key: str


class FeeBilled(Model):
    fee_id: str = ""
    refusal: Refusal | None = None


class CareActivities:
    """What customer care and billing is asked for."""

    def __init__(self, care: Care) -> None:
        self._care = care

    @activity.defn(name="care_prepare_subscription")
    @calls_parties(Party.CARE)
    async def prepare_subscription(self, request: PrepareSubscription) -> Prepared:
        """A subscription that is ready but not active; nothing is billed for it."""
        with outages_are_retried():
            try:
                await self._care.prepare(
                    reference=request.order_id,
                    msisdn=request.msisdn,
                    holder=request.holder,
                    sim=request.sim,
                    key=request.key,
                )
            except PartyRefused as error:
                return Prepared(refusal=as_refusal(error))
        return Prepared()

    @activity.defn(name="care_cancel_subscription")
    @calls_parties(Party.CARE)
    async def cancel_subscription(self, request: CancelSubscription) -> Cancelled:
        """Take the prepared subscription back; nothing happens when there was none."""
        with outages_are_retried():
            await self._care.cancel(reference=request.order_id, key=request.key)
        return Cancelled()

    @activity.defn(name="care_activate_contract")
    @calls_parties(Party.CARE)
    async def activate_contract(self, request: ActivateContract) -> Activated:
        """The customer is ours: the contract runs, with a porting code of its own."""
        with outages_are_retried():
            try:
                active = await self._care.activate(
                    reference=request.order_id, effective_at=request.effective_at, key=request.key
                )
            except PartyRefused as error:
                return Activated(refusal=as_refusal(error))
        return Activated(contract_id=active.contract_id)

    @activity.defn(name="care_look_up_line")
    @calls_parties(Party.CARE)
    async def look_up_line(self, request: LookUpLine) -> KnownLine:
        """The line and how its holder is reached."""
        with outages_are_retried():
            line = await self._care.line(request.msisdn)
        if line is None:
            return KnownLine()
        return KnownLine(found=True, active=not line.has_ended, reach=reach_of(line))

    @activity.defn(name="care_change_sim")
    @calls_parties(Party.CARE)
    async def change_sim(self, request: ChangeSim) -> SimChanged:
        """Customer care knows the new SIM and since when the line has it."""
        with outages_are_retried():
            try:
                await self._care.change_sim(
                    reference=request.order_id,
                    msisdn=request.msisdn,
                    sim=request.sim,
                    swapped_at=request.swapped_at,
                    key=request.key,
                )
            except PartyRefused as error:
                return SimChanged(refusal=as_refusal(error))
        return SimChanged()

    @activity.defn(name="care_bill_fee")
    @calls_parties(Party.CARE)
    async def bill_fee(self, request: BillFee) -> FeeBilled:
        """The fee on the next invoice, once per order."""
        with outages_are_retried():
            try:
                fee = await self._care.bill_fee(
                    reference=request.order_id,
                    msisdn=request.msisdn,
                    contract_id=request.contract_id,
                    amount=request.amount,
                    reason=request.reason,
                    key=request.key,
                )
            except PartyRefused as error:
                return FeeBilled(refusal=as_refusal(error))
        return FeeBilled(fee_id=fee.fee_id)


def reach_of(line: Line) -> Reach:
    """How the line's holder is reached beside the line."""
    contact = line.contact
    return Reach(email=contact.email, phone=contact.phone, language=contact.language)


def sim_of(line: Line, imsi: str) -> SimCard:
    """The SIM that the HLR names by its IMSI; customer care knows its ICCID when it speaks of the same one."""
    return SimCard(iccid=line.iccid if line.imsi == imsi else "", imsi=imsi)


def sim_now(carrier: str | None, line: Line | None, known: SimCard | None) -> SimCard | None:
    """The SIM that carries the number now, with its ICCID where somebody knows it; without one, the one known before:
    it may have been taken down already.
    """
    if carrier is None or (known is not None and known.imsi == carrier):
        return known
    return SimCard(iccid="", imsi=carrier) if line is None else sim_of(line, carrier)
