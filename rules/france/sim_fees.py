"""What a new SIM costs.

No public tariff was found [NF]: amounts are configuration, "ours". That a damaged SIM is free for two years is the
legal guarantee of conformity [M], read as covering the SIM; after a fraud the holder does not pay for being robbed:
ours.
"""

from datetime import datetime, time
from decimal import Decimal

from domain.model import Model
from domain.sim_replacement import ReplacementReason
from domain.sims import SimForm
from rules.france.calendar import local_instant
from rules.france.numbering import Territory
from rules.france.sim_config import SimRulesConfig
from rules.plans import LineSeen

FREE = Decimal("0.00")


class Fee(Model):
    """`amount` in euros, tax included; `why`: what it is for, or why it is waived."""

    amount: Decimal
    why: str


def replacement_fee(
    reason: ReplacementReason,
    form: SimForm,
    *,
    line: LineSeen,
    accepted_at: datetime,
    config: SimRulesConfig,
    territory: Territory,
) -> Fee:
    """The fee of a replacement accepted at a legal instant: what happens later makes it no dearer."""
    if reason is ReplacementReason.FRAUD:
        return Fee(amount=FREE, why="waived: a fraud is not the holder's doing")
    if reason is ReplacementReason.DAMAGED and _under_warranty(line, accepted_at, config, territory):
        return Fee(amount=FREE, why="waived: the damaged SIM is under warranty")
    if form is SimForm.ESIM:
        return Fee(amount=config.fee_esim, why="a new eSIM profile")
    return Fee(amount=config.fee_physical, why="a new SIM card")


def _under_warranty(line: LineSeen, at: datetime, config: SimRulesConfig, territory: Territory) -> bool:
    """From the day the SIM carried the number or, where that is not known, from the contract's; unknown: no."""
    start = line.sim_since
    if start is None and line.contract_signed_on is not None:
        start = local_instant(line.contract_signed_on, time(0), territory)
    return start is not None and at < start + config.warranty
