"""The home operator's routing table: which operator our network sends the calls of a number to
(docs/home-systems.md).
"""

import httpx

from domain.model import Model
from parties.answers import read_answer, write_answer
from parties.http import HttpParty
from parties.paths import path
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts


class Route(Model):
    msisdn: str
    operator: str


class Routing:
    """`home` is the home operator's code, which is also this party's name; `base_url` has no trailing slash."""

    def __init__(
        self, http: httpx.AsyncClient, base_url: str, home: str, timeouts: Timeouts = DEFAULT_TIMEOUTS
    ) -> None:
        self._home = home
        self._party = HttpParty(http, home, f"{base_url}/routing", timeouts)

    async def serving(self, msisdn: str) -> str:
        """The code of the operator that our network believes serves the number."""
        body = await self._party.read("routing", path("/{msisdn}", msisdn=msisdn))
        return read_answer(Route, body, self._home, "routing").operator

    async def route(self, *, msisdn: str, operator: str, dossier_id: str, key: str) -> None:
        """Send the number's calls to `operator` from now on."""
        body = {"operator": operator, "dossier_id": dossier_id}
        answer = await self._party.write("route", path("/{msisdn}", msisdn=msisdn), body, key=key, method="PUT")
        write_answer(Route, answer, self._home, "route")
