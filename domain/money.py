"""Amounts as people read them."""

from decimal import Decimal

_SIGNS = {"EUR": "€"}


def money(amount: Decimal, currency: str) -> str:
    """`12.50 €`; the currency's ISO code where it has no sign of its own."""
    return f"{amount:.2f} {_SIGNS.get(currency, currency)}"
