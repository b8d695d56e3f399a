"""Registers our callback addresses with the home operator's systems, and repeats it: a system that was set up anew has
forgotten them.
"""

import asyncio
import time
from typing import Literal, Protocol

import structlog

from parties.errors import PartyError

PARTIES: tuple[Literal["smdp", "logistics"], ...] = ("smdp", "logistics")
AGAIN_S = 60.0
SOON_S = 2.0

_log = structlog.get_logger(__name__)


class CallbackRegistry(Protocol):
    """Where a party's callbacks are registered. Raises `PartyError`."""

    async def register(self, party: Literal["smdp", "logistics"], *, address: str, secret: str, key: str) -> None: ...


class CallbackRegistration:
    """`url` is the base of our callback addresses, one below it per party."""

    def __init__(self, callback_registry: CallbackRegistry, url: str, secret: str) -> None:
        self._registry = callback_registry
        self._url = url.rstrip("/")
        self._secret = secret
        self._known: bool | None = None

    async def run(self) -> None:
        """Until cancelled: again every minute, sooner while a party is away."""
        while True:
            everywhere = await self.register()
            await asyncio.sleep(AGAIN_S if everywhere else SOON_S)

    async def register(self) -> bool:
        """Registers with each party; False when one of them could not be reached."""
        trouble = None
        for party in PARTIES:
            # A key of its own each time: under an old one a party that has another address by now would do nothing.
            key = f"callback:{party}:{time.time_ns()}"
            try:
                await self._registry.register(party, address=f"{self._url}/{party}", secret=self._secret, key=key)
            except PartyError as error:
                trouble = error
        if self._known is not (trouble is None):  # logged once, not every two seconds
            self._known = trouble is None
            if trouble is None:
                _log.info("callbacks_registered")
            else:
                _log.warning("callbacks_not_registered", party=trouble.party, error=type(trouble).__name__)
        return trouble is None
