"""A stolen handset: by when its IMEI has to be blocked.

Source: CPCE L34-3, as arcep.fr explains it: the line at once on the customer's call, the handset within four *jours
ouvrés* (Monday to Friday) of the declaration to the police. That the day of the declaration does not count and the
last one counts to its end is our reading; so is how long a declaration is waited for.
"""

from datetime import datetime, time

from rules.france.calendar import add_business_days_ouvres, local_date, local_instant
from rules.france.numbering import Territory
from rules.france.sim_config import SimRulesConfig

_LAST_SECOND = time(23, 59, 59)


def block_due(
    filed_at: datetime, territory: Territory, config: SimRulesConfig, *, alsace_moselle: bool = False
) -> datetime:
    """The last second, local, of the fourth jour ouvré after the declaration. Instants are legal time."""
    filed_on = local_date(filed_at, territory)
    last_day = add_business_days_ouvres(
        filed_on, config.handset_block_business_days, territory, alsace_moselle=alsace_moselle
    )
    return local_instant(last_day, _LAST_SECOND, territory)


def declaration_awaited_until(accepted_at: datetime, config: SimRulesConfig) -> datetime:
    """The legal instant after which no declaration is waited for any more."""
    return accepted_at + config.declaration_patience
