"""The plan of a port in: which day, until when each party has to act, and how the plan changes when somebody moves
the date.

Sources: Arcep decision 2012-0576, chapter IV article 10 (two working days for the exchange with the donor, one more to
port, unless the customer chose later), kept by the decision of 6 December 2022 in force since 1 December 2023. Working
days are Monday to Saturday except public holidays. Every instant is legal time in UTC; the plan names the zone it was
computed in.
"""

from datetime import UTC, date, datetime, timedelta

from rules.france.calendar import ZONES, local_date, local_instant
from rules.france.compensation import FRENCH_TARIFF
from rules.france.config import CURRENCY, DEFAULT_RULES, NAME, RulesConfig
from rules.france.dates import check_requested_date, earliest_day
from rules.france.numbering import Territory
from rules.france.slots import find_slot, first_working_day, working_days_after
from rules.plans import Deadline, PortPlan, Then


def plan_port_in(
    now: datetime,
    requested_date: date | None = None,
    donor_first_possible: datetime | None = None,
    config: RulesConfig = DEFAULT_RULES,
    territory: Territory = Territory.METROPOLE,
    *,
    agreed_at: datetime | None = None,
) -> PortPlan:
    """The plan of a port accepted `now` (legal time, with a zone).

    The day is the requested one, else the last that is in time: the third working day after acceptance. It is moved
    only if it can no longer be had or the donor's first possible instant forces it, and then `moved_because` says so.
    A donor that names such an instant has agreed: at `agreed_at`, or now. Raises `DateRefused` (`date_too_far`) if
    what the donor makes possible lies beyond the end of its own agreement.
    """
    accepted_day = local_date(now, territory)
    ceiling = working_days_after(accepted_day, config.ceiling_working_days, config, territory)
    first_day = earliest_day(now, config, territory)
    answer_due = local_instant(
        working_days_after(accepted_day, config.eligibility_working_days, config, territory),
        config.answer_time,
        territory,
    )
    wanted = ceiling if requested_date is None else requested_date
    valid_until = _valid_until(agreed_at or (now if donor_first_possible else None), config)
    schedule = find_slot(wanted, first_day, donor_first_possible, valid_until, config, territory, now)
    return PortPlan(
        regime=NAME,
        edition=config.edition,
        zone=ZONES[territory],
        currency=CURRENCY,
        territory=territory,
        accepted_at=now,
        answer_deadlines=_answer_deadlines(answer_due, config, territory),
        earliest_day=first_day,
        latest_day=ceiling if requested_date is None else first_working_day(max(wanted, first_day), config, territory),
        customer_chose=requested_date is not None,
        donor_first_possible=donor_first_possible,
        agreement_valid_until=valid_until,
        compensation=FRENCH_TARIFF,
        **schedule._asdict(),
    )


def replan(
    plan: PortPlan,
    now: datetime,
    *,
    requested_date: date | None = None,
    by_customer: bool = True,
    donor_first_possible: datetime | None = None,
    agreed_at: datetime | None = None,
    slot_lost: bool = False,
    config: RulesConfig = DEFAULT_RULES,
) -> PortPlan:
    """The same port with another day, or the same day if it still stands.

    `requested_date`: somebody moves the port; refused like a first date, and beyond the donor's limits. Only a
    customer's own choice moves the day that lateness is counted from. `donor_first_possible`, `agreed_at`: the donor
    has answered. `slot_lost`: the day's slot was tried in vain, so the next day that can be had. A slot that has
    ended by `now` is lost without saying. Acceptance and the donor's deadlines stay. Raises `DateRefused`.
    """
    territory = Territory(plan.territory)
    first_possible = donor_first_possible or plan.donor_first_possible
    agreed = agreed_at or (now if donor_first_possible else None)
    valid_until = _valid_until(agreed, config) or plan.agreement_valid_until
    first_day = earliest_day(now, config, territory)
    wanted, not_before = plan.chosen_day, plan.chosen_day
    if requested_date is not None:
        check_requested_date(
            now,
            requested_date,
            config,
            territory,
            donor_first_possible=first_possible,
            agreement_valid_until=valid_until,
        )
        wanted, not_before = requested_date, requested_date
    elif slot_lost or now >= plan.slot_end:
        not_before = first_day
    chosen_by_customer = requested_date is not None and by_customer
    schedule = find_slot(wanted, not_before, first_possible, valid_until, config, territory, now)
    return plan.model_copy(
        update={
            "edition": config.edition,
            "earliest_day": first_day,
            "latest_day": schedule.chosen_day if chosen_by_customer else plan.latest_day,
            "customer_chose": plan.customer_chose or chosen_by_customer,
            "donor_first_possible": _utc(first_possible),
            "agreement_valid_until": valid_until,
            **schedule._asdict(),
        }
    )


def delay_answer(plan: PortPlan, until: datetime, config: RulesConfig = DEFAULT_RULES) -> PortPlan:
    """The plan once the donor has announced its answer for `until`: reminder then, hold after it. The day is not
    touched before the answer is there, and an earlier announcement shortens nothing.
    """
    answer_due = max(plan.answer_due, until.astimezone(UTC))
    deadlines = _answer_deadlines(answer_due, config, Territory(plan.territory))
    return plan.model_copy(update={"answer_deadlines": deadlines})


def ask_again(plan: PortPlan, now: datetime, config: RulesConfig = DEFAULT_RULES) -> PortPlan:
    """The plan once the donor is asked anew, or its silence is borne once more: its deadlines run from `now` (legal
    time), and none comes earlier than before. The day is not touched.
    """
    fresh = plan_port_in(now, config=config, territory=Territory(plan.territory))
    return delay_answer(plan, fresh.answer_due, config)


def customer_ready(plan: PortPlan, now: datetime, config: RulesConfig = DEFAULT_RULES) -> PortPlan:
    """The plan once the customer has done his part (his phone has fetched its eSIM), before which the donor could not
    be asked: the donor's deadlines and the day that lateness is counted from run from `now` (legal time), and none
    comes earlier than before. The day is not touched.
    """
    fresh = plan_port_in(now, config=config, territory=Territory(plan.territory))
    asked = delay_answer(plan, fresh.answer_due, config)
    return asked.model_copy(update={"latest_day": max(plan.latest_day, fresh.latest_day)})


def _answer_deadlines(answer_due: datetime, config: RulesConfig, territory: Territory) -> tuple[Deadline, ...]:
    """Silence is never a yes: the donor's desk is reminded, then the order is held for a person or given up."""
    day = working_days_after(local_date(answer_due, territory), config.hold_working_days, config, territory)
    hold_at = max(answer_due, local_instant(day, config.hold_time, territory))
    return (
        Deadline(at=answer_due, whose="donor", what="its answer", then=Then.REMIND),
        Deadline(at=hold_at, whose="donor", what="its overdue answer", then=Then(config.after_silence)),
    )


def _valid_until(agreed_at: datetime | None, config: RulesConfig) -> datetime | None:
    return None if agreed_at is None else agreed_at.astimezone(UTC) + timedelta(days=config.agreement_valid_days)


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
