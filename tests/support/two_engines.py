"""Two engines with two home operators in one world: each its own API, journal, keys and namespace of one Temporal."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from runtime.keys import KeyRing, load_or_make
from tests.support.living_relais import (
    FINAL,
    PACE,
    POLL_S,
    Effect,
    Line,
    LivingRelais,
    living_relais,
    patient_get,
    story,
)

OTHER = "BOREA"
PATIENCE_S = 60.0
_NONCE = 12
_TAG = 16


@dataclass(frozen=True)
class TwoEngines:
    """ALIZE beside BOREA. The world may be asked through either."""

    alize: LivingRelais
    borea: LivingRelais

    @property
    def sides(self) -> tuple[LivingRelais, LivingRelais]:
        return self.alize, self.borea

    def other(self, side: LivingRelais) -> LivingRelais:
        return self.borea if side is self.alize else self.alize

    async def port(self, line: Line, to: LivingRelais) -> Line:
        """Ports a line from the other engine; the line as its new operator knows it, once both sides have ended."""
        order_id = await to.port_in(line)
        order = (await to.ended([order_id]))[order_id]
        assert order["state"] == "completed", story(order)
        left = await let_go(self.other(to), line.msisdn)
        assert {each["state"] for each in left} == {"completed"}, "\n".join(map(story, left))
        return await line_at(to, line.msisdn)

    async def ported_back(self, side: LivingRelais, port_out: str, msisdn: str) -> dict[str, Any]:
        """The port in by which a side took back what left it by mistake, once both sides have ended."""
        answer = await ask_back(side, port_out)
        assert answer.status_code == 202, answer.text
        order_id = answer.json()["order_id"]
        order = (await side.ended([order_id]))[order_id]
        assert order["state"] == "completed", story(order)
        await let_go(self.other(side), msisdn)
        return order


async def ask_back(side: LivingRelais, port_out: str) -> httpx.Response:
    """A person of the side's asks for a number that a port out took away."""
    body = {"by": "Ines", "reason": "the wrong number was ported", "sim": {"form": "physical"}}
    return await side.post(f"/v1/orders/{port_out}/port-back", body, key=uuid4().hex)


async def line_at(side: LivingRelais, msisdn: str) -> Line:
    """The line with its present contract, SIM and RIO, as the customer care of the side's operator knows it."""
    care = await side.look(f"/home/{side.home}/care/lines/{quote(msisdn, safe='')}")
    return Line(
        msisdn=msisdn,
        operator=side.home,
        range_holder=(await side.number(msisdn))["reference"]["range_holder"],
        rio=care["rio"],
        kind=care["holder"]["kind"],
        name=care["holder"]["name"],
        iccid=care["iccid"],
        imsi=care["imsi"],
        contract=care["contract"]["id"],
    )


async def ports_out(side: LivingRelais, msisdn: str) -> list[dict[str, Any]]:
    """A side's orders to let a number go, of all its lives."""
    query = {"msisdn": msisdn, "kind": "port_out", "former": "true", "limit": "100"}
    page = await patient_get(side.api, "/v1/orders", query)
    return [await side.order(item["order_id"]) for item in page["items"]]


async def let_go(side: LivingRelais, msisdn: str, within_s: float = PATIENCE_S) -> list[dict[str, Any]]:
    """The same, once there is one and all have ended."""
    deadline = time.monotonic() + within_s
    while True:
        orders = await ports_out(side, msisdn)
        if orders and all(order["state"] in FINAL for order in orders):
            return orders
        assert time.monotonic() < deadline, "\n".join(map(story, orders)) or f"{side.home} lets no {msisdn} go"
        await asyncio.sleep(POLL_S)


@asynccontextmanager
async def two_engines(folder: Path, pace: str = PACE) -> AsyncIterator[TwoEngines]:
    """ALIZE with world and Temporal, BOREA as its guest in both; state folders of their own below `folder`."""
    async with living_relais(folder / "alize", pace=pace) as alize:
        first = alize.stack.settings
        elsewhere = {"TEMPORAL_ADDRESS": alize.stack.temporal_address, "TEMPORAL_NAMESPACE": OTHER.lower()}
        async with living_relais(
            folder / OTHER.lower(),
            env=elsewhere,
            home=OTHER,
            simulator_url=alize.stack.simulator_url,
            clearing_house_dir=first.state_dir / "clearing-house",
            hlr_port=first.hlr_port,
        ) as borea:
            yield TwoEngines(alize, borea)


def private_to(operator: str, log: list[Effect], lines: list[Line]) -> set[str]:
    """What nobody but an operator may know of its lines: contracts and SIMs, those of the beginning too."""
    known = {word for line in lines if line.operator == operator for word in (line.iccid, line.imsi, line.contract)}
    for effect in log:
        if effect.detail.get("operator") == operator and effect.party in ("hlr", "care", "logistics"):
            known |= {str(effect.detail[name]) for name in ("iccid", "imsi", "contract_id") if name in effect.detail}
    return known


def content(side: LivingRelais) -> str:
    """Everything that a side's journal holds, sealed fields opened."""
    folder = side.stack.settings.state_dir
    ring = load_or_make(folder / "keys")
    with closing(sqlite3.connect(f"file:{folder / 'journal.sqlite'}?mode=ro", uri=True)) as journal:
        tables = [name for (name,) in journal.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(
            text for table in tables for row in journal.execute(f"SELECT * FROM {table}") for text in _texts(row, ring)
        )


def _texts(row: tuple[object, ...], ring: KeyRing) -> Iterator[str]:
    for value in row:
        yield _opened(value, ring) if isinstance(value, bytes) else str(value)


def _opened(stored: bytes, ring: KeyRing) -> str:
    """A sealed field without regard to the place that it is bound to: GCM's own stream of key bytes."""
    if not stored:
        return ""
    start = 2 + stored[1]
    key, nonce = ring.keys[stored[2:start].decode()], stored[start : start + _NONCE]
    stream = Cipher(AES(key), CTR(nonce + (2).to_bytes(4, "big"))).decryptor()
    return stream.update(stored[start + _NONCE : -_TAG]).decode()
