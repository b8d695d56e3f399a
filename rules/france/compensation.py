"""What a late port or a lost number costs the provider responsible.

Source: Code de la consommation, article L224-42-1 (LEGIARTI000033206901). The customer has to ask for it; it is paid
within 30 days of that. The article says "not less than", so amounts are rounded up to the cent. That days of delay
are calendar days, from the day after the last one in time, is our reading.
"""

from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from rules.dates import local_date
from rules.plans import Compensation, PortPlan, Tariff

_CENT = Decimal("0.01")

FRENCH_TARIFF = Tariff(
    article="Code de la consommation, L224-42-1", late_share_per_day=Decimal("0.2"), lost_number_months=Decimal(24)
)
"""LEGIARTI000033206901: one fifth per day of delay, 24 months for a lost number."""


def compensation(plan: PortPlan, monthly_price: Decimal) -> Compensation:
    """What a port owes that was planned for the plan's slot, by the tariff of the plan's day: a later change of law
    leaves old ports alone.
    """
    days, tariff = lateness_days(plan, plan.slot_start), plan.compensation
    amount = late_port_compensation(monthly_price, days, tariff)
    return Compensation(days=days, amount=amount, currency=plan.currency, rule=tariff.article)


def lateness_days(plan: PortPlan, planned_instant: datetime) -> int:
    """Calendar days, local to the number's territory, by which a port ran after the plan's last day in time; 0 if it
    did not.

    `planned_instant` is the legal instant the cut-over was planned for, not the moment its messages happened to leave.
    """
    return max(0, (local_date(planned_instant, plan.zone) - plan.latest_day).days)


def late_port_compensation(monthly_price: Decimal, days: int, tariff: Tariff = FRENCH_TARIFF) -> Decimal:
    """Euros, tax included, owed for `days` of delay. Raises ValueError on a negative price or delay."""
    if days < 0:
        raise ValueError("a delay has no negative days")
    return _owed(monthly_price, tariff.late_share_per_day * days)


def lost_number_compensation(monthly_price: Decimal, tariff: Tariff = FRENCH_TARIFF) -> Decimal:
    """Euros, tax included, owed for a number that was lost. Raises ValueError on a negative price."""
    return _owed(monthly_price, tariff.lost_number_months)


def _owed(monthly_price: Decimal, months: Decimal) -> Decimal:
    if not monthly_price.is_finite() or monthly_price < 0:
        raise ValueError("a monthly price is a sum of money, not negative")
    return (monthly_price * months).quantize(_CENT, rounding=ROUND_CEILING)
