"""What the dry runs of all orders show alike."""

from pydantic import Field

from domain.model import Model


class CheckLine(Model):
    """One thing that was looked at and found right."""

    check: str
    says: str


class Cost(Model):
    """What the customer would pay for the port."""

    amount: str = Field(description="euros, tax included, as a decimal string")
    currency: str = "EUR"
