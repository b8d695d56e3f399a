"""Identifiers that validate themselves, numbers above all."""

import contextlib

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from domain.identifiers import (
    DossierId,
    Eid,
    Iccid,
    IdentifierError,
    Imei,
    Imsi,
    OrderId,
    parse_dossier_id,
    parse_eid,
    parse_iccid,
    parse_imei,
    parse_imsi,
    parse_order_id,
)
from rules.france.msisdn import national, parse_msisdn
from rules.france.numbering import COUNTRY_CODES, MOBILE_PREFIXES, Territory

ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
REGIONS = {
    Territory.GUADELOUPE: "GP",
    Territory.GUYANE: "GF",
    Territory.MARTINIQUE: "MQ",
    Territory.REUNION: "RE",
    Territory.MAYOTTE: "YT",
    Territory.SAINT_PIERRE_ET_MIQUELON: "PM",
}


@pytest.mark.parametrize(
    "typed",
    [
        "+33639980001",
        "0033639980001",
        "0639980001",
        "06 39 98 00 01",
        "06.39.98.00.01",
        "06-39-98-00-01",
        "+33 6 39 98 00 01",
        " 06 39  98 00 01 ",
    ],
)
def test_every_usual_way_to_write_a_number_gives_the_same_e164(typed):
    assert parse_msisdn(typed) == "+33639980001"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "msisdn_malformed"),
        ("+", "msisdn_malformed"),
        ("639980001", "msisdn_malformed"),  # neither national nor international
        ("33639980001", "msisdn_malformed"),
        ("+33 (0)6 39 98 00 01", "msisdn_malformed"),
        ("+330639980001", "msisdn_malformed"),
        ("06/39/98/00/01", "msisdn_malformed"),
        ("06399800O1", "msisdn_malformed"),  # the letter O
        ("tel:+33639980001", "msisdn_malformed"),
        ("٠٦٣٩٩٨٠٠٠١", "msisdn_malformed"),  # Arabic-Indic digits
        ("０６３９９８０００１", "msisdn_malformed"),  # full-width digits
        ("06399800\x0001", "msisdn_malformed"),
        ("0639980001\n", "msisdn_malformed"),
        ("06\u00a039980001", "msisdn_malformed"),  # no-break space
        ("\u202e0639980001", "msisdn_malformed"),  # direction override
        ("06\u200b39980001", "msisdn_malformed"),  # zero-width space
        ("06\u201139980001", "msisdn_malformed"),  # no-break hyphen
        ("06399800" + " " * 1_000_000 + "01", "msisdn_malformed"),
        ("112", "msisdn_short"),
        ("3179", "msisdn_short"),
        ("118218", "msisdn_short"),
        ("+32470123456", "msisdn_foreign"),
        ("0044 7700 900123", "msisdn_foreign"),
        ("0142000000", "msisdn_fixed"),
        ("0952000000", "msisdn_fixed"),
        ("+33142000000", "msisdn_fixed"),
        ("+262262123456", "msisdn_fixed"),
        ("0892700000", "msisdn_service_number"),
        ("063998000", "msisdn_length"),
        ("06399800011", "msisdn_length"),
        ("06399800010001", "msisdn_length"),  # 14 digits, but not of a machine
        ("07111234567890", "msisdn_length"),
        ("070012345678901", "msisdn_length"),
    ],
)
def test_what_is_no_mobile_number_is_refused_with_its_own_code(typed, code):
    with pytest.raises(IdentifierError) as caught:
        parse_msisdn(typed)
    assert caught.value.code == code


def test_a_machines_number_has_fourteen_national_digits():
    assert national(parse_msisdn("0700 1234567890")) == "07001234567890"
    assert parse_msisdn("07001234567890") == "+337001234567890"


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("0692123456", "+262692123456"),
        ("+262692123456", "+262692123456"),
        ("0639012345", "+262639012345"),
        ("0639980001", "+33639980001"),  # Arcep's fiction range is metropolitan
        ("0690123456", "+590690123456"),
        ("0694123456", "+594694123456"),
        ("0696123456", "+596696123456"),
        ("0708412345", "+508708412345"),
    ],
)
def test_an_overseas_number_gets_the_country_code_of_its_territory(typed, e164):
    assert parse_msisdn(typed) == e164
    assert national(e164) == "0" + e164[-9:]


@pytest.mark.parametrize("prefix", sorted(set(MOBILE_PREFIXES) - {"063998"}))
def test_the_table_of_prefixes_agrees_with_the_published_numbering_plan(prefix):
    territory = MOBILE_PREFIXES[prefix]
    candidates = (
        f"+{COUNTRY_CODES[territory]}{prefix[1:]}{rest:0{10 - len(prefix)}d}"
        for rest in range(0, 10 ** (10 - len(prefix)), 997)
    )
    regions = {
        phonenumbers.region_code_for_number(parsed)
        for parsed in map(phonenumbers.parse, candidates)
        if phonenumbers.is_valid_number(parsed)
    }
    assert REGIONS[territory] in regions


@given(st.from_regex(r"\A0[67][0-9]{8}\Z"))
def test_reading_is_idempotent_and_national_digits_come_back(digits):
    e164 = parse_msisdn(digits)
    assert parse_msisdn(e164) == e164
    assert national(e164) == digits


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(IdentifierError):
        assert parse_msisdn(text)[1:].isascii()


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_iccid, "8933010000000000002"),
        (parse_iccid, "8933100000000001233"),
        (parse_iccid, "8933150412345678907"),
        (parse_iccid, "89330100000000000012"),
        (parse_imsi, "208150123456789"),
        (parse_imsi, "647100123456789"),
        (parse_imei, "490154203237518"),
        (parse_eid, "89049032123451234512345678901235"),
        (parse_order_id, f"pi-{ULID}"),
        (parse_order_id, f"fl-{ULID}"),
        (parse_dossier_id, "ALIZE-1234"),
        (parse_dossier_id, "A" * 26),
    ],
)
def test_a_right_identifier_comes_back_unchanged(parse, text):
    assert parse(text) == text


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (parse_iccid, "8933010000000000003", "iccid_check_digit"),
        (parse_iccid, "8991151000000000118", "iccid_invalid"),  # another country's
        (parse_iccid, "893301000000000000", "iccid_invalid"),
        (parse_iccid, "8933010000000000002F", "iccid_invalid"),  # padded for the wire
        (parse_iccid, "893301000000000000２", "iccid_invalid"),
        (parse_imsi, "20815012345678", "imsi_invalid"),
        (parse_imsi, "234150123456789", "imsi_invalid"),
        (parse_imei, "490154203237519", "imei_check_digit"),
        (parse_imei, "49-015420-323751-8", "imei_invalid"),
        (parse_eid, "89049032123451234512345678901236", "eid_check_digit"),
        (parse_eid, "8904903212345123451234567890123A", "eid_invalid"),
        (parse_order_id, f"xx-{ULID}", "order_id_invalid"),
        (parse_order_id, f"pi-{ULID.lower()}", "order_id_invalid"),
        (parse_order_id, f"pi-{ULID[:-1]}I", "order_id_invalid"),  # no I, L, O, U in a ULID
        (parse_order_id, f"pi-{ULID}\n", "order_id_invalid"),
        (parse_dossier_id, "ABCD", "dossier_id_invalid"),
        (parse_dossier_id, "A" * 27, "dossier_id_invalid"),
        (parse_dossier_id, "alize-1234", "dossier_id_invalid"),
    ],
)
def test_a_wrong_identifier_is_refused_without_being_repeated(parse, text, code):
    with pytest.raises(IdentifierError) as caught:
        parse(text)
    assert caught.value.code == code
    assert text not in str(caught.value)
    assert text not in repr(caught.value)


class Line(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    iccid: Iccid
    imsi: Imsi
    imei: Imei
    eid: Eid
    order_id: OrderId
    dossier_id: DossierId


RIGHT = {
    "iccid": "8933010000000000002",
    "imsi": "208150123456789",
    "imei": "490154203237518",
    "eid": "89049032123451234512345678901235",
    "order_id": f"pi-{ULID}",
    "dossier_id": "ALIZE-1234",
}


def test_a_model_holds_plain_strings():
    line = Line.model_validate(RIGHT)
    assert line.model_dump() == RIGHT
    assert Line.model_validate_json(line.model_dump_json()) == line


@pytest.mark.parametrize("field", sorted(RIGHT))
def test_a_models_error_gives_the_code_and_never_the_value(field):
    wrong = "987654321987654321987654321x"
    with pytest.raises(ValidationError) as caught:
        Line.model_validate(RIGHT | {field: wrong})
    (error,) = caught.value.errors()
    assert error["ctx"]["error"].code.startswith(field.split("_")[0])
    assert wrong not in str(caught.value)
