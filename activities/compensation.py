"""What a late port owes the customer, by the national tariff."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.conversion import UNAVAILABLE, outages_are_retried
from activities.parties_called import calls_parties
from domain.model import Model
from domain.party import Party
from parties.care import Care
from rules.plans import Compensation, PortPlan
from rules.regime import Regime


class AssessCompensation(Model):
    plan: PortPlan
    msisdn: str


class CompensationActivities:
    """Compensation for lateness."""

    def __init__(self, care: Care, regime: Regime) -> None:
        self._care = care
        self._regime = regime

    @activity.defn(name="rules_assess_compensation")
    @calls_parties(Party.CARE)
    async def assess(self, request: AssessCompensation) -> Compensation:
        """By the new contract's monthly price."""
        with outages_are_retried():
            line = await self._care.line(request.msisdn)
        if line is None:
            raise ApplicationError("care does not know the line yet", type=UNAVAILABLE)
        return self._regime.port_in.compensation(request.plan, line.contract.monthly_price)
