"""By when a new SIM works: our own promise. No text prescribes one [NF]; the figures are configuration."""

from datetime import datetime, timedelta

from domain.clock import LegalClock
from domain.sim_replacement import SimReplacementOrder
from domain.sims import SimForm
from rules.france.calendar import add_working_days, local_date, local_instant, next_working_day, working_day_on_or_after
from rules.france.config import RulesConfig
from rules.france.numbering import Territory
from rules.france.sim_config import SimRulesConfig


def due(
    order: SimReplacementOrder, *, clock: LegalClock, config: SimRulesConfig, rules: RulesConfig, territory: Territory
) -> datetime:
    """The legal instant until which the promise is kept, counted from acceptance.

    An eSIM is a matter of technique: so many *real* minutes, shown as the legal instant that `clock` says they end at.
    A card goes by post: the n-th working day, at `card_by` in the number's territory; what is accepted after
    `card_cutoff` counts from the next day.
    """
    if order.form is SimForm.ESIM:
        return clock.legal_at(order.accepted_at_real + timedelta(minutes=config.esim_minutes))
    return _card_due(order.accepted_at, config, territory, rules.alsace_moselle)


def _card_due(accepted_at: datetime, config: SimRulesConfig, territory: Territory, alsace_moselle: bool) -> datetime:
    accepted_on = local_date(accepted_at, territory)
    if accepted_at > local_instant(accepted_on, config.card_cutoff, territory):
        accepted_on += timedelta(days=1)
    day = add_working_days(accepted_on, config.card_working_days, territory, alsace_moselle=alsace_moselle)
    day = working_day_on_or_after(day, territory, alsace_moselle=alsace_moselle)
    if local_instant(day, config.card_by, territory) <= accepted_at:  # only with no working days to count
        day = next_working_day(day, territory, alsace_moselle=alsace_moselle)
    return local_instant(day, config.card_by, territory)
