"""Another operator at the clearing house, or a stranger with our credentials: signed messages from outside."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx

from domain.directory import DEFAULT_DIRECTORY
from domain.port_in import Holder, HolderKind
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import RegistryDossier
from parties.clearing_house.signature import Credentials
from parties.clock import ClockReader
from parties.errors import OutcomeUnknown, PartyUnavailable
from parties.http import make_http_client
from rules.france.rio import sealed
from tests.support.france import FORM
from tests.support.living_relais import Line, LivingRelais

PATIENCE_S = 30.0

T = TypeVar("T")


@dataclass(frozen=True)
class Neighbour:
    """One consumer of the clearing house."""

    code: str
    house: ClearingHouse
    clock: ClockReader

    async def ask_for(self, line: Line, rio: str | None = None) -> str:
        """Ask a line's operator for its number, by its RIO or another; returns the dossier, which is open from now
        on.
        """
        dossier = self.new_dossier()
        donor, home = DEFAULT_DIRECTORY.by_code(line.operator), DEFAULT_DIRECTORY.by_code(self.code)
        holder = Holder(kind=HolderKind(line.kind), name=line.name)

        async def ask() -> None:
            await self.house.porting_request(
                dossier_id=dossier, donor=donor, home=home, msisdn=line.msisdn,
                authorisation=sealed(line.rio if rio is None else rio),
                holder=holder, note="", key=f"{dossier}:ask", sent_at=(await self.clock.read()).legal,
            )  # fmt: skip

        await insisting(ask)
        return dossier

    async def until(self, dossier: str, *statuses: str, within_s: float = PATIENCE_S) -> RegistryDossier:
        """The dossier once the registry shows it in one of these statuses."""
        deadline = time.monotonic() + within_s

        async def look() -> RegistryDossier | None:
            return await self.house.dossier(dossier)

        while (found := await insisting(look)) is None or found.status not in statuses:
            assert time.monotonic() < deadline, f"{dossier} is {found.status if found else 'unknown'}"
            await asyncio.sleep(0.05)
        return found

    async def perform(self, dossier: str, line: Line, within_s: float = PATIENCE_S) -> None:
        """Declare the port of one number performed, on its first possible day, once it is agreed."""
        donor, home = DEFAULT_DIRECTORY.by_code(line.operator), DEFAULT_DIRECTORY.by_code(self.code)
        found = await self.until(dossier, "agreed", within_s=within_s)
        assert found.first_possible is not None
        actual = found.first_possible

        async def declare() -> None:
            await self.house.porting_performed(
                dossier_id=dossier, donor=donor, home=home, msisdn=line.msisdn, actual=actual,
                backporting=line.range_holder == self.code, key=f"{dossier}:performed",
                sent_at=(await self.clock.read()).legal,
            )  # fmt: skip

        await insisting(declare)

    async def take_over(self, line: Line) -> str:
        """Port a line from its operator to this one; returns the dossier once it is performed."""
        dossier = await self.ask_for(line)
        await self.perform(dossier, line)
        return dossier

    async def give_up(self, line: Line) -> str:
        """Deactivate a number that this operator serves: it returns to its range holder."""
        dossier = self.new_dossier()
        home = DEFAULT_DIRECTORY.by_code(self.code)
        now = (await self.clock.read()).legal
        await self.house.deactivation(
            dossier_id=dossier, home=home, msisdn=line.msisdn, key=f"{dossier}:deactivation", sent_at=now
        )
        return dossier

    async def cancel_nothing(self) -> str:
        """Cancel a dossier that nobody knows: the clearing house answers with an error that belongs to nothing."""
        dossier = self.new_dossier()
        await self.withdraw(dossier, "CIRUS")
        return dossier

    async def withdraw(self, dossier: str, donor: str) -> None:
        """Cancel a dossier of this operator."""

        async def cancel() -> None:
            await self.house.cancel(
                dossier_id=dossier,
                donor=DEFAULT_DIRECTORY.by_code(donor),
                home=DEFAULT_DIRECTORY.by_code(self.code),
                note="",
                key=f"{dossier}:cancel",
                sent_at=(await self.clock.read()).legal,
            )

        await insisting(cancel)

    async def acknowledged_by(self, dossier: str, operator: str, within_s: float = PATIENCE_S) -> None:
        """Wait until an operator has confirmed the broadcast of a dossier."""
        deadline = time.monotonic() + within_s
        while True:
            found = await self.house.dossier(dossier)
            if found and any(ack.operator == operator and ack.at for ack in found.acknowledgements):
                return
            assert time.monotonic() < deadline, f"{operator} has not acknowledged {dossier}"
            await asyncio.sleep(0.05)

    def new_dossier(self) -> str:
        return f"{self.code}-{secrets.randbelow(10**12):012d}"


async def insisting(call: Callable[[], Awaitable[T]]) -> T:
    """The call again, while the clearing house is away: its key makes it one message."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await call()
        except (PartyUnavailable, OutcomeUnknown):
            assert time.monotonic() < deadline, "the clearing house stays away"
            await asyncio.sleep(0.2)


@asynccontextmanager
async def neighbour(relais: LivingRelais, code: str = "FJORD") -> AsyncIterator[Neighbour]:
    """The operator `code`, with the credentials that the world made for it."""
    consumer = f"relais-{code.lower()}"
    credentials = Credentials.load(relais.stack.settings.state_dir / "clearing-house" / consumer)
    http: httpx.AsyncClient = make_http_client()
    try:
        base = relais.stack.simulator_url
        yield Neighbour(
            code, ClearingHouse(http, base, credentials, consumer, FORM), ClockReader(http, f"{base}/admin/clock")
        )
    finally:
        await http.aclose()
