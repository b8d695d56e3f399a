"""The date a customer asks for: reading it, the days that can be had, and the words of a refusal."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from rules.dates import DateRefused, read_date
from rules.france.config import RulesConfig
from rules.france.dates import check_requested_date, earliest_day
from rules.france.deadlines import plan_port_in
from rules.france.numbering import Territory

METROPOLE = Territory.METROPOLE
RULES = RulesConfig()


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


WEDNESDAY = paris(2026, 5, 13, 11)  # the eve of Ascension Day


def refusal_of(now: datetime, requested: date, **limits: datetime) -> DateRefused:
    with pytest.raises(DateRefused) as caught:
        check_requested_date(now, requested, RULES, METROPOLE, **limits)
    return caught.value


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (paris(2026, 6, 15, 9), date(2026, 6, 16)),
        (paris(2026, 6, 15, 17, 59), date(2026, 6, 16)),
        (paris(2026, 6, 15, 18), date(2026, 6, 17)),  # tonight's broadcast is closed
        (paris(2026, 6, 20, 9), date(2026, 6, 22)),  # Saturday: Monday, whose eve is Sunday
        (paris(2026, 6, 21, 19), date(2026, 6, 23)),  # Sunday evening
        (paris(2026, 5, 13, 19), date(2026, 5, 15)),  # Ascension between: its own evening is the eve
    ],
)
def test_the_earliest_day_is_the_first_whose_eve_is_still_to_come(now, expected):
    assert earliest_day(now) == expected


@pytest.mark.parametrize(
    ("requested", "code", "words"),
    [
        (date(2026, 5, 12), "date_in_past", "Tuesday 12 May 2026"),
        (date(2026, 5, 13), "date_too_early", "Friday 15 May 2026"),
        (date(2026, 5, 14), "date_not_working_day", "Ascension Day"),
        (date(2026, 5, 17), "date_not_working_day", "a Sunday"),
        (date(2026, 5, 25), "date_not_working_day", "Pentecost Monday"),
        (date(2026, 7, 13), "date_too_far", "Sunday 12 July 2026"),
        (date.max, "date_too_far", "Sunday 12 July 2026"),
        (date.min, "date_in_past", "is over"),
    ],
)
def test_a_date_that_cannot_be_had_is_refused_and_the_reason_says_what_today_is(requested, code, words):
    error = refusal_of(WEDNESDAY, requested)
    assert error.code == code
    assert words in error.reason
    assert "today is Wednesday 13 May 2026, Europe/Paris" in error.reason


@pytest.mark.parametrize("requested", [date(2026, 5, 15), date(2026, 5, 16), date(2026, 7, 11)])
def test_a_working_day_between_the_earliest_and_the_furthest_is_accepted(requested):
    check_requested_date(WEDNESDAY, requested, RULES, METROPOLE)
    assert plan_port_in(WEDNESDAY, requested).chosen_day == requested


def test_the_furthest_day_itself_can_be_chosen():
    monday = paris(2026, 5, 11, 11)
    check_requested_date(monday, date(2026, 7, 10), RULES, METROPOLE)
    assert refusal_of(monday, date(2026, 7, 11)).code == "date_too_far"


def test_today_is_the_day_of_the_numbers_territory():
    now = datetime(2026, 6, 15, 21, tzinfo=UTC)  # the 16th, 01:00, in Réunion
    with pytest.raises(DateRefused) as caught:
        check_requested_date(now, date(2026, 6, 15), RULES, Territory.REUNION)
    assert caught.value.code == "date_in_past"
    assert "today is Tuesday 16 June 2026, Indian/Reunion" in caught.value.reason


def test_once_the_donor_has_answered_its_limits_bind_the_customers_choice():
    before = refusal_of(WEDNESDAY, date(2026, 5, 19), donor_first_possible=paris(2026, 5, 20, 8))
    after = refusal_of(WEDNESDAY, date(2026, 5, 19), agreement_valid_until=paris(2026, 5, 19, 11))
    assert (before.code, after.code) == ("date_too_early", "date_too_far")
    assert "Wednesday 20 May 2026" in before.reason


def test_a_day_whose_slot_the_donor_leaves_too_little_of_cannot_be_chosen():
    check_requested_date(WEDNESDAY, date(2026, 5, 20), donor_first_possible=paris(2026, 5, 20, 11))
    late = refusal_of(WEDNESDAY, date(2026, 5, 20), donor_first_possible=paris(2026, 5, 20, 11, 30))
    assert late.code == "date_too_early"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-05-18", date(2026, 5, 18)),
        ("+5d", date(2026, 5, 18)),
        ("+0d", date(2026, 5, 13)),
        ("+5000d", date(2040, 1, 20)),
    ],
)
def test_a_date_may_be_typed_absolute_or_relative(typed, expected):
    assert read_date(typed, WEDNESDAY, "Europe/Paris") == expected


@pytest.mark.parametrize("typed", ["", "18/05/2026", "2026-02-30", "20260518", "+٥d", "+5", "-5d", "+500000d", "+5d\n"])
def test_a_malformed_date_is_refused_and_the_reason_says_what_today_is(typed):
    with pytest.raises(DateRefused) as caught:
        read_date(typed, WEDNESDAY, "Europe/Paris")
    assert caught.value.code == "date_malformed"
    assert "today is Wednesday 13 May 2026" in caught.value.reason
