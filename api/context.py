"""What the routes work with: built once in `create_app`, reached through the application, never global."""

from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request

from api.home_systems import HomeSystems
from api.orders.event_feed import Feed
from domain.clock import LegalClock
from domain.directory import Directory
from journal import Journal
from parties.clearing_house.registry import RegistryDossier, RegistryNumber
from rules.regime import Regime
from runtime.relay.gateway import TemporalGateway
from runtime.relay.relay import Relay
from runtime.settings import Settings


class LegalClockReader(Protocol):
    """The legal clock; a failed reading raises `PartyUnavailable`."""

    async def read(self) -> LegalClock: ...


class NumberRegistry(Protocol):
    """The clearing house's reference database; raises `PartyError`."""

    async def number(self, msisdn: str) -> RegistryNumber | None: ...

    async def dossier(self, dossier_id: str) -> RegistryDossier | None: ...


@dataclass(frozen=True)
class Context:
    """Everything that a route may need."""

    settings: Settings
    journal: Journal
    clock: LegalClockReader
    temporal: TemporalGateway
    registry: NumberRegistry
    home_systems: HomeSystems
    directory: Directory
    regime: Regime
    callback_secret: bytes  # under which the parties sign what they tell us
    feed: Feed
    relay: Relay
    ui_url: str  # of the Web UI's list of workflows


async def _of(request: Request) -> Context:  # asynchronous, or the framework would call it in a thread
    context: Context = request.app.state.context
    return context


RouteContext = Annotated[Context, Depends(_of)]
"""The context, as a parameter of a route."""
