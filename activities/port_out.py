"""Port out: what our systems and the rules say of a request, our answer, and what is left of a line that has gone."""

from typing import Literal

from pydantic import Field
from temporalio import activity

from activities.care import Reach
from domain.clock import LegalClock
from domain.contracts import Account, Contract, LeavingCost
from domain.model import Instant, Model
from domain.orders import JournalEntry
from domain.port_out import Hold, PortingWord, PortOutOrder
from domain.refusals import Refusal
from domain.sims import SimCard
from domain.termination import SettlementPatience
from rules.france.port_out import PortOutPlan


class PlanPortOut(Model):
    order: PortOutOrder
    entry: JournalEntry | None = None


class PlannedPortOut(Model):
    """Needs no party but the legal clock: our deadline counts whoever is away."""

    clock: LegalClock
    plan: PortOutPlan


class JudgePortOut(Model):
    """`released`: kinds of holds that a person has lifted."""

    order: PortOutOrder
    released: list[str] = Field(default_factory=list)


class JudgedPortOut(Model):
    """A refusal on a legal ground, or why the answer waits until `delayed_until`, or neither: the number must be let
    go. `contract`: that number and RIO name, None when refused; `ended`: it is over and the number in quarantine.
    """

    refusal: Refusal | None = None
    holds: list[Hold] = Field(default_factory=list)
    delayed_until: Instant | None = None  # legal time
    contract: Contract | None = None
    ended: bool = False
    sim: SimCard | None = None  # that carries the number
    cost: LeavingCost | None = None  # of leaving on the first possible day; None: the contract is over
    reach: Reach = Reach()


class FindFirstPossible(Model):
    order_id: str
    msisdn: str


class FirstPossible(Model):
    """The first slot with room for one more, kept for the order (legal time)."""

    at: Instant


class DelayAnswer(Model):
    """`number`: of the announcement. `due`: legal instant. `reason`: a hold's kind, or `systems_away`."""

    order_id: str
    dossier_id: str
    recipient: str
    due: Instant
    reason: str
    number: int = 1
    entry: JournalEntry | None = None  # journalled once it has been sent


class AnswerRequest(Model):
    order_id: str
    dossier_id: str
    recipient: str
    word: PortingWord


class LookAtDossier(Model):
    dossier_id: str


class DossierNow(Model):
    """Where the registry says that the dossier stands; `unknown`: it never saw it. `actual`: legal instant of a
    performed port.
    """

    status: Literal["unknown", "requested", "delayed", "agreed", "refused", "performed", "cancelled", "expired"]
    actual: Instant | None = None


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
    """`effective_at`: legal instant of the port."""

    order_id: str
    msisdn: str
    contract_id: str
    effective_at: Instant


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


class PortOutActivities:
    """The donor's work."""

    @activity.defn(name="rules_plan_port_out")
    async def plan_port_out(self, request: PlanPortOut) -> PlannedPortOut:
        """Our deadlines by the rules."""
        raise NotImplementedError

    @activity.defn(name="rules_judge_port_out")
    async def judge_port_out(self, request: JudgePortOut) -> JudgedPortOut:
        """Asks customer care, billing, the HLR, the journal and, for a port back, the registry; then the rules."""
        raise NotImplementedError

    @activity.defn(name="rules_find_first_possible")
    async def find_first_possible(self, request: FindFirstPossible) -> FirstPossible:
        """By the rules and our own capacity per day and slot; the same again on a repetition."""
        raise NotImplementedError

    @activity.defn(name="clearing_house_delay_answer")
    async def delay_answer(self, request: DelayAnswer) -> DossierNow:
        """*pradelayed*: our answer comes later."""
        raise NotImplementedError

    @activity.defn(name="clearing_house_answer_request")
    async def answer_request(self, request: AnswerRequest) -> DossierNow:
        """Our word about the number; once there is one about each number of the dossier, the answer is sent. Fails, to
        be retried, until then and until the registry shows it.
        """
        raise NotImplementedError

    @activity.defn(name="clearing_house_look_at_dossier")
    async def look_at_dossier(self, request: LookAtDossier) -> DossierNow:
        """Where the registry says that the dossier stands."""
        raise NotImplementedError

    @activity.defn(name="leaving_find_what_left")
    async def find_what_left(self, request: FindWhatLeft) -> WhatLeft:
        """What the contract of a number that has been ported out leaves behind."""
        raise NotImplementedError

    @activity.defn(name="leaving_plan_end")
    async def plan_end(self, request: PlanEnd) -> PlannedEnd:
        """What the end of the contract costs, as of the day of the port."""
        raise NotImplementedError
