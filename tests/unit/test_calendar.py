"""Working days, territories and local time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.france.calendar import (
    ZONES,
    add_working_days,
    holiday_name,
    is_business_day_ouvre,
    is_working_day,
    local_date,
    local_instant,
    next_working_day,
    territory_of,
    working_day_on_or_after,
)
from rules.france.numbering import Territory

METROPOLE = Territory.METROPOLE
days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
territories = st.sampled_from(Territory)


@pytest.mark.parametrize(("year", "expected"), [(2025, 302), (2026, 303), (2027, 303)])
def test_a_year_has_so_many_working_days(year, expected):
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    assert sum(is_working_day(first + timedelta(days=n), METROPOLE) for n in range(length)) == expected


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "New Year's Day"),
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 5, 1), "Labor Day"),
        (date(2026, 5, 8), "Victory Day"),
        (date(2026, 5, 14), "Ascension Day"),
        (date(2026, 5, 25), "Pentecost Monday"),
        (date(2026, 7, 14), "National Day"),
        (date(2026, 8, 15), "Assumption Day"),
        (date(2026, 11, 1), "All Saints' Day"),
        (date(2026, 11, 11), "Armistice Day"),
        (date(2026, 12, 25), "Christmas Day"),
    ],
)
def test_a_public_holiday_is_no_working_day(day, name):
    assert holiday_name(day, METROPOLE) == name
    assert not is_working_day(day, METROPOLE)


def test_saturday_is_a_working_day_and_sunday_is_not():
    assert is_working_day(date(2026, 5, 16), METROPOLE)
    assert not is_working_day(date(2026, 5, 17), METROPOLE)


def test_saturday_is_no_business_day():
    assert is_business_day_ouvre(date(2026, 5, 15), METROPOLE)
    assert not is_business_day_ouvre(date(2026, 5, 16), METROPOLE)
    assert not is_business_day_ouvre(date(2026, 5, 14), METROPOLE)


@pytest.mark.parametrize(
    ("territory", "day"),
    [
        (Territory.GUADELOUPE, date(2026, 5, 27)),
        (Territory.MARTINIQUE, date(2026, 5, 22)),
        (Territory.GUYANE, date(2026, 6, 10)),
        (Territory.REUNION, date(2027, 12, 20)),
        (Territory.MAYOTTE, date(2026, 4, 27)),
    ],
)
def test_the_day_of_abolition_is_a_holiday_of_its_territory_alone(territory, day):
    assert holiday_name(day, territory) == "Abolition of Slavery"
    assert is_working_day(day, METROPOLE)
    assert not is_working_day(day, territory)


def test_saint_pierre_et_miquelon_keeps_the_metropolitan_holidays():
    assert not is_working_day(date(2026, 5, 14), Territory.SAINT_PIERRE_ET_MIQUELON)


def test_good_friday_and_saint_stephens_count_only_where_alsace_moselle_is_configured():
    for day in (date(2026, 4, 3), date(2026, 12, 26)):
        assert is_working_day(day, METROPOLE)
        assert not is_working_day(day, METROPOLE, alsace_moselle=True)
    assert not is_working_day(date(2026, 5, 14), METROPOLE, alsace_moselle=True)
    assert is_working_day(date(2026, 12, 26), Territory.REUNION, alsace_moselle=True)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 5, 13), 3, date(2026, 5, 18)),  # Ascension, Sunday
        (date(2026, 4, 30), 3, date(2026, 5, 5)),  # 1 May, Sunday
        (date(2026, 4, 4), 3, date(2026, 4, 9)),  # Saturday before Easter Monday
        (date(2026, 12, 30), 3, date(2027, 1, 4)),  # across New Year and a Sunday
        (date(2026, 5, 17), 1, date(2026, 5, 18)),  # from a Sunday
        (date(2026, 5, 14), 0, date(2026, 5, 14)),
    ],
)
def test_working_days_are_counted_over_sundays_and_holidays(day, count, expected):
    assert add_working_days(day, count, METROPOLE) == expected


def test_working_days_are_not_counted_backward():
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 5, 13), -1, METROPOLE)


@given(days, territories)
def test_the_next_working_day_is_later_and_nothing_lies_between(day, territory):
    following = next_working_day(day, territory)
    assert following > day
    assert is_working_day(following, territory)
    between = [day + timedelta(days=n) for n in range(1, (following - day).days)]
    assert not any(is_working_day(other, territory) for other in between)


@given(days, st.integers(0, 12), st.integers(0, 12), territories)
def test_counting_in_two_steps_is_counting_once(day, first, second, territory):
    assert add_working_days(add_working_days(day, first, territory), second, territory) == add_working_days(
        day, first + second, territory
    )


def test_a_working_day_is_its_own_first_working_day():
    assert working_day_on_or_after(date(2026, 5, 13), METROPOLE) == date(2026, 5, 13)
    assert working_day_on_or_after(date(2026, 5, 14), METROPOLE) == date(2026, 5, 15)


@pytest.mark.parametrize(
    ("msisdn", "territory"),
    [
        ("+33612345678", Territory.METROPOLE),
        ("+33639980001", Territory.METROPOLE),  # fiction range inside Mayotte's prefix
        ("+262639012345", Territory.MAYOTTE),
        ("+262692123456", Territory.REUNION),
        ("+590690123456", Territory.GUADELOUPE),
        ("+594694123456", Territory.GUYANE),
        ("+596696123456", Territory.MARTINIQUE),
        ("+508708412345", Territory.SAINT_PIERRE_ET_MIQUELON),
        ("+337001234567890", Territory.METROPOLE),
    ],
)
def test_a_number_says_its_territory(msisdn, territory):
    assert territory_of(msisdn) is territory


@pytest.mark.parametrize(
    ("territory", "offset_hours"),
    [
        (Territory.METROPOLE, 1),
        (Territory.GUADELOUPE, -4),
        (Territory.MARTINIQUE, -4),
        (Territory.GUYANE, -3),
        (Territory.REUNION, 4),
        (Territory.MAYOTTE, 3),
        (Territory.SAINT_PIERRE_ET_MIQUELON, -3),
    ],
)
def test_each_territory_has_its_own_hour(territory, offset_hours):
    winter_noon = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert winter_noon.astimezone(ZoneInfo(ZONES[territory])).utcoffset() == timedelta(hours=offset_hours)


def test_one_instant_falls_on_different_days_in_different_territories():
    late_evening = datetime(2026, 5, 13, 21, 30, tzinfo=UTC)
    assert local_date(late_evening, Territory.METROPOLE) == date(2026, 5, 13)
    assert local_date(late_evening, Territory.REUNION) == date(2026, 5, 14)
    assert local_date(late_evening.replace(hour=2), Territory.GUADELOUPE) == date(2026, 5, 12)


def test_an_instant_without_a_zone_has_no_local_date():
    with pytest.raises(ValueError, match="zone"):
        local_date(datetime(2026, 5, 13, 12), METROPOLE)  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 28), time(8), datetime(2026, 3, 28, 7, tzinfo=UTC)),
        (date(2026, 3, 30), time(8), datetime(2026, 3, 30, 6, tzinfo=UTC)),
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # does not exist: 03:30
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        (date(2026, 10, 26), time(8), datetime(2026, 10, 26, 7, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_becomes_an_instant_also_around_clock_changes(day, at, expected):
    assert local_instant(day, at, METROPOLE) == expected
