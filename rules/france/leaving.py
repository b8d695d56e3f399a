"""The end of a contract: notice, last day, what it costs, and what becomes of the number. Evaluated once, recorded, and
followed while the rules may change.
"""

from datetime import timedelta

from domain.contracts import LeavingCost
from domain.model import Instant, Model
from rules.france.authentication import Challenge


class TerminationPlan(Model):
    """What the rules say of one termination. Instants are legal time."""

    edition: str
    zone: str
    effective_at: Instant  # the end of the last day, local to the number's territory
    challenge: Challenge | None = None  # a one-time code has to come back before the notice counts
    code_rounds: int = 3
    code_patience: timedelta = timedelta(days=3)
    cost: LeavingCost
    portable_until: Instant
    reassignable_from: Instant
