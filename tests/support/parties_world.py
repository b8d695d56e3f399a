"""All our clients, built for home operator ALIZE and pointed at a running simulator."""

import asyncio
import contextlib
import itertools
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from domain.directory import Operator
from domain.port_in import Holder, HolderKind
from parties.billing import Billing
from parties.callbacks import Callbacks
from parties.care import Care
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.envelopes import address, customer, number_repeats
from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.registry import RegistryDossier
from parties.clearing_house.signature import Credentials
from parties.clearing_house.wire import PortingRequest
from parties.clock import ClockReader
from parties.equipment import Equipment
from parties.hlr import Hlr
from parties.http import make_http_client
from parties.logistics import Logistics
from parties.notifications import Notifications
from parties.routing import Routing
from parties.smdp import Smdp
from parties.timeouts import Timeouts
from rules.france.rio import sealed
from tests.support.france import FORM

PATIENCE = 15.0
"""Real seconds for a robot's answer to arrive: they take two at most."""

QUICK = Timeouts(connect=2.0, read=2.0, write=2.0, pool=2.0, total=4.0)

_REFERENCES = itertools.count()
_LINES: defaultdict[str, Iterator[int]] = defaultdict(itertools.count)
"""How many lines of each operator were given to tests."""


def operator(code: str, rio_code: str, network: str | None = None) -> Operator:
    return Operator(
        code=code,
        rio_code=rio_code,
        name=code.title(),
        network_operator=network or code,
        service_provider=code if network else None,
        desk_email=f"porting@{code.lower()}.example",
    )


ALIZE = operator("ALIZE", "A1")
DUNE = operator("DUNE", "D1")
EOLE = operator("EOLE", "E1", network="BOREA")


@dataclass(frozen=True)
class SomeLine:
    """A plain active line of another operator."""

    msisdn: str
    rio: str


@dataclass
class World:
    """The clients, and what the tests need beside them. `admin` speaks to the simulator's admin routes."""

    admin: httpx.AsyncClient
    http: httpx.AsyncClient
    base_url: str
    hlr: Hlr
    house: ClearingHouse
    eole_house: ClearingHouse
    care: Care
    billing: Billing
    logistics: Logistics
    smdp: Smdp
    equipment: Equipment
    callbacks: Callbacks
    routing: Routing
    notifications: Notifications
    clock: ClockReader
    suffix: str = field(default_factory=lambda: secrets.token_hex(4).upper())

    def new_reference(self, kind: str) -> str:
        return f"{kind}-{self.suffix}-{next(_REFERENCES)}"

    def new_dossier(self) -> str:
        return f"ALIZE-{time.time_ns() // 1000}"

    async def line(self, code: str) -> SomeLine:
        """A line of this operator that no other test of this run uses: from the end of the plain ones."""
        params = {"operator": code, "state": "active", "limit": "100"}
        items = (await self.admin.get("/admin/subscribers", params=params)).json()["items"]
        free = [item for item in items if item["range_holder"] == code][::-1]
        chosen = free[next(_LINES[code])]
        return SomeLine(chosen["msisdn"], chosen["rio"])

    async def foreign_line(self) -> SomeLine:
        """A line of ours whose number is of another operator's range; no other test of this run uses it."""
        params = {"operator": "ALIZE", "state": "active", "limit": "1000"}
        items = (await self.admin.get("/admin/subscribers", params=params)).json()["items"]
        foreign = [item for item in items if item["range_holder"] != "ALIZE"]
        chosen = foreign[next(_LINES["foreign"])]
        return SomeLine(chosen["msisdn"], chosen["rio"])

    async def request(self, dossier: str, line: SomeLine, *, key: str | None = None) -> str:
        """Our request to DUNE for a line."""
        return await self.house.porting_request(
            dossier_id=dossier,
            donor=DUNE,
            home=ALIZE,
            msisdn=line.msisdn,
            authorisation=sealed(line.rio),
            holder=Holder(kind=HolderKind.CONSUMER, name="Zoé Martin"),
            note="",
            sent_at=datetime.now(UTC),
            key=key or f"{dossier}:request",
        )

    async def request_from_eole(self, *lines: SomeLine, donor: Operator = ALIZE) -> str:
        """EOLE's request to us, or to another donor, for lines, with the first one's RIO; returns its dossier. Our own
        client asks for one number only.
        """
        dossier = f"EOLE-{time.time_ns() // 1000}"
        body = PortingRequest(
            dossierid=dossier,
            recipientnetworkoperator=EOLE.network_operator,
            recipientserviceprovider=EOLE.service_provider,
            donornetworkoperator=donor.network_operator,
            customerinfo=customer(Holder(kind=HolderKind.BUSINESS, name="Les Alizés SARL"), sealed(lines[0].rio)),
            repeats=[repeat for line in lines for repeat in number_repeats(line.msisdn, FORM)],
        )
        await self.eole_house._post(body, EOLE, address(donor), datetime.now(UTC), f"{dossier}:request")
        return dossier

    @contextlib.asynccontextmanager
    async def inbox(self) -> AsyncIterator[AsyncIterator[InboxMessage]]:
        """An open event stream."""
        async with contextlib.aclosing(self.house.events()) as events:
            yield events

    async def settled(self, dossier: str, status: str) -> RegistryDossier:
        """The dossier once it has this status."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.house.dossier(dossier)
                if found is not None and found.status == status:
                    return found
                await asyncio.sleep(0.1)

    async def acknowledged(self, dossier: str, operators: set[str]) -> None:
        """Returns once all these operators have confirmed the dossier's *porting performed*."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.house.dossier(dossier)
                if found and operators <= {item.operator for item in found.acknowledgements if item.at}:
                    return
                await asyncio.sleep(0.1)

    async def fetched(self, iccid: str) -> None:
        """Returns once a phone has this eSIM profile in use."""
        async with asyncio.timeout(PATIENCE):
            while not await self._has_effect("profile_enabled", iccid):
                await asyncio.sleep(0.05)

    async def fault(self, party: str, kind: str, **more: Any) -> None:
        (await self.admin.put(f"/admin/faults/{party}", json={"kind": kind, **more})).raise_for_status()

    async def clear_faults(self) -> None:
        (await self.admin.delete("/admin/faults")).raise_for_status()

    async def effects(self, key: str) -> list[dict[str, Any]]:
        """The effects that came with an idempotency key."""
        return [item for item in await self._all_effects() if item["key"] == key]

    async def effects_of(self, msisdn: str) -> list[dict[str, Any]]:
        """The effects on a number."""
        return [item for item in await self._all_effects() if item["msisdn"] == msisdn]

    async def _has_effect(self, effect: str, iccid: str) -> bool:
        effects = await self._all_effects()
        return any(item["effect"] == effect and item["detail"]["iccid"] == iccid for item in effects)

    async def _all_effects(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = (await self.admin.get("/admin/effects", params={"after": after, "limit": 1000})).json()
            found += page["items"]
            after = page["next"] if page["items"] else None
        return found


async def next_message(inbox: AsyncIterator[InboxMessage], dossier: str) -> InboxMessage:
    """The next message of this dossier; those of others are passed over."""
    async with asyncio.timeout(PATIENCE):
        async for message in inbox:
            if message.dossier_id == dossier:
                return message
    raise AssertionError("the stream ended")


@contextlib.asynccontextmanager
async def open_world(
    base_url: str, hlr_port: int, state_dir: Path, *, timeouts: Timeouts = QUICK, keys_of: str = "relais-alize"
) -> AsyncIterator[World]:
    """Clients for the simulator. ALIZE's robot is off, so that our mailbox is ours; faults are cleared at the end.

    `keys_of` another consumer makes our own signature wrong.
    """
    home = f"{base_url}/home/ALIZE"

    def house(http: httpx.AsyncClient, consumer: str, keys: str) -> ClearingHouse:
        credentials = Credentials.load(state_dir / "clearing-house" / keys)
        return ClearingHouse(http, base_url, credentials, consumer, FORM, timeouts)

    async with make_http_client() as http, httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=30) as admin:
        hlr = Hlr("127.0.0.1", hlr_port, timeouts)
        (await admin.put("/admin/robots/ALIZE", json={"enabled": False})).raise_for_status()
        world = World(
            admin=admin,
            http=http,
            base_url=base_url,
            hlr=hlr,
            house=house(http, "relais-alize", keys_of),
            eole_house=house(http, "relais-eole", "relais-eole"),
            care=Care(http, home, timeouts),
            billing=Billing(http, home, timeouts),
            logistics=Logistics(http, home, timeouts),
            smdp=Smdp(http, home, timeouts),
            equipment=Equipment(http, home, timeouts),
            callbacks=Callbacks(http, home, "ALIZE", timeouts),
            routing=Routing(http, home, "ALIZE", timeouts),
            notifications=Notifications(http, home, timeouts),
            clock=ClockReader(http, f"{base_url}/admin/clock"),
        )
        try:
            yield world
        finally:
            await world.clear_faults()
            await hlr.aclose()
