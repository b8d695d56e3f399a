"""The slot of a port: the morning of a working day that the donor's answer allows."""

from datetime import UTC, date, datetime
from typing import NamedTuple

from rules.dates import refused, show
from rules.france.calendar import ZONES, add_working_days, local_date, local_instant, working_day_on_or_after
from rules.france.config import RulesConfig
from rules.france.dates import cancel_cutoff
from rules.france.numbering import Territory


class Schedule(NamedTuple):
    """The part of a plan that moves with the day."""

    chosen_day: date
    slot_start: datetime
    slot_end: datetime
    cancel_until: datetime
    moved_because: str


def find_slot(
    wanted: date,
    not_before: date,
    first_possible: datetime | None,
    valid_until: datetime | None,
    config: RulesConfig,
    territory: Territory,
    now: datetime,
) -> Schedule:
    """The first working day from `wanted` and `not_before` on whose slot lies long enough after the donor's first
    instant.

    `valid_until` is the end of the donor's agreement. Raises `DateRefused` (`date_too_far`) if no slot fits into it.
    """
    day = max(wanted, not_before)
    because = "" if day == wanted else f"{show(wanted)} can no longer be had"
    if first_possible is not None and valid_until is not None and first_possible >= valid_until:
        raise refused(
            "date_too_far", "the donor's first possible date lies after its agreement ends", now, ZONES[territory]
        )
    workable = first_working_day(day, config, territory)
    if workable != day:
        because = f"{show(day)} is not a working day"
    start, end = _slot(workable, config, territory)
    if first_possible is not None and first_possible > end - config.shortest_slot:
        workable = _first_day_for_donor(first_possible, config, territory)
        because = f"the donor makes it possible from {show(local_date(first_possible, territory))} on"
        start, end = _slot(workable, config, territory)
    if first_possible is not None:
        start = max(start, first_possible.astimezone(UTC))
    if valid_until is not None and end > valid_until:
        raise refused("date_too_far", f"the donor's agreement ends before {show(workable)}", now, ZONES[territory])
    return Schedule(workable, start, end, cancel_cutoff(workable, config, territory), because)


def _first_day_for_donor(first_possible: datetime, config: RulesConfig, territory: Territory) -> date:
    day = first_working_day(local_date(first_possible, territory), config, territory)
    _, end = _slot(day, config, territory)
    return day if first_possible <= end - config.shortest_slot else working_days_after(day, 1, config, territory)


def _slot(day: date, config: RulesConfig, territory: Territory) -> tuple[datetime, datetime]:
    return local_instant(day, config.slot_start, territory), local_instant(day, config.slot_end, territory)


def working_days_after(day: date, count: int, config: RulesConfig, territory: Territory) -> date:
    """The `count`-th working day after `day`, under this edition of the rules."""
    return add_working_days(day, count, territory, alsace_moselle=config.alsace_moselle)


def first_working_day(day: date, config: RulesConfig, territory: Territory) -> date:
    """`day` or the first working day after it, under this edition of the rules."""
    return working_day_on_or_after(day, territory, alsace_moselle=config.alsace_moselle)
