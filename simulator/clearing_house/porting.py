"""What each message does to its dossier: the decisions of the clearing house, one method for each type.

Every check comes before the first write, so a refused message leaves nothing behind. Instants of messages are compared
with each other, never with a clock; only an agreement's 90 days are measured on the legal clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from simulator.clearing_house.dossiers import Dossier, DossierNumber, Dossiers
from simulator.clearing_house.envelope import Message
from simulator.clearing_house.functional_refusals import FunctionalRefusal, refuse_if_closed
from simulator.clearing_house.local_time import from_wire
from simulator.clearing_house.messages import (
    AnswerSeries,
    Cancel,
    Deactivation,
    NumberedBody,
    PortingPerformed,
    PortingRequest,
    PortingRequestAnswer,
    PrDelayed,
)
from simulator.clearing_house.pairs import resolve
from simulator.clearing_house.series import expand
from simulator.clearing_house.vocabulary import CLEARING_HOUSE_CODE, ErrorCode, Status
from simulator.numbers import national
from simulator.world.clock import iso
from simulator.world.numbers import Numbers, Reference
from simulator.world.operators import Operator


@dataclass(frozen=True)
class Outcome:
    """What an accepted message leads to: its receivers, its effect, and the numbers that changed operator."""

    effect: str
    receivers: tuple[str, ...]
    msisdn: str
    serving: tuple[tuple[str, str], ...] = ()
    """(E.164, operator that serves it now) for each number whose reference changes."""
    blockingcode: str | None = None


class Porting:
    """The functional layer. Its methods run inside the caller's transaction; `now` is legal time, UTC."""

    def __init__(self, operators: Mapping[str, Operator], numbers: Numbers, dossiers: Dossiers) -> None:
        self._operators = operators
        self._numbers = numbers
        self._dossiers = dossiers

    def handle(self, sender: Operator, message: Message, now: datetime) -> Outcome:
        """Apply a message; raises FunctionalRefusal, having changed nothing."""
        match message.body:
            case PortingRequest() as request:
                return self._request(sender, message, request, now)
            case PrDelayed() as delay:
                return self._delay(sender, delay, now)
            case PortingRequestAnswer() as answer:
                return self._answer(sender, answer, now)
            case PortingPerformed() as performed:
                return self._perform(sender, performed, now)
            case Cancel() as cancel:
                return self._cancel(sender, cancel, now)
            case Deactivation() as deactivation:
                return self._deactivate(sender, deactivation, now)
        raise TypeError(f"no operator may send {message.type}")

    def _request(self, sender: Operator, message: Message, request: PortingRequest, now: datetime) -> Outcome:
        self._must_be_new(request.dossierid, now)
        msisdns = _msisdns(request)
        named = self._named_donor(message, request)
        donor = named or self._operators[self._reference(msisdns[0]).operator]
        for msisdn in msisdns:
            serving = self._reference(msisdn).operator
            if serving == sender.code:
                raise FunctionalRefusal(ErrorCode.NUMBER_AT_RECIPIENT, national(msisdn))
            if serving != donor.code:
                raise FunctionalRefusal(ErrorCode.NUMBER_NOT_AT_DONOR, national(msisdn))
            self._must_be_free(msisdn, now)
        self._dossiers.open(request.dossierid, sender.code, donor.code, msisdns, now)
        return Outcome("porting_requested", (donor.code,), msisdns[0])

    def _named_donor(self, message: Message, request: PortingRequest) -> Operator | None:
        receiver = message.header.receiver
        network = request.donornetworkoperator or receiver.networkoperator
        if request.donornetworkoperator is None and network == CLEARING_HOUSE_CODE:
            return None
        provider = request.donorserviceprovider
        if provider is None and network == receiver.networkoperator:
            provider = receiver.serviceprovider
        donor = resolve(self._operators, network, provider)
        if donor is None:
            raise FunctionalRefusal(ErrorCode.OPERATOR_UNKNOWN)
        return donor

    def _delay(self, sender: Operator, delay: PrDelayed, now: datetime) -> Outcome:
        dossier = self._find(delay.dossierid, now)
        _must_be(sender, dossier.donor)
        refuse_if_closed(dossier)
        if dossier.status is Status.AGREED:
            raise FunctionalRefusal(ErrorCode.ALREADY_ANSWERED)
        self._dossiers.set_status(dossier.dossierid, Status.DELAYED)
        return Outcome("porting_delayed", (dossier.recipient,), dossier.numbers[0].msisdn)

    def _answer(self, sender: Operator, answer: PortingRequestAnswer, now: datetime) -> Outcome:
        dossier = self._find(answer.dossierid, now)
        _must_be(sender, dossier.donor)
        refuse_if_closed(dossier)
        agrees = answer.blocking == "N"
        # A donor may still take its agreement back: the recipient must hear of it, and the last word counts.
        if agrees and dossier.status is Status.AGREED:
            raise FunctionalRefusal(ErrorCode.ALREADY_ANSWERED)
        answers = [number for repeat in answer.repeats for number in _answered(repeat.seq)]
        _must_equal({number.msisdn for number in answers}, {number.msisdn for number in dossier.numbers})
        some_go = agrees and any(number.blockingcode is None for number in answers)
        self._dossiers.answer(dossier.dossierid, Status.AGREED if some_go else Status.REFUSED, answers, now)
        code = next((number.blockingcode for number in answers if number.blockingcode), None)
        return Outcome("porting_answered", (dossier.recipient,), dossier.numbers[0].msisdn, blockingcode=code)

    def _perform(self, sender: Operator, performed: PortingPerformed, now: datetime) -> Outcome:
        dossier = self._find(performed.dossierid, now)
        _must_be(sender, dossier.recipient)
        refuse_if_closed(dossier)
        if dossier.status is not Status.AGREED:
            raise FunctionalRefusal(ErrorCode.NOT_ANSWERED)
        agreed = {number.msisdn: number for number in dossier.agreed_numbers}
        _must_equal(set(_msisdns(performed)), set(agreed))
        actual = from_wire(performed.actualdatetime) if performed.actualdatetime else None
        for repeat in performed.repeats:
            for msisdn in expand([repeat.seq]):
                first = agreed[msisdn].firstpossibledate
                if actual is not None and first is not None and iso(actual) < first:
                    raise FunctionalRefusal(ErrorCode.DATE_TOO_EARLY, national(msisdn))
                if repeat.seq.backporting and self._reference(msisdn).range_holder != sender.code:
                    raise FunctionalRefusal(ErrorCode.BACKPORTING_WRONG, national(msisdn))
        self._dossiers.perform(dossier.dossierid, actual, now)
        serving = tuple((msisdn, sender.code) for msisdn in agreed)
        return Outcome("porting_performed", self._all_but(sender), serving[0][0], serving)

    def _cancel(self, sender: Operator, cancel: Cancel, now: datetime) -> Outcome:
        dossier = self._find(cancel.dossierid, now)
        _must_be(sender, dossier.recipient)
        if dossier.status is not Status.REFUSED:
            refuse_if_closed(dossier)
        self._dossiers.set_status(dossier.dossierid, Status.CANCELLED)
        return Outcome("porting_cancelled", (dossier.donor,), dossier.numbers[0].msisdn)

    def _deactivate(self, sender: Operator, deactivation: Deactivation, now: datetime) -> Outcome:
        self._must_be_new(deactivation.dossierid, now)
        original = deactivation.originalnetworkoperator
        serving = []
        for msisdn in _msisdns(deactivation):
            reference = self._reference(msisdn)
            if reference.operator != sender.code:
                raise FunctionalRefusal(ErrorCode.NUMBER_NOT_AT_DONOR, national(msisdn))
            if original is not None and original != self._operators[reference.range_holder].network_operator:
                raise FunctionalRefusal(ErrorCode.RANGE_HOLDER_WRONG, national(msisdn))
            self._must_be_free(msisdn, now)
            serving.append((msisdn, reference.range_holder))
        msisdns = [msisdn for msisdn, _ in serving]
        self._dossiers.open(deactivation.dossierid, serving[0][1], sender.code, msisdns, now)
        self._dossiers.perform(deactivation.dossierid, None, now)
        return Outcome("number_deactivated", self._all_but(sender), msisdns[0], tuple(serving))

    def _find(self, dossierid: str, now: datetime) -> Dossier:
        dossier = self._dossiers.find(dossierid, now)
        if dossier is None:
            raise FunctionalRefusal(ErrorCode.DOSSIER_UNKNOWN)
        return dossier

    def _must_be_new(self, dossierid: str, now: datetime) -> None:
        if self._dossiers.find(dossierid, now) is not None:
            raise FunctionalRefusal(ErrorCode.DOSSIER_EXISTS)

    def _must_be_free(self, msisdn: str, now: datetime) -> None:
        if self._dossiers.open_on(msisdn, now) is not None:
            raise FunctionalRefusal(ErrorCode.NUMBER_IN_DOSSIER, national(msisdn))

    def _reference(self, msisdn: str) -> Reference:
        reference = self._numbers.reference(msisdn)
        if reference is None:
            raise FunctionalRefusal(ErrorCode.NUMBER_UNKNOWN, national(msisdn))
        return reference

    def _all_but(self, sender: Operator) -> tuple[str, ...]:
        return tuple(code for code in self._operators if code != sender.code)


def _answered(seq: AnswerSeries) -> list[DossierNumber]:
    first = iso(from_wire(seq.firstpossibledate)) if seq.firstpossibledate else None
    return [DossierNumber(msisdn, seq.blockingcode, first) for msisdn in expand([seq])]


def _msisdns(body: NumberedBody) -> list[str]:
    return list(dict.fromkeys(expand(body.series())))


def _must_be(sender: Operator, part: str) -> None:
    if sender.code != part:
        raise FunctionalRefusal(ErrorCode.NOT_A_PARTY)


def _must_equal(given: set[str], expected: set[str]) -> None:
    if given != expected:
        raise FunctionalRefusal(ErrorCode.NUMBERS_DIFFER)
