"""Port out: our answer to a request, its announcement for later, and what the registry shows of both."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.conversion import UNAVAILABLE, outages_are_retried
from activities.dossier_looks import LOOKS, look_until
from activities.parties_called import JOURNAL, calls_parties
from domain.directory import Directory
from domain.model import Instant, Model
from domain.party import Party
from domain.port_out import NumberDecision
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.envelopes import NumberAnswer
from parties.clearing_house.registry import RegistryDossier
from parties.clock import ClockReader
from parties.errors import PartyRefused

DELAY_REASONS = {
    "locked": "0001",
    "sim_replaced": "0002",
    "sim_being_replaced": "0003",
    "contact_changed": "0004",
    "barred_list": "0005",
    "systems_away": "0009",
}
"""Reason codes of *pradelayed*: the clearing house's own table is not public, these are ours."""

DECISIONS_MISSING = "DecisionsMissing"


class DelayAnswer(Model):
    """`number`: of the announcement. `due`: legal instant. `reason`: a hold's kind, or `systems_away`."""

    order_id: str
    dossier_id: str
    recipient: str
    due: Instant
    reason: str
    number: int = 1


class AnswerRequest(Model):
    order_id: str
    dossier_id: str
    recipient: str
    decision: NumberDecision


class WithdrawDecision(Model):
    order_id: str


class DecisionWithdrawn(Model):
    """False: the answer with our decision in it is leaving."""

    done: bool


class LookAtDossier(Model):
    dossier_id: str


class DossierNow(Model):
    """Where the registry says that the dossier stands; `unknown`: it never saw it. `actual`: legal instant of a
    performed port.
    """

    status: Literal["unknown", "requested", "delayed", "agreed", "refused", "performed", "cancelled", "expired"]
    actual: Instant | None = None


class PortOutAnswerActivities:
    """What a donor says to the recipient, through the clearing house."""

    def __init__(
        self,
        clock: ClockReader,
        clearing_house: ClearingHouse,
        journal: Journal,
        directory: Directory,
        home: str,
        looks: Sequence[float] = LOOKS,
    ) -> None:
        self._clock = clock
        self._clearing_house = clearing_house
        self._journal = journal
        self._directory = directory
        self._home = directory.by_code(home)
        self._looks = looks

    @activity.defn(name="clearing_house_delay_answer")
    @calls_parties(Party.CLEARING_HOUSE)
    async def delay_answer(self, request: DelayAnswer) -> DossierNow:
        """*pradelayed*: our answer comes later. Nothing is sent once the dossier waits for no answer any more."""
        with outages_are_retried():
            seen = await self._clearing_house.dossier(request.dossier_id)
            if seen is not None and not seen.awaits_answer:
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
            return await self._shown(request.dossier_id, lambda seen: seen.status != "requested")

    @activity.defn(name="clearing_house_answer_request")
    @calls_parties(Party.CLEARING_HOUSE)
    async def answer_request(self, request: AnswerRequest) -> DossierNow:
        """Our decision about the number. Once there is one about each number of the dossier, the answer is sent.
        Fails, to be retried, until then and until the registry shows it. Nothing is sent once the dossier waits for no
        answer.
        """
        given = await asyncio.to_thread(self._journal.dossiers.record_decision, request.order_id, request.decision)
        with outages_are_retried():
            seen = await self._clearing_house.dossier(request.dossier_id)
            if seen is not None and not seen.awaits_answer:
                return _now(seen)
            if not given:
                raise ApplicationError("other numbers of the dossier have no decision yet", type=DECISIONS_MISSING)
            await self._send(
                self._clearing_house.porting_answers(
                    dossier_id=request.dossier_id,
                    recipient=self._directory.by_code(request.recipient),
                    home=self._home,
                    answers=[_answer(each.msisdn, each.decision) for each in given],
                    key=f"{request.dossier_id}:answer:1",
                    sent_at=(await self._clock.recent()).legal,
                )
            )
            return await self._shown(request.dossier_id, lambda seen: not seen.awaits_answer)

    @activity.defn(name="journal_withdraw_decision")
    @calls_parties(own=JOURNAL)
    async def withdraw_decision(self, request: WithdrawDecision) -> DecisionWithdrawn:
        """The number is to be judged anew, while the other numbers of its dossier still keep the answer."""
        return DecisionWithdrawn(
            done=await asyncio.to_thread(self._journal.dossiers.withdraw_decision, request.order_id)
        )

    @activity.defn(name="clearing_house_look_at_dossier")
    @calls_parties(Party.CLEARING_HOUSE)
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


def _answer(msisdn: str, decision: NumberDecision) -> NumberAnswer:
    return NumberAnswer(
        msisdn=msisdn,
        blocking_code=decision.block_code or None,
        first_possible=decision.first_possible,
        note=decision.note,
    )


def _now(dossier: RegistryDossier | None) -> DossierNow:
    if dossier is None:
        return DossierNow(status="unknown")
    return DossierNow(status=dossier.status, actual=dossier.moved_at)
