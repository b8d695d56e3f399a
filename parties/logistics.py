"""Logistics of the home operator: SIM cards in stock (docs/home-systems.md)."""

from typing import Literal

import httpx

from domain.model import Model
from domain.sims import SimCard, SimForm
from parties.answers import read_answer, write_answer
from parties.errors import PartyRefused
from parties.http import HttpParty
from parties.paths import path
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

PARTY = "logistics"


class ReservedSim(Model):
    """A card set aside for an order (`reference`)."""

    reference: str
    iccid: str
    imsi: str
    state: Literal["reserved", "handed_over", "released"]

    @property
    def card(self) -> SimCard:
        return SimCard(iccid=self.iccid, imsi=self.imsi)


class Release(Model):
    state: Literal["released"]


class Logistics:
    """`base_url` is that of the home operator's systems, without a trailing slash."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._party = HttpParty(http, PARTY, f"{base_url}/logistics", timeouts)

    async def reserve(
        self, *, reference: str, key: str, form: SimForm = SimForm.PHYSICAL, handed_over: bool = True
    ) -> ReservedSim:
        """Take a card from stock for an order. Refused `stock_empty` or `reference_cancelled`."""
        body = {"reference": reference, "form": form.value, "handed_over": handed_over}
        answer = await self._party.write("reserve", "/sims", body, key=key)
        return write_answer(ReservedSim, answer, PARTY, "reserve")

    async def sim(self, reference: str) -> ReservedSim | None:
        """The card of an order, None when none was ever reserved for it (also when the order was undone before)."""
        try:
            body = await self._party.read("sim", path("/sims/{reference}", reference=reference))
        except PartyRefused as refused:
            if refused.code == "unknown_reference":
                return None
            raise
        if body.get("iccid") is None and body.get("state") == "released":
            return None
        return read_answer(ReservedSim, body, PARTY, "sim")

    async def release(self, *, reference: str, key: str) -> None:
        """Undo `reserve`; normal also when nothing was reserved. A card that was handed over is voided for good."""
        where = path("/sims/{reference}/release", reference=reference)
        write_answer(Release, await self._party.write("release", where, {}, key=key), PARTY, "release")
