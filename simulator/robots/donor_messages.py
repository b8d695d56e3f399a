"""The messages that a donor's robot writes."""

from collections.abc import Mapping
from datetime import datetime

from simulator.clearing_house.envelope import Message
from simulator.clearing_house.local_time import to_wire
from simulator.clearing_house.messages import (
    AnswerSeries,
    Header,
    NumberSeries,
    Pair,
    PortingRequestAnswer,
    PrDelayed,
    Repeat,
)
from simulator.clearing_house.pairs import pair_of
from simulator.numbers import national
from simulator.robots.judgement import NOTES
from simulator.world.operators import Operator

DELAY_REASON = "1"
REFUSED = "Refused by the donor"


def answer(
    donor: Operator,
    recipient: Pair,
    dossierid: str,
    codes: Mapping[str, str | None],
    first: datetime,
    now: datetime,
) -> Message:
    """The answer in a dossier: for each number (E.164) its block code, or None and the first possible date.

    The dossier is blocked when no number may go; otherwise the bad numbers are named and the good ones go on.
    """
    repeats = [Repeat[AnswerSeries](seq=_series(msisdn, code, first)) for msisdn, code in codes.items()]
    blocking = "N" if None in codes.values() else "Y"
    body = PortingRequestAnswer.model_validate({"dossierid": dossierid, "blocking": blocking, "repeats": repeats})
    return Message(_header(donor, recipient, now), body)


def delayed(donor: Operator, recipient: Pair, dossierid: str, due: datetime, now: datetime) -> Message:
    """Notice that the answer will come later, by `due` at the latest."""
    body = PrDelayed(
        dossierid=dossierid,
        donornetworkoperator=donor.network_operator,
        donorserviceprovider=donor.service_provider,
        answerduedatetime=to_wire(due),
        reasoncode=DELAY_REASON,
    )
    return Message(_header(donor, recipient, now), body)


def _header(donor: Operator, recipient: Pair, now: datetime) -> Header:
    return Header(sender=pair_of(donor), receiver=recipient, timestamp=to_wire(now))


def _series(msisdn: str, code: str | None, first: datetime) -> AnswerSeries:
    digits = national(msisdn)
    series = NumberSeries(start=digits, end=digits)
    if code is None:
        return AnswerSeries(numberseries=series, firstpossibledate=to_wire(first))
    return AnswerSeries(numberseries=series, blockingcode=code, note=NOTES.get(code, REFUSED))
