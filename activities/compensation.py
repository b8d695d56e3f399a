"""What a late port owes the customer, by the national tariff."""

from decimal import Decimal

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.conversion import UNAVAILABLE, outages_are_retried
from activities.parties_called import calls_parties
from domain.model import Model
from domain.party import Party
from parties.care import Care
from rules.france.compensation import late_port_compensation, lateness_days
from rules.france.deadlines import PortPlan


class AssessCompensation(Model):
    plan: PortPlan
    msisdn: str


class Owed(Model):
    """`amount` in euros; due within 30 days of the customer's request, by whoever is responsible for the delay."""

    days: int
    amount: Decimal
    rule: str


class CompensationActivities:
    """Compensation for lateness."""

    def __init__(self, care: Care) -> None:
        self._care = care

    @activity.defn(name="rules_assess_compensation")
    @calls_parties(Party.CARE)
    async def assess(self, request: AssessCompensation) -> Owed:
        """Days between the latest lawful day and the planned one, times a fifth of the new contract's monthly price."""
        with outages_are_retried():
            line = await self._care.line(request.msisdn)
        days = lateness_days(request.plan, request.plan.slot_start)
        if line is None:
            raise ApplicationError("care does not know the line yet", type=UNAVAILABLE)
        tariff = request.plan.compensation  # the one of the plan's day: a later change of law leaves old ports alone
        amount = late_port_compensation(line.contract.monthly_price, days, tariff)
        return Owed(days=days, amount=amount, rule=tariff.article)
