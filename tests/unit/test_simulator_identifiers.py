"""Numbers, RIO, ICCID and IMSI of the simulated world."""

import random

import pytest
from stdnum import luhn

from simulator.numbers import e164, national, parse
from simulator.world import bulk_identifiers, identifiers
from simulator.world.ranges import PLAN, range_holder

VECTORS = (
    ("01", False, "123456", "0612345678", "01P12345636Q"),
    ("02", False, "ABC123", "0698765432", "02PABC123WM4"),
    ("03", True, "7K9M2Q", "0711223344", "03E7K9M2Q+YL"),
    ("04", False, "000000", "0600000000", "04P000000MZE"),
    ("04", True, "ZZZZZZ", "0799999999", "04EZZZZZZ5OS"),
)


@pytest.mark.parametrize(("code", "business", "reference", "number", "expected"), VECTORS)
def test_a_rio_carries_the_key_that_independent_implementations_agree_on(code, business, reference, number, expected):
    assert identifiers.rio(code, business=business, reference=reference, national=number) == expected


def test_the_quick_rio_of_millions_of_lines_is_the_plain_one():
    chance = random.Random(7)
    for _ in range(2000):
        code = chance.choice(["A1", "B1", "AF", "01"])
        business = chance.random() < 0.5
        reference = chance.randrange(identifiers.REFERENCES)
        msisdn = f"+33{chance.choice('67')}{chance.randrange(10**8):08d}"
        plain = identifiers.rio(
            code, business=business, reference=identifiers.reference_text(reference), national=national(msisdn)
        )
        assert bulk_identifiers.rio(code, business, reference, msisdn) == plain


def test_the_quick_iccid_of_millions_of_cards_is_the_plain_one():
    chance = random.Random(7)
    for _ in range(2000):
        serial = chance.randrange(10**10)
        assert bulk_identifiers.iccid("41", serial) == identifiers.iccid_of(identifiers.imsi("41", serial))


def test_an_iccid_has_nineteen_digits_and_passes_luhn():
    iccid = identifiers.iccid_of("208415000000003")
    assert iccid is not None
    assert len(iccid) == 19
    assert iccid.startswith("893341")
    assert luhn.is_valid(iccid)


def test_a_foreign_imsi_has_no_card_of_ours():
    assert identifiers.iccid_of("262015000000003") is None


def test_contracts_of_one_operator_never_share_a_reference():
    serials = range(200_000)
    assert len({identifiers.reference_number(serial) for serial in serials}) == len(serials)


@pytest.mark.parametrize("text", ["+33639980001", "0639980001", " 33639980001"])
def test_a_number_is_understood_in_both_forms_and_with_a_lost_plus(text):
    assert parse(text) == "+33639980001"


@pytest.mark.parametrize(
    "text", ["", "0139980001", "063998000", "06399800011", "+34639980001", "٠٦٣٩٩٨٠٠٠١", "0639980001\n", "+0639980001"]
)
def test_what_is_no_french_mobile_number_is_refused(text):
    with pytest.raises(ValueError, match="not a French mobile number"):
        parse(text)


def test_national_and_international_form_are_each_others_inverse():
    assert e164(national("+33798000078")) == "+33798000078"


def test_every_number_of_the_fiction_range_has_a_holder():
    holders = {range_holder(f"+3363998{index:04d}") for index in range(10_000)}
    assert holders == set(PLAN)


def test_a_number_outside_the_plan_has_no_holder():
    assert range_holder("+33612345678") is None
