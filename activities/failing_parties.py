"""Which parties have failed so often that a page of work does not wait for them any more."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from parties.errors import PartyError, PartyRefused, PartyUnavailable

MOST_FAILURES = 8
"""Failures in a row after which a party is not asked again: each may have taken as long as a timeout."""

log = structlog.get_logger(__name__)


class FailingParties:
    """One page's patience with its parties: one that hangs costs it a few timeouts, not one for each item."""

    def __init__(self) -> None:
        self._in_a_row: Counter[str] = Counter()

    @contextmanager
    def asked(self, party: str, call: str) -> Iterator[None]:
        """Within: the party is asked. Its trouble is counted and passed on; a refusal is an answer, so no trouble.

        Raises:
            PartyUnavailable: it has failed too often, and is not asked.
        """
        if self._in_a_row[party] >= MOST_FAILURES:
            raise PartyUnavailable(party, call, "not asked again in this page")
        try:
            yield
        except PartyError as error:
            refused = isinstance(error, PartyRefused)
            self._in_a_row[party] = 0 if refused else self._in_a_row[party] + 1
            log.warning("number_stays_due", trouble=str(error))
            raise
        self._in_a_row[party] = 0
