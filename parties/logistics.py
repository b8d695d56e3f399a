"""Logistics of the home operator: SIM cards in stock (docs/home-systems.md)."""

from datetime import datetime
from typing import Any, Literal

import httpx
from pydantic import TypeAdapter, ValidationError

from domain.model import Instant, Model
from domain.sims import SimCard, SimForm
from parties.answers import read_answer, write_answer
from parties.errors import PartyRefused
from parties.http import HttpParty
from parties.paths import path
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

PARTY = "logistics"

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


class SimReservation(Model):
    """A SIM reserved for an order (`reference`)."""

    reference: str
    iccid: str
    imsi: str
    state: Literal["reserved", "handed_over", "released"]
    form: SimForm = SimForm.PHYSICAL

    @property
    def card(self) -> SimCard:
        return SimCard(iccid=self.iccid, imsi=self.imsi)


class StockedSim(Model):
    """A SIM by its ICCID, whatever it is reserved for."""

    iccid: str
    form: SimForm
    state: Literal["available", "reserved", "used", "retired"]


class Shipment(Model):
    """A card on its way. `state`: as in domain.sims.ShipmentStage, or `stopped` before it left; instants are legal
    time.
    """

    reference: str
    state: Literal["preparing", "shipped", "delivered", "inserted", "lost", "returned", "stopped"]
    tracking: str = ""
    expected_at: Instant | None = None
    at: Instant | None = None


class Release(Model):
    state: Literal["released"]


class Retirement(Model):
    state: Literal["retired"]


class Logistics:
    """`base_url` is that of the home operator's systems, without a trailing slash."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._party = HttpParty(http, PARTY, f"{base_url}/logistics", timeouts)

    async def reserve(
        self,
        *,
        reference: str,
        key: str,
        form: SimForm = SimForm.PHYSICAL,
        handed_over: bool = True,
        iccid: str | None = None,
        msisdn: str | None = None,
    ) -> SimReservation:
        """Take a SIM for an order: the next one of the stock, or the named card of a shop's drawer. Refused
        `stock_empty` (`restock_at` tells until when), `reference_cancelled`, `sim_used` or `unknown_sim`.
        """
        body: dict[str, Any] = {"reference": reference, "form": form.value, "handed_over": handed_over}
        if iccid is not None:
            body["iccid"] = iccid
        if msisdn is not None:
            body["msisdn"] = msisdn
        answer = await self._party.write("reserve", "/sims", body, key=key)
        return write_answer(SimReservation, answer, PARTY, "reserve")

    async def sim(self, reference: str) -> SimReservation | None:
        """The SIM of an order, None when none was ever reserved for it (also when the order was undone before)."""
        try:
            body = await self._party.read("sim", path("/sims/{reference}", reference=reference))
        except PartyRefused as refused:
            if refused.code == "unknown_reference":
                return None
            raise
        if body.get("iccid") is None and body.get("state") == "released":
            return None
        return read_answer(SimReservation, body, PARTY, "sim")

    async def release(self, *, reference: str, key: str) -> None:
        """Undo `reserve`; normal also when nothing was reserved. A card that was handed over or has been shipped is
        voided for good.
        """
        where = path("/sims/{reference}/release", reference=reference)
        write_answer(Release, await self._party.write("release", where, {}, key=key), PARTY, "release")

    async def card(self, iccid: str) -> StockedSim | None:
        """What became of a SIM, None when logistics has never had it."""
        try:
            body = await self._party.read("card", path("/cards/{iccid}", iccid=iccid))
        except PartyRefused as refused:
            if refused.code == "unknown_sim":
                return None
            raise
        return read_answer(StockedSim, body, PARTY, "card")

    async def retire(self, *, reference: str, iccid: str, key: str) -> None:
        """Never give this SIM to anybody again. Refused `unknown_sim`."""
        where = path("/cards/{iccid}/retire", iccid=iccid)
        answer = await self._party.write("retire", where, {"reference": reference}, key=key)
        write_answer(Retirement, answer, PARTY, "retire")

    async def ship(self, *, reference: str, msisdn: str, key: str) -> Shipment:
        """Send the reserved card to the holder of the line. Refused `unknown_reference` or `reference_cancelled`."""
        body = {"reference": reference, "msisdn": msisdn}
        answer = await self._party.write("ship", "/shipments", body, key=key)
        return write_answer(Shipment, answer, PARTY, "ship")

    async def shipment(self, reference: str) -> Shipment | None:
        """How far the card has come, None when it was never to be sent."""
        try:
            body = await self._party.read("shipment", path("/shipments/{reference}", reference=reference))
        except PartyRefused as refused:
            if refused.code == "unknown_reference":
                return None
            raise
        return read_answer(Shipment, body, PARTY, "shipment")


def restock_at(refused: PartyRefused) -> datetime | None:
    """The legal instant at which an empty stock is filled again, None where logistics does not know."""
    try:
        return _INSTANT.validate_python(refused.details.get("restock_at"))
    except ValidationError:
        return None
