"""What a donor's robot may refuse, and on which day it lets a number go."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from simulator.robots.judgement import block_code
from simulator.robots.working_days import after
from simulator.world.subscriber import ENDED, SUSPENDED, Contract, Subscriber

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
LINE = Subscriber(
    id=1,
    msisdn="+33639984000",
    operator="CIRUS",
    range_holder="CIRUS",
    state="active",
    rio="C1P100001UIS",
    holder_kind="consumer",
    holder_name="Zoé Martin",
    iccid="8933430000000000012",
    imsi="208430000000001",
    contract=Contract("CIRUS-1", "2024-01-01", 12, "19.99", False),
    ended_at=None,
)


def ended(days_ago: int) -> Subscriber:
    return replace(LINE, state=ENDED, ended_at=NOON - timedelta(days=days_ago))


@pytest.mark.parametrize("rio", ["C1P100001UIS", "c1p100001uis", " C1P 100001 UIS "])
def test_a_rio_counts_however_it_is_spaced_and_cased(rio: str):
    assert block_code(LINE, rio, NOON) is None


@pytest.mark.parametrize("rio", ["C1P100001UIT", "C1PI00001UIS", "C1P10OOO1UIS", "", None])
def test_a_swapped_letter_of_a_rio_is_refused(rio: str | None):
    assert block_code(LINE, rio, NOON) == "13"


def test_a_line_that_the_donor_never_had_is_refused():
    assert block_code(None, LINE.rio, NOON) == "20"


@pytest.mark.parametrize(("days", "code"), [(0, None), (40, None), (41, "21")])
def test_a_line_stays_portable_until_the_fortieth_day_after_its_end(days: int, code: str | None):
    assert block_code(ended(days), LINE.rio, NOON) == code


def test_the_forty_days_are_days_of_the_local_calendar():
    late = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # 23:30 in Paris: still the 23rd
    line = replace(LINE, state=ENDED, ended_at=datetime(2026, 10, 13, 22, 30, tzinfo=UTC))  # 00:30 on the 14th
    assert block_code(line, LINE.rio, late) is None
    assert block_code(line, LINE.rio, late + timedelta(hours=1)) == "21"


@pytest.mark.parametrize(("now", "code"), [("2026-11-22T22:59:59", None), ("2026-11-22T23:00:00", "21")])
def test_a_contract_that_ended_at_midnight_ended_with_the_day_before_and_the_fortieth_is_whole(now, code):
    # Ended with the 13th of October, summer time; the 22nd of November, winter time, is the fortieth day after.
    line = replace(LINE, state=ENDED, ended_at=datetime(2026, 10, 13, 22, tzinfo=UTC))
    assert block_code(line, LINE.rio, datetime.fromisoformat(now).replace(tzinfo=UTC)) == code


def test_a_suspended_line_may_leave():
    assert block_code(replace(LINE, state=SUSPENDED), LINE.rio, NOON) is None


@pytest.mark.parametrize(
    ("answered", "first"),
    [
        ("2026-11-23T11:00", "2026-11-24T08:00+01:00"),
        ("2026-11-27T11:00", "2026-11-28T08:00+01:00"),
        ("2026-11-28T11:00", "2026-11-30T08:00+01:00"),
        ("2026-05-13T11:00", "2026-05-15T08:00+02:00"),
        ("2026-04-04T11:00", "2026-04-07T08:00+02:00"),
        ("2026-11-23T23:30", "2026-11-25T08:00+01:00"),
    ],
    ids=["Monday", "Friday", "Saturday", "eve of Ascension", "Saturday before Easter", "after midnight in Paris"],
)
def test_the_first_possible_date_is_the_next_working_day_at_eight(answered: str, first: str):
    instant = datetime.fromisoformat(answered).replace(tzinfo=UTC)
    assert after(instant, 1, time(8)) == datetime.fromisoformat(first)


def test_three_working_days_over_a_holiday():
    eve_of_may_day = datetime(2026, 4, 30, 10, tzinfo=UTC)
    assert after(eve_of_may_day, 3, time(8)).date().isoformat() == "2026-05-05"
