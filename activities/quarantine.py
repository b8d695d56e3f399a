"""Numbers in quarantine: given back when their time has come, never before."""

from temporalio import activity

from domain.clock import LegalClock
from domain.model import Model


class ReleaseDue(Model):
    """At most `limit` numbers in one call, those behind the row `after` (journal.due_quarantines(now, limit, after)): what
    is held stays due and must not hide what comes behind it.
    """

    limit: int = 200
    after: int = 0


class ReleasedDue(Model):
    """What became of the page. `held`: not given back, because a dossier or an order is open on the number."""

    clock: LegalClock
    pooled: int = 0
    returned: int = 0
    held: int = 0
    failed: int = 0  # a party's trouble: due again in the next round
    next: int | None = None  # `after` of the following page; None: this was the last


class QuarantineActivities:
    """The keeper of the numbers whose contract has ended."""

    @activity.defn(name="quarantine_release_due")
    async def release_due(self, request: ReleaseDue) -> ReleasedDue:
        """The numbers whose quarantine is over by the legal clock: back to the home pool, or by *deactivation* to their
        range holder. Heartbeats; a number whose party fails stays due for the next round.
        """
        raise NotImplementedError
