"""Numbers in quarantine: given back when their time has come, never before."""

from temporalio import activity

from domain.clock import LegalClock
from domain.model import Model


class ReleaseDue(Model):
    """At most `limit` numbers in one call."""

    limit: int = 200


class ReleasedDue(Model):
    """What became of the page. `held`: not given back, because a dossier or an order is open on the number."""

    clock: LegalClock
    pooled: int = 0
    returned: int = 0
    held: int = 0
    more: bool = False


class QuarantineActivities:
    """The keeper of the numbers whose contract has ended."""

    @activity.defn(name="quarantine_release_due")
    async def release_due(self, request: ReleaseDue) -> ReleasedDue:
        """The numbers whose quarantine is over by the legal clock: back to the home pool, or by *deactivation* to their
        range holder. Heartbeats; a number whose party fails stays due for the next round.
        """
        raise NotImplementedError
