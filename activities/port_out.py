"""Port out: what our systems and the rules say of a request, and our answer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from pydantic import Field
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.care import Reach, reach_of, sim_of
from activities.conversion import UNAVAILABLE, outages_are_retried
from activities.dossier_looks import LOOKS, look_until
from activities.recorder import Recorder
from activities.requested_line import OurSystems
from domain.clock import LegalClock
from domain.contracts import Contract, LeavingCost
from domain.directory import Directory
from domain.model import Instant, Model
from domain.orders import JournalEntry
from domain.port_out import Hold, PortingWord, PortOutOrder
from domain.refusals import Refusal
from domain.sims import SimCard
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.envelopes import NumberAnswer
from parties.clearing_house.registry import RegistryDossier
from parties.clock import ClockReader
from parties.errors import PartyRefused
from rules.france.calendar import territory_of
from rules.france.leaving_config import LeavingConfig
from rules.france.leaving_fee import leaving_cost
from rules.france.number_fate import ended_on
from rules.france.port_out import PortOutPlan, delayed_until, ground_to_refuse, holds, plan_port_out, slots_from
from rules.france.port_out_config import PortOutConfig
from rules.france.sim_config import SimRulesConfig

AWAITS_ANSWER = frozenset({"requested", "delayed"})
"""Where a dossier stands before our answer."""

DELAY_REASONS = {
    "locked": "0001",
    "sim_replaced": "0002",
    "sim_being_replaced": "0003",
    "contact_changed": "0004",
    "barred_list": "0005",
    "systems_away": "0009",
}
"""Reason codes of *pradelayed*: the clearing house's own table is not public, these are ours."""

NO_SLOT = "NoSlot"
WORDS_MISSING = "WordsMissing"


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


class TakeWordBack(Model):
    order_id: str


class WordTakenBack(Model):
    """False: the answer with our word in it is leaving."""

    done: bool


class LookAtDossier(Model):
    dossier_id: str


class DossierNow(Model):
    """Where the registry says that the dossier stands; `unknown`: it never saw it. `actual`: legal instant of a
    performed port.
    """

    status: Literal["unknown", "requested", "delayed", "agreed", "refused", "performed", "cancelled", "expired"]
    actual: Instant | None = None


class PortOutActivities:
    """The donor's work until the number leaves."""

    def __init__(
        self,
        clock: ClockReader,
        systems: OurSystems,
        clearing_house: ClearingHouse,
        journal: Journal,
        directory: Directory,
        home: str,
        config: PortOutConfig,
        leaving: LeavingConfig,
        sim_rules: SimRulesConfig,
        recorder: Recorder,
        looks: Sequence[float] = LOOKS,
    ) -> None:
        self._clock = clock
        self._systems = systems
        self._clearing_house = clearing_house
        self._journal = journal
        self._directory = directory
        self._home = directory.by_code(home)
        self._config = config
        self._leaving = leaving
        self._sim_rules = sim_rules
        self._recorder = recorder
        self._looks = looks

    @activity.defn(name="rules_plan_port_out")
    async def plan_port_out(self, request: PlanPortOut) -> PlannedPortOut:
        """Our deadlines by the rules."""
        order = request.order
        with outages_are_retried():
            clock = await self._clock.read()
        plan = plan_port_out(order.accepted_at, self._config, territory_of(order.msisdn), clock.legal)
        await self._recorder.record(request.entry)
        return PlannedPortOut(clock=clock, plan=plan)

    @activity.defn(name="rules_judge_port_out")
    async def judge_port_out(self, request: JudgePortOut) -> JudgedPortOut:
        """Asks customer care, billing, the HLR, the journal and, where only it can tell, the registry; then the
        rules.
        """
        order, territory = request.order, territory_of(request.order.msisdn)
        with outages_are_retried():
            now = (await self._clock.read()).legal
            seen = await self._systems.requested_line(order, now)
        reach = reach_of(seen.line) if seen.line else Reach()
        ground = ground_to_refuse(order, seen.asked)
        if ground is not None or seen.line is None:
            return JudgedPortOut(refusal=ground, ended=seen.asked.ended, reach=reach)
        held = holds(order, seen.asked, now, self._config, self._sim_rules)
        held = [hold for hold in held if hold.kind not in request.released]
        sim, cost = None, None
        if not seen.asked.ended:
            sim = sim_of(seen.line, seen.carrier or seen.line.imsi)
            first_day = ended_on(slots_from(now, self._config, territory)[0].start, territory)
            cost = leaving_cost(seen.line.contract, first_day, seen.account, self._leaving)
        return JudgedPortOut(
            holds=held,
            delayed_until=delayed_until(held, now, self._config, territory) if held else None,
            contract=seen.line.contract,
            ended=seen.asked.ended,
            sim=sim,
            cost=cost,
            reach=reach,
        )

    @activity.defn(name="rules_find_first_possible")
    async def find_first_possible(self, request: FindFirstPossible) -> FirstPossible:
        """By the rules and our own capacity per day and slot; the same again on a repetition. Fails, to be retried,
        while every slot is full.
        """
        with outages_are_retried():
            now = (await self._clock.read()).legal
        at = await asyncio.to_thread(
            self._journal.reserve_slot,
            request.order_id,
            slots_from(now, self._config, territory_of(request.msisdn)),
            per_day=self._config.capacity_per_day,
            per_slot=self._config.capacity_per_slot,
        )
        if at is None:
            days = self._config.most_days_ahead
            raise ApplicationError(f"no slot of the next {days} working days has room", type=NO_SLOT)
        return FirstPossible(at=at)

    @activity.defn(name="clearing_house_delay_answer")
    async def delay_answer(self, request: DelayAnswer) -> DossierNow:
        """*pradelayed*: our answer comes later. Nothing is sent once the dossier waits for no answer any more."""
        with outages_are_retried():
            seen = await self._clearing_house.dossier(request.dossier_id)
            if seen is not None and seen.status not in AWAITS_ANSWER:
                return _now(seen)
            await self._send(
                self._clearing_house.pra_delayed(
                    dossier_id=request.dossier_id,
                    recipient=self._directory.by_code(request.recipient),
                    home=self._home,
                    answer_due=request.due,
                    reason_code=DELAY_REASONS[request.reason],
                    key=f"{request.order_id}:delay:{request.number}",
                    sent_at=(await self._clock.recent()).legal,
                )
            )
            shown = await self._shown(request.dossier_id, lambda seen: seen.status != "requested")
        await self._recorder.record(request.entry)
        return shown

    @activity.defn(name="clearing_house_answer_request")
    async def answer_request(self, request: AnswerRequest) -> DossierNow:
        """Our word about the number; once there is one about each number of the dossier, the answer is sent. Fails, to
        be retried, until then and until the registry shows it. Nothing is sent once the dossier waits for no answer.
        """
        given = await asyncio.to_thread(self._journal.give_word, request.order_id, request.word)
        with outages_are_retried():
            seen = await self._clearing_house.dossier(request.dossier_id)
            if seen is not None and seen.status not in AWAITS_ANSWER:
                return _now(seen)
            answers = [_answer(each.msisdn, each.word) for each in given if each.word is not None]
            if not answers or len(answers) < len(given):
                raise ApplicationError("other numbers of the dossier have no word yet", type=WORDS_MISSING)
            await self._send(
                self._clearing_house.porting_answers(
                    dossier_id=request.dossier_id,
                    recipient=self._directory.by_code(request.recipient),
                    home=self._home,
                    answers=answers,
                    key=f"{request.dossier_id}:answer:1",
                    sent_at=(await self._clock.recent()).legal,
                )
            )
            return await self._shown(request.dossier_id, lambda seen: seen.status not in AWAITS_ANSWER)

    @activity.defn(name="journal_take_word_back")
    async def take_word_back(self, request: TakeWordBack) -> WordTakenBack:
        """The number is to be judged anew, while the other numbers of its dossier still keep the answer."""
        return WordTakenBack(done=await asyncio.to_thread(self._journal.take_word_back, request.order_id))

    @activity.defn(name="clearing_house_look_at_dossier")
    async def look_at_dossier(self, request: LookAtDossier) -> DossierNow:
        """Where the registry says that the dossier stands."""
        with outages_are_retried():
            return _now(await self._clearing_house.dossier(request.dossier_id))

    async def _shown(self, dossier_id: str, enough: Callable[[RegistryDossier], bool]) -> DossierNow:
        shown = await look_until(self._clearing_house, dossier_id, self._looks, enough)
        if shown is None or not enough(shown):
            raise ApplicationError("the clearing house does not show the message yet", type=UNAVAILABLE)
        return _now(shown)

    async def _send(self, sending: Awaitable[str]) -> None:
        """A message that the request layer refuses is our bug or its trouble: nothing that ends a customer's port."""
        try:
            await sending
        except PartyRefused as error:
            raise ApplicationError(str(error), type=UNAVAILABLE) from None


def _answer(msisdn: str, word: PortingWord) -> NumberAnswer:
    return NumberAnswer(
        msisdn=msisdn, blocking_code=word.block_code or None, first_possible=word.first_possible, note=word.note
    )


def _now(dossier: RegistryDossier | None) -> DossierNow:
    if dossier is None:
        return DossierNow(status="unknown")
    return DossierNow(status=dossier.status, actual=dossier.moved_at)
