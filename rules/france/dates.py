"""The date a customer asks for: the days that can be had, and refusing the others with words that help."""

from datetime import date, datetime, timedelta

from rules.dates import refused, show
from rules.france.calendar import ZONES, holiday_name, is_working_day, local_date, local_instant, next_working_day
from rules.france.config import DEFAULT_RULES, RulesConfig
from rules.france.numbering import Territory

_ONE_DAY = timedelta(days=1)


def cancel_cutoff(day: date, config: RulesConfig, territory: Territory) -> datetime:
    """The instant (UTC) from which a port of `day` can no longer be cancelled or moved: the eve, before the night's
    broadcast.
    """
    return local_instant(day - _ONE_DAY, config.cancel_cutoff, territory)


def earliest_day(
    now: datetime, config: RulesConfig = DEFAULT_RULES, territory: Territory = Territory.METROPOLE
) -> date:
    """The first working day after today whose eve's cut-off is still to come."""
    day = next_working_day(local_date(now, territory), territory, alsace_moselle=config.alsace_moselle)
    while cancel_cutoff(day, config, territory) <= now:
        day = next_working_day(day, territory, alsace_moselle=config.alsace_moselle)
    return day


def check_requested_date(
    now: datetime,
    requested_date: date,
    config: RulesConfig = DEFAULT_RULES,
    territory: Territory = Territory.METROPOLE,
    *,
    donor_first_possible: datetime | None = None,
    agreement_valid_until: datetime | None = None,
) -> None:
    """Raise `DateRefused` unless the customer can have this day. `now` is legal time; once the donor has answered,
    its two limits count too.
    """
    today = local_date(now, territory)
    if requested_date < today:
        raise refused("date_in_past", f"{show(requested_date)} is over", now, ZONES[territory])
    last_day = today + timedelta(days=config.max_lead_days)
    if requested_date > last_day:
        raise refused("date_too_far", f"the last day that can be chosen is {show(last_day)}", now, ZONES[territory])
    if not is_working_day(requested_date, territory, alsace_moselle=config.alsace_moselle):
        holiday = holiday_name(requested_date, territory, alsace_moselle=config.alsace_moselle)
        why = f"a public holiday ({holiday})" if holiday else "a Sunday"
        raise refused(
            "date_not_working_day",
            f"numbers are ported Monday to Saturday; {show(requested_date)} is {why}",
            now,
            ZONES[territory],
        )
    first_day = earliest_day(now, config, territory)
    if requested_date < first_day:
        raise refused("date_too_early", f"the first day that can be chosen is {show(first_day)}", now, ZONES[territory])
    slot_end = local_instant(requested_date, config.slot_end, territory)
    if donor_first_possible is not None and donor_first_possible > slot_end - config.shortest_slot:
        raise refused(
            "date_too_early",
            f"the donor makes it possible from {show(local_date(donor_first_possible, territory))} on",
            now,
            ZONES[territory],
        )
    if agreement_valid_until is not None and slot_end > agreement_valid_until:
        last_day = local_date(agreement_valid_until, territory)
        raise refused("date_too_far", f"the donor's agreement ends on {show(last_day)}", now, ZONES[territory])
