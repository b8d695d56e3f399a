"""A donor that is asked anew gets its whole term."""

from datetime import UTC, datetime, timedelta

from rules.france.deadlines import ask_again, delay_answer, plan_port_in

ACCEPTED = datetime(2026, 6, 3, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)


def test_the_deadlines_of_a_new_asking_are_those_of_a_request_made_now():
    again, fresh = ask_again(plan_port_in(ACCEPTED), LATER), plan_port_in(LATER)
    assert (again.answer_due, again.hold_at) == (fresh.answer_due, fresh.hold_at)


def test_asking_again_moves_neither_the_day_nor_the_day_that_lateness_counts_from():
    plan = plan_port_in(ACCEPTED)
    again = ask_again(plan, LATER)
    assert (again.chosen_day, again.latest_day, again.accepted_at) == (
        plan.chosen_day,
        plan.latest_day,
        plan.accepted_at,
    )


def test_asking_again_shortens_no_delay_that_the_donor_was_granted():
    granted = LATER + timedelta(days=30)
    plan = delay_answer(plan_port_in(ACCEPTED), granted)
    assert ask_again(plan, LATER).answer_due == granted
