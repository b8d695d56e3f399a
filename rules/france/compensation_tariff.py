"""What the law makes a late or lost number cost, as figures a plan carries so that a later change of law leaves old
ports alone.
"""

from decimal import Decimal

from pydantic import Field

from domain.model import Model


class CompensationTariff(Model):
    """Shares of the monthly price, tax included, of the provider responsible."""

    article: str
    late_share_per_day: Decimal = Field(ge=0)  # owed at least, for each day of delay
    lost_number_months: Decimal = Field(ge=0)  # owed at least, once


FRENCH_TARIFF = CompensationTariff(
    article="Code de la consommation, L224-42-1", late_share_per_day=Decimal("0.2"), lost_number_months=Decimal(24)
)
"""LEGIARTI000033206901: one fifth per day of delay, 24 months for a lost number."""
