"""Where the home operator's systems tell us what happens by itself: addresses that we register with them
(docs/home-systems.md).
"""

from typing import Literal

import httpx

from domain.model import Model
from parties.answers import write_answer
from parties.http import HttpParty
from parties.paths import path
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts


class RegisteredAddress(Model):
    party: str
    address: str


class Callbacks:
    """`home` is the home operator's code, which is also this party's name; `base_url` has no trailing slash."""

    def __init__(
        self, http: httpx.AsyncClient, base_url: str, home: str, timeouts: Timeouts = DEFAULT_TIMEOUTS
    ) -> None:
        self._home = home
        self._party = HttpParty(http, home, f"{base_url}/callbacks", timeouts)

    async def register(self, party: Literal["smdp", "logistics"], *, address: str, secret: str, key: str) -> None:
        """Have `party` tell everything to this address from now on, signed with `secret`; the last registration
        counts.
        """
        body = {"address": address, "secret": secret}
        answer = await self._party.write("callback", path("/{party}", party=party), body, key=key, method="PUT")
        write_answer(RegisteredAddress, answer, self._home, "callback")
