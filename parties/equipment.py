"""The equipment register of the home operator: which handsets may be served (docs/home-systems.md)."""

import httpx

from domain.model import Instant, Model
from parties.answers import read_answer, write_answer
from parties.http import HttpParty
from parties.paths import path
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

PARTY = "equipment"


class Handset(Model):
    """A phone by its IMEI. `esim`: whether a phone of this type takes an eSIM."""

    imei: str
    esim: bool
    blocked: bool


class Block(Model):
    """Since when (legal time) no network of the country serves the handset."""

    imei: str
    blocked_at: Instant


class Equipment:
    """`base_url` is that of the home operator's systems, without a trailing slash."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._party = HttpParty(http, PARTY, f"{base_url}/equipment", timeouts)

    async def handset(self, imei: str) -> Handset:
        """What the register knows of a phone."""
        body = await self._party.read("handset", path("/handsets/{imei}", imei=imei))
        return read_answer(Handset, body, PARTY, "handset")

    async def block(self, *, reference: str, imei: str, declaration: str, key: str) -> Block:
        """Have a stolen phone blocked; `declaration` is the reference of the police declaration."""
        where = path("/handsets/{imei}/block", imei=imei)
        body = {"reference": reference, "declaration": declaration}
        return write_answer(Block, await self._party.write("block", where, body, key=key, method="PUT"), PARTY, "block")
