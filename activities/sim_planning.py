"""The plan of a SIM replacement: the line as customer care and the HLR know it, and what the rules say."""

from temporalio import activity

from activities.care import Reach
from domain.clock import LegalClock
from domain.model import Instant, Model
from domain.orders import JournalEntry
from domain.refusals import Refusal
from domain.sim_replacement import SimReplacementOrder
from domain.sims import SimCard
from rules.france.sim_replacement import SimReplacementPlan


class PlanSimReplacement(Model):
    order: SimReplacementOrder
    entry: JournalEntry | None = None  # journalled when there is a plan


class PlannedSimReplacement(Model):
    """The plan and the line it is made for, or why the order cannot be."""

    clock: LegalClock
    plan: SimReplacementPlan | None = None
    old_sim: SimCard | None = None  # as the HLR says; its ICCID as care says, else empty
    contract_id: str = ""
    reach: Reach = Reach()
    refusal: Refusal | None = None


class PlanHandsetBlock(Model):
    """When a stolen handset has to be blocked. `filed_at`: legal instant of the declaration, None for none yet."""

    msisdn: str
    accepted_at: Instant
    filed_at: Instant | None = None


class PlannedHandsetBlock(Model):
    clock: LegalClock
    due: Instant | None = None  # legal time; None: no declaration yet
    wait_until: Instant | None = None  # legal time: so long a declaration is waited for


class SimPlanningActivities:
    """Rules, evaluated against legal now."""

    @activity.defn(name="rules_plan_sim_replacement")
    async def plan_sim_replacement(self, request: PlanSimReplacement) -> PlannedSimReplacement:
        """Asks customer care, the HLR, the equipment register and the journal; then the rules."""
        raise NotImplementedError

    @activity.defn(name="rules_plan_handset_block")
    async def plan_handset_block(self, request: PlanHandsetBlock) -> PlannedHandsetBlock:
        """Four jours ouvrés after the declaration."""
        raise NotImplementedError
