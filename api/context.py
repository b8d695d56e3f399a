"""What the routes work with: built once in `create_app`, reached through the application, never global."""

from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request

from api.feed import Feed
from api.gateway import TemporalGateway
from api.relay import StartRelay
from domain.clock import LegalClock
from domain.directory import Directory
from journal import Journal
from parties.clearing_house.registry import RegistryNumber
from rules.france.config import RulesConfig
from runtime.settings import Settings


class Clock(Protocol):
    """The legal clock; a failed reading raises `PartyUnavailable`."""

    async def read(self) -> LegalClock: ...


class NumberRegistry(Protocol):
    """The clearing house's reference database; raises `PartyError`."""

    async def number(self, msisdn: str) -> RegistryNumber | None: ...


@dataclass(frozen=True)
class Context:
    """Everything that a route may need."""

    settings: Settings
    journal: Journal
    clock: Clock
    temporal: TemporalGateway
    registry: NumberRegistry
    directory: Directory
    rules: RulesConfig
    feed: Feed
    relay: StartRelay
    ui_url: str  # of the Web UI's list of workflows


async def _of(request: Request) -> Context:  # asynchronous, or the framework would call it in a thread
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(_of)]
"""The context, as a parameter of a route."""
