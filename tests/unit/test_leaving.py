"""The end of a contract: notice, last day, who is asked for a code, and what becomes of the number."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.authentication import Authentication, AuthenticationMethod
from domain.contracts import Account, Contract
from domain.lines import LineFacts
from domain.refusals import Refusal, RefusalCode
from domain.termination import TerminationOrder
from rules.dates import DateRefused
from rules.france.calendar import ZONES
from rules.france.contract_end import ContractEnds
from rules.france.contract_end_config import ContractEndConfig
from rules.france.numbering import Territory
from rules.plans import LineSeen, TerminationPlan
from tests.support.france import number_in

MSISDN = "+33639980123"
CONTRACT = Contract(
    id="c-1", signed_on=date(2025, 1, 15), commitment_months=24, monthly_price=Decimal("29.99"), handset_subsidy=True
)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


RECEIPT = paris(2026, 6, 1, 23, 59)


def plan(method=AuthenticationMethod.PORTAL, requested=None, line=None, facts=None):
    order = TerminationOrder(
        order_id="te-01ARZ3NDEKTSV4RRFFQ69G5FAV",
        line_hash="h",
        msisdn=MSISDN,
        zone="Europe/Paris",
        requested_date=requested,
        authentication=Authentication(method=method),
        home="ALIZE",
        accepted_at=RECEIPT,
        accepted_at_real=RECEIPT,
    )
    return ContractEnds().plan(
        order,
        line=line or LineSeen(has_email=True),
        contract=CONTRACT,
        account=Account(),
        facts=facts or LineFacts(),
    )


def test_the_contract_ends_with_the_tenth_day_after_receipt():
    made = plan()
    assert made.cost.last_day == date(2026, 6, 11)
    assert made.effective_at == paris(2026, 6, 12)
    assert made.zone == "Europe/Paris"


def test_the_plan_costs_the_last_day_and_keeps_the_number():
    made = plan(requested=date(2026, 7, 14))
    assert (made.cost.last_day, made.cost.fee) == (date(2026, 7, 14), Decimal("35.98"))  # 6 months left
    assert (made.portable_until, made.reassignable_from) == (paris(2026, 8, 24), paris(2026, 8, 29))


@pytest.mark.parametrize(
    ("requested", "code", "words"),
    [
        (date(2026, 5, 31), "date_in_past", "Sunday 31 May 2026 is over"),
        (date(2026, 6, 1), "date_before_notice", "Thursday 11 June 2026"),
        (date(2026, 6, 10), "date_before_notice", "10 days' notice"),
        (date(2027, 6, 3), "date_too_far", "Wednesday 2 June 2027"),
        (date.max, "date_too_far", "Wednesday 2 June 2027"),
        (date.min, "date_in_past", "is over"),
    ],
)
def test_a_day_that_cannot_be_had_is_refused_with_what_can_and_what_today_is(requested, code, words):
    with pytest.raises(DateRefused) as caught:
        ContractEnds().last_day(RECEIPT, requested, Territory.METROPOLE)
    assert caught.value.code == code
    assert words in caught.value.reason
    assert "today is Monday 1 June 2026" in caught.value.reason
    refused = plan(requested=requested)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.raw_code) == (RefusalCode.DATE_NOT_POSSIBLE, code)


@pytest.mark.parametrize("requested", [date(2026, 6, 11), date(2026, 6, 14), date(2026, 7, 14), date(2027, 6, 2)])
def test_any_day_from_the_notice_to_a_year_ahead_can_be_chosen_sundays_and_holidays_too(requested):
    assert ContractEnds().last_day(RECEIPT, requested, Territory.METROPOLE) == requested


def test_a_shorter_notice_can_be_configured_and_never_a_longer_one():
    assert ContractEnds(ContractEndConfig(notice_days=0)).last_day(RECEIPT, None, Territory.METROPOLE) == date(
        2026, 6, 1
    )
    with pytest.raises(ValueError, match="notice_days"):
        ContractEndConfig(notice_days=11)


def test_receipt_is_dated_where_the_number_lives():
    midnight = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    assert ContractEnds().last_day(midnight, None, Territory.METROPOLE) == date(2026, 6, 12)  # the 2nd already in Paris
    assert ContractEnds().last_day(midnight, None, Territory.GUADELOUPE) == date(2026, 6, 11)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 11), 24), (date(2026, 12, 31), 24)],
)
def test_the_last_day_is_whole_over_a_clock_change(day, hours):
    ends = ContractEnds().effective_at(day, MSISDN)
    assert ends.astimezone(ZoneInfo(ZONES[Territory.METROPOLE])).replace(tzinfo=None) == datetime.combine(
        day + timedelta(days=1), datetime.min.time()
    )
    assert ends - ContractEnds().effective_at(day - timedelta(days=1), MSISDN) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("line", "facts", "channel"),
    [
        (LineSeen(has_email=True), None, "sms"),
        (LineSeen(has_email=False), None, "sms"),
        (LineSeen(has_email=True, suspended=True), None, "email"),
        (LineSeen(has_email=True), LineFacts(barred_since=RECEIPT, barred_by="ls-1"), "email"),
    ],
)
def test_a_code_goes_to_the_line_if_it_works_else_to_the_known_address(line, facts, channel):
    made = plan(AuthenticationMethod.ONE_TIME_CODE, line=line, facts=facts)
    assert isinstance(made, TerminationPlan)
    assert made.challenge is not None
    assert made.challenge.channel == channel


def test_where_no_code_can_be_sent_the_way_to_a_shop_is_said():
    refused = plan(AuthenticationMethod.ONE_TIME_CODE, line=LineSeen(has_email=False, suspended=True))
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.HOLDER_NOT_ENTITLED
    assert "shop" in refused.raw_text


@pytest.mark.parametrize("method", [AuthenticationMethod.IN_SHOP, AuthenticationMethod.PORTAL])
def test_who_has_shown_who_he_is_gets_no_code(method):
    assert plan(method, line=LineSeen(has_email=False, suspended=True)).challenge is None


@pytest.mark.parametrize(
    ("ended_at", "portable", "reassignable"),
    [
        (paris(2026, 6, 12), paris(2026, 7, 22), paris(2026, 7, 27)),
        (paris(2026, 6, 11, 10, 15), paris(2026, 7, 22), paris(2026, 7, 27)),  # ended within the day: not a whole one
        (paris(2026, 3, 1), paris(2026, 4, 10), paris(2026, 4, 15)),  # an hour is missing
        (paris(2026, 10, 1), paris(2026, 11, 10), paris(2026, 11, 15)),  # an hour is there twice
        (paris(2026, 2, 17), paris(2026, 3, 29), paris(2026, 4, 3)),  # ends at 00:00 of the clock change
        (paris(2026, 9, 15), paris(2026, 10, 25), paris(2026, 10, 30)),
    ],
)
def test_a_number_is_portable_to_the_end_of_day_40_and_nobody_elses_for_45_days(ended_at, portable, reassignable):
    terms = ContractEnds().quarantine(ended_at, MSISDN)
    assert (terms.portable_until, terms.reassignable_from) == (portable, reassignable)


def test_an_operator_may_keep_a_number_for_120_days():
    config = ContractEndConfig(quarantine_days=120)
    terms = ContractEnds(config).quarantine(paris(2026, 6, 12), MSISDN)
    assert terms.reassignable_from == paris(2026, 10, 10)
    assert terms.portable_until == paris(2026, 7, 22)


@given(st.integers(0, 5 * 365 * 86400), st.sampled_from(list(Territory)))
def test_rights_are_whole_days_and_never_cut_short(seconds, territory):
    zone, ended_at = ZoneInfo(ZONES[territory]), datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    terms = ContractEnds().quarantine(ended_at, number_in(territory))
    until, free = terms.portable_until, terms.reassignable_from
    local = ended_at.astimezone(zone).replace(tzinfo=None)
    assert timedelta(0) <= until.astimezone(zone).replace(tzinfo=None) - local - timedelta(days=40) < timedelta(days=1)
    assert free.astimezone(zone).replace(tzinfo=None) - until.astimezone(zone).replace(tzinfo=None) == timedelta(days=5)
    assert until.astimezone(zone).time() == free.astimezone(zone).time() == datetime.min.time()
