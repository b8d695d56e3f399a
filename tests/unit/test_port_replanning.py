"""A plan when somebody moves the date, the donor answers or a slot is lost."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.dates import DateRefused
from rules.france.config import RulesConfig
from rules.france.deadlines import delay_answer, plan_port_in, replan
from rules.plans import PortPlan


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def plan() -> PortPlan:
    """Accepted on Monday 15 June 2026, planned for Thursday."""
    return plan_port_in(paris(2026, 6, 15, 9))


def test_an_agreement_that_fits_leaves_the_day_alone(plan):
    replanned = replan(plan, paris(2026, 6, 15, 10), donor_first_possible=paris(2026, 6, 16, 0))
    assert replanned.chosen_day == plan.chosen_day == date(2026, 6, 18)
    assert replanned.agreement_valid_until == paris(2026, 6, 15, 10) + timedelta(days=90)
    assert replanned.moved_because == ""


def test_a_donors_later_date_moves_the_day_but_not_the_last_day_in_time(plan):
    replanned = replan(
        plan,
        paris(2026, 6, 16, 10),
        donor_first_possible=paris(2026, 6, 22, 8),
        agreed_at=paris(2026, 6, 16, 9),
    )
    assert replanned.chosen_day == date(2026, 6, 22)
    assert replanned.slot_start == paris(2026, 6, 22, 8)
    assert replanned.cancel_until == paris(2026, 6, 21, 18)
    assert replanned.latest_day == date(2026, 6, 18)
    assert replanned.agreement_valid_until == paris(2026, 6, 16, 9) + timedelta(days=90)
    assert "Monday 22 June 2026" in replanned.moved_because


def test_an_answer_on_the_eve_after_the_cut_off_keeps_the_day(plan):
    replanned = replan(plan, paris(2026, 6, 17, 20), donor_first_possible=paris(2026, 6, 17, 20))
    assert replanned.chosen_day == date(2026, 6, 18)


def test_an_answer_inside_the_slot_uses_what_is_left_of_it(plan):
    now = paris(2026, 6, 18, 9, 30)
    replanned = replan(plan, now, donor_first_possible=now)
    assert (replanned.slot_start, replanned.slot_end) == (now, paris(2026, 6, 18, 12))


def test_an_answer_after_the_slot_moves_the_port_to_the_next_day_that_can_be_had(plan):
    replanned = replan(plan, paris(2026, 6, 18, 15), donor_first_possible=paris(2026, 6, 18, 15))
    assert replanned.chosen_day == date(2026, 6, 19)
    assert replanned.latest_day == date(2026, 6, 18)
    assert replanned.moved_because


def test_a_slot_that_has_ended_is_lost_without_saying(plan):
    assert replan(plan, paris(2026, 6, 18, 11, 59), agreed_at=paris(2026, 6, 17, 9)).chosen_day == date(2026, 6, 18)
    assert replan(plan, paris(2026, 6, 18, 12), agreed_at=paris(2026, 6, 17, 9)).chosen_day == date(2026, 6, 19)


def test_a_lost_slot_is_planned_again_for_the_next_day_that_can_be_had(plan):
    replanned = replan(plan, paris(2026, 6, 18, 8, 20), slot_lost=True)
    assert replanned.chosen_day == date(2026, 6, 19)
    assert replanned.latest_day == date(2026, 6, 18)
    assert "Thursday 18 June 2026 can no longer be had" in replanned.moved_because


def test_a_slot_lost_on_saturday_is_planned_again_for_monday(plan):
    moved = replan(plan, paris(2026, 6, 15, 10), requested_date=date(2026, 6, 20))
    assert replan(moved, paris(2026, 6, 20, 12), slot_lost=True).chosen_day == date(2026, 6, 22)


def test_a_customers_new_date_moves_the_last_day_in_time(plan):
    replanned = replan(plan, paris(2026, 6, 15, 10), requested_date=date(2026, 7, 1))
    assert replanned.customer_chose
    assert replanned.chosen_day == replanned.latest_day == date(2026, 7, 1)
    assert replanned.slot_start == paris(2026, 7, 1, 8)


def test_a_date_moved_by_our_desk_does_not_excuse_the_delay(plan):
    replanned = replan(plan, paris(2026, 6, 15, 10), requested_date=date(2026, 7, 1), by_customer=False)
    assert replanned.chosen_day == date(2026, 7, 1)
    assert replanned.latest_day == date(2026, 6, 18)
    assert not replanned.customer_chose


def test_acceptance_and_the_donors_deadlines_stay_when_the_date_moves(plan):
    replanned = replan(plan, paris(2026, 6, 15, 10), requested_date=date(2026, 7, 1))
    assert (replanned.accepted_at, replanned.answer_due, replanned.hold_at) == (
        plan.accepted_at,
        plan.answer_due,
        plan.hold_at,
    )


@pytest.mark.parametrize(
    ("requested", "code"),
    [
        (date(2026, 6, 14), "date_in_past"),
        (date(2026, 6, 15), "date_too_early"),
        (date(2026, 6, 21), "date_not_working_day"),
        (date(2026, 9, 1), "date_too_far"),
    ],
)
def test_a_new_date_is_refused_like_a_first_one(plan, requested, code):
    with pytest.raises(DateRefused) as caught:
        replan(plan, paris(2026, 6, 15, 10), requested_date=requested)
    assert caught.value.code == code


def test_a_new_date_before_the_donors_or_after_its_agreement_is_refused(plan):
    agreed = replan(plan, paris(2026, 6, 16, 10), donor_first_possible=paris(2026, 6, 22, 8))
    with pytest.raises(DateRefused, match="Monday 22 June 2026") as too_early:
        replan(agreed, paris(2026, 6, 16, 11), requested_date=date(2026, 6, 19))
    with pytest.raises(DateRefused, match="agreement ends") as too_far:
        replan(agreed, paris(2026, 8, 20, 11), requested_date=date(2026, 9, 15))
    assert (too_early.value.code, too_far.value.code) == ("date_too_early", "date_too_far")


def test_a_slot_lost_after_the_agreement_ended_cannot_be_planned_again(plan):
    agreed = replan(plan, paris(2026, 6, 16, 10), donor_first_possible=paris(2026, 6, 16, 10))
    with pytest.raises(DateRefused, match="agreement ends"):
        replan(agreed, paris(2026, 9, 15, 10), slot_lost=True)


def test_a_new_plan_is_made_by_the_rules_of_its_day(plan):
    replanned = replan(plan, paris(2026, 6, 15, 10), slot_lost=True, config=RulesConfig(edition="fr-2027"))
    assert (plan.edition, replanned.edition) == ("fr-2023-12-01", "fr-2027")


def test_a_replanned_plan_survives_json(plan):
    replanned = replan(plan, paris(2026, 6, 16, 10), donor_first_possible=paris(2026, 6, 22, 9))
    assert PortPlan.model_validate_json(replanned.model_dump_json()) == replanned


def test_an_announced_delay_moves_reminder_and_hold_but_not_the_day(plan):
    delayed = delay_answer(plan, paris(2026, 6, 20, 15))
    assert delayed.answer_due == paris(2026, 6, 20, 15)
    assert delayed.hold_at == paris(2026, 6, 22, 12)
    assert delayed.chosen_day == plan.chosen_day


def test_an_announcement_never_shortens_the_donors_time(plan):
    assert delay_answer(plan, paris(2026, 6, 15, 12)) == plan
