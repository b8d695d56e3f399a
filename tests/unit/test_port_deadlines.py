"""The plan of a port in, its day and its deadlines."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from rules.dates import DateRefused
from rules.france.calendar import ZONES, is_working_day
from rules.france.config import RulesConfig
from rules.france.deadlines import plan_port_in
from rules.france.numbering import Territory
from rules.plans import PortPlan

METROPOLE = Territory.METROPOLE
RULES = RulesConfig()


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


WEDNESDAY = paris(2026, 5, 13, 11)  # the eve of Ascension Day


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (paris(2026, 5, 13, 11), date(2026, 5, 18)),  # Ascension, Sunday
        (paris(2026, 4, 30, 11), date(2026, 5, 5)),  # 1 May, Sunday
        (paris(2026, 4, 4, 11), date(2026, 4, 9)),  # a Saturday before Easter Monday
        (paris(2026, 6, 15, 11), date(2026, 6, 18)),  # an ordinary Monday
        (paris(2026, 6, 15, 23, 59), date(2026, 6, 18)),  # the hour of acceptance does not matter
        (paris(2026, 6, 14, 11), date(2026, 6, 17)),  # a Sunday
        (paris(2026, 12, 30, 11), date(2027, 1, 4)),  # New Year, Sunday
    ],
)
def test_a_port_without_a_wish_is_planned_for_the_third_working_day(accepted, expected):
    plan = plan_port_in(accepted)
    assert plan.chosen_day == plan.latest_day == expected
    assert not plan.customer_chose
    assert plan.moved_because == ""


def test_a_plan_holds_the_slot_the_deadlines_and_the_edition():
    plan = plan_port_in(WEDNESDAY)
    assert plan.edition == "fr-2023-12-01"
    assert plan.zone == "Europe/Paris"
    assert plan.accepted_at == WEDNESDAY
    assert plan.slot_start == paris(2026, 5, 18, 8)
    assert plan.slot_end == paris(2026, 5, 18, 12)
    assert plan.cancel_until == paris(2026, 5, 17, 18)
    assert plan.answer_due == paris(2026, 5, 16, 18)
    assert plan.hold_at == paris(2026, 5, 18, 12)
    assert plan.earliest_day == date(2026, 5, 15)
    assert plan.agreement_valid_until is None


def test_a_plan_survives_json_and_its_instants_are_utc():
    plan = plan_port_in(WEDNESDAY, donor_first_possible=paris(2026, 5, 15, 9))
    assert PortPlan.model_validate_json(plan.model_dump_json()) == plan
    assert plan.model_dump(mode="json")["slot_start"] == "2026-05-18T06:00:00Z"
    assert plan.slot_start.tzinfo is UTC


def test_a_plan_needs_an_instant_with_a_zone():
    with pytest.raises(ValueError, match="zone"):
        plan_port_in(datetime(2026, 5, 13, 11))  # noqa: DTZ001 - that is the point


def test_the_customers_day_is_kept_and_lateness_is_counted_from_it():
    plan = plan_port_in(WEDNESDAY, date(2026, 6, 20))
    assert plan.customer_chose
    assert plan.chosen_day == plan.latest_day == date(2026, 6, 20)  # a Saturday
    assert plan.moved_because == ""


def test_a_day_that_can_no_longer_be_prepared_is_moved_and_the_plan_says_so():
    plan = plan_port_in(WEDNESDAY, date(2026, 5, 14))
    assert plan.chosen_day == plan.latest_day == date(2026, 5, 15)
    assert "Thursday 14 May 2026" in plan.moved_because


def test_a_wish_for_a_sunday_is_moved_to_monday_without_making_the_port_late():
    plan = plan_port_in(WEDNESDAY, date(2026, 5, 31))
    assert plan.chosen_day == plan.latest_day == date(2026, 6, 1)
    assert "not a working day" in plan.moved_because


@pytest.mark.parametrize(
    ("first_possible", "day", "slot_start"),
    [
        (paris(2026, 5, 15, 9), date(2026, 5, 18), paris(2026, 5, 18, 8)),  # earlier: nothing changes
        (paris(2026, 5, 18, 8), date(2026, 5, 18), paris(2026, 5, 18, 8)),
        (paris(2026, 5, 18, 10), date(2026, 5, 18), paris(2026, 5, 18, 10)),  # the slot shrinks
        (paris(2026, 5, 18, 11), date(2026, 5, 18), paris(2026, 5, 18, 11)),
        (paris(2026, 5, 18, 11, 1), date(2026, 5, 19), paris(2026, 5, 19, 8)),  # too little of it is left
        (paris(2026, 5, 23, 13), date(2026, 5, 26), paris(2026, 5, 26, 8)),  # Sunday, Whit Monday
        (paris(2026, 5, 24, 9), date(2026, 5, 26), paris(2026, 5, 26, 8)),
    ],
)
def test_the_donors_first_possible_date_moves_the_day_only_as_far_as_it_must(first_possible, day, slot_start):
    plan = plan_port_in(WEDNESDAY, donor_first_possible=first_possible)
    assert (plan.chosen_day, plan.slot_start) == (day, slot_start)
    assert plan.latest_day == date(2026, 5, 18)  # the donor's delay does not excuse the port
    assert bool(plan.moved_because) == (day != date(2026, 5, 18))


def test_a_donors_agreement_is_valid_for_ninety_days():
    plan = plan_port_in(WEDNESDAY, None, paris(2026, 5, 15, 9), agreed_at=paris(2026, 5, 14, 9))
    assert plan.agreement_valid_until == paris(2026, 5, 14, 9) + timedelta(days=90)


@pytest.mark.parametrize("first_possible", [paris(2026, 9, 1, 8), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_a_donors_date_after_the_end_of_its_agreement_is_refused(first_possible):
    with pytest.raises(DateRefused) as caught:
        plan_port_in(WEDNESDAY, donor_first_possible=first_possible)
    assert caught.value.code == "date_too_far"


def test_cancelling_and_moving_end_with_the_eves_cut_off():
    plan = plan_port_in(WEDNESDAY)
    just_before, cut_off = paris(2026, 5, 17, 17, 59, 59), paris(2026, 5, 17, 18)
    assert just_before < plan.cancel_until
    assert cut_off == plan.cancel_until


@pytest.mark.parametrize(
    ("accepted", "slot_start", "cancel_until"),
    [
        # Summer time begins on Sunday 29 March 2026, ends on Sunday 25 October 2026.
        (paris(2026, 3, 26, 9), datetime(2026, 3, 30, 6, tzinfo=UTC), datetime(2026, 3, 29, 16, tzinfo=UTC)),
        (paris(2026, 10, 22, 9), datetime(2026, 10, 26, 7, tzinfo=UTC), datetime(2026, 10, 25, 17, tzinfo=UTC)),
    ],
)
def test_a_plan_across_a_clock_change_keeps_local_hours(accepted, slot_start, cancel_until):
    plan = plan_port_in(accepted)
    assert (plan.slot_start, plan.cancel_until) == (slot_start, cancel_until)


def test_a_cut_off_in_the_hour_that_does_not_exist_comes_out_after_the_gap():
    plan = plan_port_in(paris(2026, 3, 26, 9), config=RulesConfig(cancel_cutoff=time(2, 30)))
    assert plan.cancel_until == paris(2026, 3, 29, 3, 30)


@pytest.mark.parametrize(
    ("territory", "start_utc_hour"),
    [
        (Territory.METROPOLE, 6),
        (Territory.REUNION, 4),
        (Territory.MAYOTTE, 5),
        (Territory.GUYANE, 11),
        (Territory.MARTINIQUE, 12),
        (Territory.GUADELOUPE, 12),
        (Territory.SAINT_PIERRE_ET_MIQUELON, 10),
    ],
)
def test_a_slot_is_in_the_territorys_own_morning(territory, start_utc_hour):
    plan = plan_port_in(datetime(2026, 6, 15, 15, tzinfo=UTC), territory=territory)
    assert plan.slot_start == datetime(2026, 6, 18, start_utc_hour, tzinfo=UTC)
    assert plan.zone == ZONES[territory]


def test_an_overseas_holiday_moves_the_overseas_port_alone():
    now = datetime(2026, 5, 20, 15, tzinfo=UTC)
    assert plan_port_in(now).chosen_day == date(2026, 5, 23)
    assert plan_port_in(now, territory=Territory.MARTINIQUE).chosen_day == date(2026, 5, 26)  # 22 May, then Whitsun


def test_every_figure_is_configuration():
    rules = RulesConfig(
        edition="test",
        eligibility_working_days=4,
        port_working_days=2,
        slot_start=time(14),
        slot_end=time(18),
        cancel_cutoff=time(12),
        answer_time=time(9),
        hold_working_days=2,
        hold_time=time(10),
        agreement_valid_days=30,
    )
    plan = plan_port_in(paris(2026, 6, 15, 9), None, paris(2026, 6, 16, 9), rules)
    assert plan.edition == "test"
    assert plan.chosen_day == date(2026, 6, 22)
    assert (plan.slot_start, plan.slot_end) == (paris(2026, 6, 22, 14), paris(2026, 6, 22, 18))
    assert plan.cancel_until == paris(2026, 6, 21, 12)
    assert (plan.answer_due, plan.hold_at) == (paris(2026, 6, 19, 9), paris(2026, 6, 22, 10))
    assert plan.agreement_valid_until == paris(2026, 7, 15, 9)


def test_a_person_never_takes_over_before_the_reminder():
    plan = plan_port_in(WEDNESDAY, config=RulesConfig(hold_working_days=0))
    assert plan.hold_at == plan.answer_due


def test_alsace_moselle_can_be_configured():
    plan = plan_port_in(paris(2026, 4, 1, 9), config=RulesConfig(alsace_moselle=True))
    assert plan.chosen_day == date(2026, 4, 7)  # Good Friday, Sunday and Easter Monday do not count


@pytest.mark.parametrize("end", [time(7), time(8), time(8, 30)])
def test_a_slot_without_room_is_no_configuration(end):
    with pytest.raises(ValidationError, match="slot"):
        RulesConfig(slot_end=end)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2034, 12, 31)),  # noqa: DTZ001 - the zone is added
    st.sampled_from(Territory),
)
def test_every_plan_keeps_its_own_order(naive, territory):
    now = naive.replace(tzinfo=UTC)
    plan = plan_port_in(now, territory=territory)
    assert plan.accepted_at < plan.answer_due < plan.hold_at
    assert now < plan.cancel_until < plan.slot_start < plan.slot_end
    assert plan.earliest_day <= plan.chosen_day == plan.latest_day
    assert is_working_day(plan.chosen_day, territory)
    assert plan.slot_start.astimezone(ZoneInfo(plan.zone)).hour == RULES.slot_start.hour
