"""Builds the bytes we send to the clearing house."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.authorisation import Authorisation
from domain.directory import Operator
from domain.model import Instant, Model
from domain.port_in import Holder, HolderKind
from parties.clearing_house.local_time import WireForm, to_local_digits
from parties.clearing_house.wire import (
    TYPES,
    AnsweredNumbers,
    AnswerRepeat,
    Body,
    CustomerInfo,
    Header,
    NumberRange,
    NumberRepeat,
    NumberSeries,
    OperatorPair,
    PerformedNumbers,
    PerformedRepeat,
)

REFERENCE_DATABASE = OperatorPair(networkoperator="CRDB")
"""The receiver of what concerns everybody: the clearing house itself."""

ALL_OPERATORS = OperatorPair(networkoperator="ALLO")

MAX_NAME = 70
MAX_NOTE = 100


def address(operator: Operator) -> OperatorPair:
    """How an operator is named in a header."""
    return OperatorPair(networkoperator=operator.network_operator, serviceprovider=operator.service_provider)


def encode(body: Body, *, sender: Operator, receiver: OperatorPair, sent_at: datetime, form: WireForm) -> bytes:
    """The envelope's JSON. `sent_at` is legal time; absent fields are left out."""
    header = Header(sender=address(sender), receiver=receiver, timestamp=to_local_digits(sent_at, form.zone))
    envelope: dict[str, Any] = {
        "message": {
            "header": header.model_dump(exclude_none=True),
            "body": {TYPES[type(body)]: body.model_dump(exclude_none=True)},
        }
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def one_number(msisdn: str, form: WireForm) -> NumberSeries:
    """A series of one E.164 number, in national digits."""
    digits = form.national(msisdn)
    return NumberSeries(start=digits, end=digits)


def number_repeats(msisdn: str, form: WireForm) -> list[NumberRepeat]:
    return [NumberRepeat(seq=NumberRange(numberseries=one_number(msisdn, form)))]


def performed_repeats(msisdn: str, form: WireForm, *, backporting: bool) -> list[PerformedRepeat]:
    flag = "Y" if backporting else None
    return [PerformedRepeat(seq=PerformedNumbers(numberseries=one_number(msisdn, form), backporting=flag))]


class NumberAnswer(Model):
    """A donor's decision about one number (E.164): a `blocking_code`, or free from `first_possible` on (legal time)."""

    msisdn: str
    blocking_code: str | None = None
    first_possible: Instant | None = None
    note: str = ""


def answer_repeats(answers: Sequence[NumberAnswer], home: Operator, form: WireForm) -> list[AnswerRepeat]:
    return [
        AnswerRepeat(
            seq=AnsweredNumbers(
                numberseries=one_number(answer.msisdn, form),
                blockingcode=answer.blocking_code,
                firstpossibledate=to_local_digits(answer.first_possible, form.zone) if answer.first_possible else None,
                note=shorten(answer.note),
                donornetworkoperator=home.network_operator,
                donorserviceprovider=home.service_provider,
            )
        )
        for answer in answers
    ]


def customer(holder: Holder, authorisation: Authorisation) -> CustomerInfo:
    """The holder and the authorisation, in the fields COIN has for them; a long name is cut to what the field holds, an
    empty authorisation is absent.
    """
    customer_id = authorisation.value or None
    name = holder.name.strip()[:MAX_NAME] or None
    if holder.kind is HolderKind.BUSINESS:
        return CustomerInfo(companyname=name, customerid=customer_id)
    return CustomerInfo(lastname=name, customerid=customer_id)


def shorten(note: str) -> str | None:
    """A note as the wire takes it: at most a hundred characters, an empty one absent."""
    return note[:MAX_NOTE] or None
