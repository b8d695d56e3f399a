"""Numbers in quarantine: given back when their time has come, never before."""

import asyncio
from collections import Counter

from temporalio import activity

from activities.conversion import outages_are_retried
from activities.failing_parties import FailingParties
from activities.number_return import NumberKeeper, NumberOutcome
from activities.parties_called import calls_parties
from domain.clock import LegalClock
from domain.model import Model
from domain.party import Party
from domain.termination import Quarantine
from journal import Journal
from parties.clock import ClockReader
from parties.errors import PartyError

SIDE_BY_SIDE = 8
"""Numbers that are given back at the same time."""


class ReleaseDue(Model):
    """At most `limit` numbers in one call, those behind the row `after` (journal.quarantines.due(now, limit, after)):
    what is held stays due and must not hide what comes behind it.
    """

    limit: int = 200
    after: int = 0


class ReleasedDue(Model):
    """What became of the page. `held`: not given back, because a dossier or an order is open on the number."""

    clock: LegalClock
    pooled: int = 0
    returned: int = 0
    ported: int = 0  # another operator serves it: nothing to give back
    held: int = 0
    failed: int = 0  # a party's trouble: due again in the next round
    next: int | None = None  # `after` of the following page; None: this was the last


class QuarantineActivities:
    """The keeper of the numbers whose contract has ended."""

    def __init__(self, clock: ClockReader, journal: Journal, keeper: NumberKeeper) -> None:
        self._clock = clock
        self._journal = journal
        self._keeper = keeper

    @activity.defn(name="quarantine_release_due")
    @calls_parties(Party.CARE, Party.CLEARING_HOUSE)
    async def release_due(self, request: ReleaseDue) -> ReleasedDue:
        """The numbers whose quarantine is over by the legal clock: back to the home pool, or by *deactivation* to their
        range holder. A number whose party fails stays due for the next round, and stops none of the others.
        """
        with outages_are_retried():
            clock = await self._clock.read()
        page = await asyncio.to_thread(self._journal.quarantines.due, clock.legal, request.limit, request.after)
        hands, parties = asyncio.Semaphore(SIDE_BY_SIDE), FailingParties()

        async def give_back(number: Quarantine) -> NumberOutcome | None:
            async with hands:
                try:
                    return await self._keeper.give_back(number, clock.legal, parties)
                except PartyError:
                    return None

        outcomes = await asyncio.gather(*map(give_back, page.items), return_exceptions=True)
        for bug in outcomes:
            if isinstance(bug, BaseException):
                raise bug
        counts = Counter(outcomes)
        return ReleasedDue(
            clock=clock,
            pooled=counts[NumberOutcome.POOLED],
            returned=counts[NumberOutcome.RETURNED],
            ported=counts[NumberOutcome.PORTED],
            held=counts[NumberOutcome.HELD],
            failed=counts[None],
            next=page.next,
        )
