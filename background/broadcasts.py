"""The clearing house's broadcasts about numbers. The home routing table follows the reference database. A number that
returns to our range comes into our custody.
"""

import asyncio
from weakref import WeakValueDictionary

import structlog

from background.series import numbers_of
from background.undeliverable import Undeliverable
from domain.port_in import DossierMessage
from domain.termination import Quarantine
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import RegistryNumber
from parties.clearing_house.wire import Deactivation, PortingPerformed
from parties.errors import PartyRefused
from parties.routing import Routing
from rules.regime import Numbers

log = structlog.get_logger(__name__)


class Broadcasts:
    """Followed for the operator `home`; each may be followed again."""

    def __init__(
        self, clearing_house: ClearingHouse, journal: Journal, routing: Routing, home: str, numbers: Numbers
    ) -> None:
        self._clearing_house = clearing_house
        self._journal = journal
        self._routing = routing
        self._home = home
        self._numbers = numbers
        self._one_by_one: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()  # by number

    async def follow(self, message: DossierMessage, body: PortingPerformed | Deactivation) -> None:
        """Raises `Undeliverable` when it cannot be followed for a number, after all others."""
        trouble = None
        for place, msisdn in enumerate(numbers_of(body.repeats, self._numbers.parse), 1):
            try:
                async with self._one_by_one.setdefault(msisdn, asyncio.Lock()):
                    found = await self._route(message, msisdn)
            except Undeliverable as reason:
                trouble = trouble or reason
                continue
            if isinstance(body, Deactivation) and found.operator == found.range_holder == self._home:
                await self._into_custody(message, msisdn, place)
        if trouble is not None:
            raise trouble

    async def _route(self, message: DossierMessage, msisdn: str) -> RegistryNumber:
        """The home routing table says what the reference database says now.

        Not what the message says: it may be days old, and the number may have moved on since, even to us. The
        confirmation that follows is our acknowledgement. One at a time, or a slow writer would write what has changed
        since it read.
        """
        found = await self._clearing_house.number(msisdn)
        if found is None:
            raise Undeliverable("names a number that is in no known range")
        dossier_id = message.dossier_id
        key = f"{dossier_id}:{message.type}:{found.number}:{found.operator}"
        try:
            await self._routing.route(msisdn=msisdn, operator=found.network_operator, dossier_id=dossier_id, key=key)
        except PartyRefused as refused:
            raise Undeliverable(f"the routing table refuses it: {refused.code}") from None
        return found

    async def _into_custody(self, message: DossierMessage, msisdn: str, place: int) -> None:
        """Its quarantine was the operator's who gave it up: free at once, and the next round gives it to the pool."""
        assert message.received_at is not None
        contract = f"custody:{message.dossier_id}" + (f":{place}" if place > 1 else "")
        custody = Quarantine(
            msisdn=msisdn,
            since=message.received_at,
            portable_until=message.received_at,
            reassignable_from=message.received_at,
            contract_id=contract,
            range_holder=self._home,
            ended_by=message.dossier_id,
        )
        await asyncio.to_thread(self._journal.quarantines.begin, custody)
        log.info("custody_begun", message_id=message.message_id)  # the id of a dossier is the others' choice
