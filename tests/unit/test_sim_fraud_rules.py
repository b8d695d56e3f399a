"""Who may ask for a SIM how, and what a person looks at first."""

from datetime import timedelta

import pytest

from domain.authentication import Authentication, AuthenticationMethod
from domain.lines import LineFacts
from domain.refusals import Refusal, RefusalCode
from domain.sim_replacement import ReplacementReason
from rules.france.authentication import challenge, why_not
from rules.france.fraud import review
from rules.france.sim_config import SimRulesConfig
from rules.plans import Challenge, LineSeen
from tests.support.sim_orders import ACCEPTED, MSISDN, sim_order

IN_SHOP, PORTAL, CODE = AuthenticationMethod
REASONS = list(ReplacementReason)
EID = "89049032123451234512345678901235"
IMEI = "352099001761481"
CONFIG = SimRulesConfig()
SECOND = timedelta(seconds=1)
SWAPPED, CONTACT = "the line's SIM was changed less than 3 days ago", "the contact was changed less than 7 days ago"


def reasons_to_look(order=None, facts=None, line=None, config=CONFIG):
    return review(order or sim_order(), facts or LineFacts(), line or LineSeen(), config, ACCEPTED)


@pytest.mark.parametrize("method", AuthenticationMethod)
@pytest.mark.parametrize("reason", REASONS)
def test_only_a_fraud_asks_for_a_particular_method(method, reason):
    missing = why_not(method, reason)
    if reason is ReplacementReason.FRAUD and method is not IN_SHOP:
        assert "in a shop" in missing
    else:
        assert missing is None


@pytest.mark.parametrize("method", [IN_SHOP, PORTAL])
@pytest.mark.parametrize("reason", REASONS)
def test_who_has_shown_himself_is_sent_no_code(method, reason):
    assert challenge(method, reason, has_email=False) is None


@pytest.mark.parametrize(
    ("reason", "line_works", "channel"),
    [
        ("upgrade", True, "sms"),
        ("upgrade", False, "email"),
        ("damaged", True, "email"),
        ("lost", True, "email"),
        ("stolen", True, "email"),
    ],
)
def test_a_code_goes_to_the_line_only_where_its_sim_works_in_the_holders_hands(reason, line_works, channel):
    asked = challenge(CODE, ReplacementReason(reason), has_email=True, line_works=line_works)
    assert asked == Challenge(channel=channel)


@pytest.mark.parametrize("reason", ["damaged", "lost", "stolen"])
def test_where_no_code_can_be_sent_the_holder_is_asked_to_a_shop(reason):
    no = challenge(CODE, ReplacementReason(reason), has_email=False)
    assert isinstance(no, Refusal)
    assert no.code is RefusalCode.HOLDER_NOT_ENTITLED
    assert "come to a shop" in no.raw_text


def test_an_ordinary_order_needs_nobody_to_look_at_it():
    line = LineSeen(sim_since=ACCEPTED - timedelta(days=400), contact_changed_at=ACCEPTED - timedelta(days=90))
    assert reasons_to_look(line=line) == ()


@pytest.mark.parametrize(
    ("ago", "said"), [(timedelta(days=7), ()), (timedelta(days=7) - SECOND, (CONTACT,)), (timedelta(0), (CONTACT,))]
)
def test_a_contact_changed_within_a_week_is_looked_at(ago, said):
    assert reasons_to_look(line=LineSeen(contact_changed_at=ACCEPTED - ago)) == said


@pytest.mark.parametrize("by_care", [True, False])
@pytest.mark.parametrize(("ago", "said"), [(timedelta(days=3), ()), (timedelta(days=3) - SECOND, (SWAPPED,))])
def test_a_sim_changed_within_three_days_is_looked_at_whoever_knows_of_it(by_care, ago, said):
    at = ACCEPTED - ago
    facts = LineFacts(swapped_at=ACCEPTED - timedelta(days=30) if by_care else at)
    line = LineSeen(sim_since=at if by_care else ACCEPTED - timedelta(days=30))
    assert reasons_to_look(facts=facts, line=line) == said


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("06 39 98 00 01", "the number"),
        ("0033639980001", "the number"),
        (MSISDN, "the number"),
        ("89049032-12345123-45123456-78901235", "the phone for the eSIM (EID)"),
        ("35-209900-176148-1", "the handset (IMEI)"),
        ("  ADA  ", "the shop's agent"),
    ],
)
def test_the_barred_list_is_read_however_its_entries_are_typed(entry, what):
    said = reasons_to_look(sim_order(eid=EID, imei=IMEI), config=SimRulesConfig(barred_list=("", entry)))
    assert said == (f"{what} is on the barred list",)


def test_the_barred_list_strikes_nobody_by_a_part_of_a_name_or_by_what_was_left_out():
    config = SimRulesConfig(barred_list=("ad", "0639980002", "", "--", "352099001761482"))
    unnamed = Authentication(method=PORTAL)
    assert reasons_to_look(sim_order(imei=IMEI), config=config) == ()
    assert reasons_to_look(sim_order(authentication=unnamed), config=config) == ()


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("barred_by", ["ls-9", "sr-1"])
def test_a_line_that_another_order_barred_does_not_go_with_a_damaged_sim(reason, barred_by):
    said = reasons_to_look(sim_order(reason), LineFacts(barred_since=ACCEPTED, barred_by=barred_by))
    suspicious = reason in {ReplacementReason.DAMAGED, ReplacementReason.UPGRADE} and barred_by == "ls-9"
    assert len(said) == suspicious
    assert all("barred by another order" in sentence for sentence in said)


def test_every_reason_to_look_is_told_and_none_names_the_number_or_the_phone():
    said = reasons_to_look(
        sim_order(eid=EID, imei=IMEI),
        LineFacts(swapped_at=ACCEPTED, barred_since=ACCEPTED, barred_by="ls-9"),
        LineSeen(contact_changed_at=ACCEPTED),
        SimRulesConfig(barred_list=(MSISDN, EID, IMEI, "ada"), review_replaced_within=timedelta(hours=36)),
    )
    assert len(said) == 7
    assert "36 hours" in said[1]
    assert not any(secret in "\n".join(said) for secret in (MSISDN, "0639980001", EID, IMEI, "ada"))
