"""The clearing house's messages: what we send, what we understand, and local time."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory import Operator
from domain.port_in import Holder, HolderKind
from parties.clearing_house.envelopes import address, customer, encode, number_repeats, performed_repeats
from parties.clearing_house.inbox import read_event, read_message_id
from parties.clearing_house.local_time import from_local_digits, to_local_digits
from parties.clearing_house.wire import (
    BODIES,
    Cancel,
    Deactivation,
    PortingPerformed,
    PortingRequest,
    PrDelayed,
)
from rules.france.rio import sealed
from tests.support.france import FORM

PARIS = FORM.zone

ALIZE = Operator(
    code="ALIZE", rio_code="A1", name="Alizé", network_operator="ALIZE", desk_email="porting@alize.example"
)
EOLE = Operator(
    code="EOLE",
    rio_code="E1",
    name="Éole",
    network_operator="BOREA",
    service_provider="EOLE",
    desk_email="porting@eole.example",
)
DOSSIER = "ALIZE-123456"
MSISDN = "+33639980001"
SENT = datetime(2026, 11, 22, 7, 30, 15, 999999, tzinfo=UTC)
HEADER = {
    "sender": {"networkoperator": "BOREA", "serviceprovider": None},
    "receiver": {"networkoperator": "ALIZE"},
    "timestamp": "20261122083015",
}
SERIES = {"numberseries": {"start": "0639980001", "end": "0639980001"}}


def received(kind: str, body: dict[str, Any], header: dict[str, Any] = HEADER) -> str:
    return json.dumps({"message": {"header": header, "body": {kind: body}}})


def test_a_request_names_recipient_donor_holder_and_rio() -> None:
    body = PortingRequest(
        dossierid=DOSSIER,
        recipientnetworkoperator="ALIZE",
        donornetworkoperator="BOREA",
        donorserviceprovider="EOLE",
        customerinfo=customer(Holder(kind=HolderKind.CONSUMER, name="Zoé Martin"), sealed("E1PABC123WM4")),
        repeats=number_repeats(MSISDN, FORM),
    )
    assert json.loads(encode(body, sender=ALIZE, receiver=address(EOLE), sent_at=SENT, form=FORM)) == {
        "message": {
            "header": {
                "sender": {"networkoperator": "ALIZE"},
                "receiver": {"networkoperator": "BOREA", "serviceprovider": "EOLE"},
                "timestamp": "20261122083015",
            },
            "body": {
                "portingrequest": {
                    "dossierid": DOSSIER,
                    "recipientnetworkoperator": "ALIZE",
                    "donornetworkoperator": "BOREA",
                    "donorserviceprovider": "EOLE",
                    "customerinfo": {"lastname": "Zoé Martin", "customerid": "E1PABC123WM4"},
                    "repeats": [{"seq": SERIES}],
                }
            },
        }
    }


def test_a_virtual_operator_sends_as_its_network_and_itself() -> None:
    sent = json.loads(encode(Cancel(dossierid=DOSSIER), sender=EOLE, receiver=address(ALIZE), sent_at=SENT, form=FORM))
    assert sent["message"]["header"]["sender"] == {"networkoperator": "BOREA", "serviceprovider": "EOLE"}


def test_a_long_company_name_is_cut_to_seventy_characters() -> None:
    info = customer(Holder(kind=HolderKind.BUSINESS, name="É" * 100), sealed("A1EABC123WM4"))
    assert info.companyname == "É" * 70
    assert info.lastname is None


def test_a_port_back_is_flagged_and_any_other_port_is_not() -> None:
    assert performed_repeats(MSISDN, FORM, backporting=True)[0].seq.backporting == "Y"
    assert performed_repeats(MSISDN, FORM, backporting=False)[0].seq.backporting is None


def test_an_agreement_gives_the_first_possible_instant_in_utc() -> None:
    seq = {**SERIES, "firstpossibledate": "20261125080000", "blockingcode": None, "note": None}
    data = received("portingrequestanswer", {"dossierid": DOSSIER, "blocking": "N", "repeats": [{"seq": seq}]})
    inbox = read_event(29, "portingrequestanswer-v3", data, PARIS)
    assert inbox.problem == ""
    assert inbox.message is not None
    assert (inbox.message.message_id, inbox.message.dossier_id, inbox.message.blocked) == (29, DOSSIER, False)
    assert inbox.message.first_possible == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def test_of_several_first_possible_dates_the_last_counts() -> None:
    days = ["20261125080000", "20261127080000", "20261126080000"]
    repeats = [{"seq": {**SERIES, "firstpossibledate": day}} for day in days]
    data = received("portingrequestanswer", {"dossierid": DOSSIER, "blocking": "N", "repeats": repeats})
    message = read_event(29, "portingrequestanswer-v3", data, PARIS).message
    assert message is not None
    assert message.first_possible == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


def test_a_refusal_keeps_the_code_and_the_note() -> None:
    seq = {**SERIES, "blockingcode": "13", "note": "code inconnu"}
    data = received("portingrequestanswer", {"dossierid": DOSSIER, "blocking": "Y", "repeats": [{"seq": seq}]})
    message = read_event(29, "PortingRequestAnswer-V3", data, PARIS).message
    assert message is not None
    assert (message.blocked, message.blocking_code, message.note) == (True, "13", "code inconnu")


def test_a_delay_gives_its_due_instant_and_reason() -> None:
    body = {
        "dossierid": DOSSIER,
        "donornetworkoperator": "BOREA",
        "answerduedatetime": "20260701120000",
        "reasoncode": "7",
    }
    message = read_event(30, "pradelayed-v3", received("pradelayed", body), PARIS).message
    assert message is not None
    assert message.answer_due == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
    assert message.reason_code == "7"


def test_an_errorfound_gives_code_and_text() -> None:
    seq = {"phonenumber": "0639980001", "errorcode": "DATE_TOO_EARLY", "description": "too early"}
    body = {"dossierid": DOSSIER, "repeats": [{"seq": seq}]}
    message = read_event(31, "errorfound-v3", received("errorfound", body), PARIS).message
    assert message is not None
    assert (message.error_code, message.error_text) == ("DATE_TOO_EARLY", "too early")


@pytest.mark.parametrize(
    "body",
    [
        PortingRequest(dossierid=DOSSIER, recipientnetworkoperator="ALIZE", repeats=number_repeats(MSISDN, FORM)),
        PrDelayed(dossierid=DOSSIER, donornetworkoperator="BOREA", answerduedatetime="20261125080000"),
        PortingPerformed(
            dossierid=DOSSIER,
            recipientnetworkoperator="ALIZE",
            donornetworkoperator="BOREA",
            actualdatetime="20261125080000",
            repeats=performed_repeats(MSISDN, FORM, backporting=True),
        ),
        Cancel(dossierid=DOSSIER, note="withdrawn"),
        Deactivation(dossierid=DOSSIER, currentnetworkoperator="ALIZE", repeats=number_repeats(MSISDN, FORM)),
    ],
    ids=lambda body: type(body).__name__,
)
def test_what_we_send_is_what_a_receiver_reads(body: Any) -> None:
    kind = next(name for name, model in BODIES.items() if model is type(body))
    data = encode(body, sender=EOLE, receiver=address(ALIZE), sent_at=SENT, form=FORM).decode()
    inbox = read_event(1, f"{kind}-v3", data, PARIS)
    assert inbox.envelope is not None
    assert inbox.envelope.body == body
    assert inbox.envelope.header.sender.serviceprovider == "EOLE"
    assert inbox.raw == data


@pytest.mark.parametrize("dossier", ["ALIZE-1invalid", "ABC", "A" * 27, "ALIZE-12\n", "ALIZE-١٢", "", None, 12345])
def test_a_dossier_id_is_matched_from_end_to_end(dossier: Any) -> None:
    with pytest.raises(ValidationError):
        Cancel(dossierid=dossier)


@pytest.mark.parametrize("start", ["06399800+1", "", "٠٦٣٩", "0" * 21, "0639980001\n"])
def test_a_number_series_holds_plain_digits_only(start: str) -> None:
    body = {"dossierid": DOSSIER, "currentnetworkoperator": "ALIZE", "repeats": [{"seq": {"numberseries": {}}}]}
    body["repeats"][0]["seq"]["numberseries"] = {"start": start, "end": start}  # type: ignore[index]
    inbox = read_event(5, "deactivation-v3", received("deactivation", body), PARIS)
    assert inbox.message is None
    assert "numberseries.start" in inbox.problem


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "the body does not hold"),
        ('{"message": {"header": {}, "body": {"cancel": {}}}}', "the body does not hold"),
        (received("pradelayed", {"dossierid": DOSSIER}), "donornetworkoperator: missing"),
        (received("pradelayed", {"dossierid": DOSSIER, "donornetworkoperator": "BOREA"}, {}), "sender: missing"),
    ],
)
def test_a_damaged_message_says_what_is_wrong(data: str, problem: str) -> None:
    inbox = read_event(5, "pradelayed-v3", data, PARIS)
    assert inbox.message is None
    assert problem in inbox.problem
    assert inbox.raw == data


def test_a_message_type_of_another_process_is_said_to_be_unknown() -> None:
    data = received("enumactivationnumber", {"dossierid": DOSSIER})
    inbox = read_event(5, "enumactivationnumber-v3", data, PARIS)
    assert (inbox.problem, inbox.dossier_id, inbox.message) == ("unknown message type", DOSSIER, None)


def test_neither_problem_nor_repr_repeats_what_was_received() -> None:
    data = received("cancel", {"dossierid": DOSSIER, "note": "0639980001" * 11})
    inbox = read_event(5, "cancel-v3", data, PARIS)
    assert inbox.problem
    assert "0639980001" not in inbox.problem + repr(inbox)


@pytest.mark.parametrize("text", ["", "abc", "-1", "1.0", "١", "9" * 20, "1\n"])
def test_only_plain_decimal_ids_can_be_confirmed(text: str) -> None:
    assert read_message_id(text) is None


@pytest.mark.parametrize(
    ("instant", "digits"),
    [
        (datetime(2026, 1, 15, 7, 0, tzinfo=UTC), "20260115080000"),
        (datetime(2026, 7, 15, 6, 0, tzinfo=UTC), "20260715080000"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "20270101003000"),
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "20260329015959"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "20260329030000"),
    ],
)
def test_an_instant_survives_its_local_digits(instant: datetime, digits: str) -> None:
    assert to_local_digits(instant, PARIS) == digits
    assert from_local_digits(digits, PARIS) == instant


def test_the_hour_that_happens_twice_is_read_as_the_first() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert to_local_digits(first, PARIS) == to_local_digits(second, PARIS) == "20261025023000"
    assert from_local_digits("20261025023000", PARIS) == first


def test_the_hour_that_is_skipped_is_read_as_an_hour_later() -> None:
    assert to_local_digits(from_local_digits("20260329023000", PARIS), PARIS) == "20260329033000"


@pytest.mark.parametrize(
    "digits", ["", "2026112208301", "20261322083015", "20261122246000", "٢٠٢٦١١٢٢٠٨٣٠١٥", "00000000000000"]
)
def test_digits_that_are_no_time_are_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="wire timestamp"):
        from_local_digits(digits, PARIS)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_local_digits(datetime(2026, 1, 1), PARIS)  # noqa: DTZ001 - the very mistake
