"""What the API asks of the home operator's own systems before it accepts an order, and how long it waits. The workflow
asks again what did not answer in time.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from domain.contracts import Account
from parties.care import Line
from parties.equipment import Handset
from parties.errors import PartyError
from parties.logistics import StockedSim

T = TypeVar("T")

Away = Literal["away"]
AWAY: Away = "away"
"""The answer of a system that did not give one."""


class CareLines(Protocol):
    """Customer care: its lines. Raises `PartyError`."""

    async def line(self, msisdn: str) -> Line | None: ...


class Accounts(Protocol):
    """Billing: the deposit and advances of a contract's holder. Raises `PartyError`."""

    async def account(self, contract_id: str) -> Account | None: ...


class SimCards(Protocol):
    """Logistics: its cards. Raises `PartyError`."""

    async def card(self, iccid: str) -> StockedSim | None: ...


class Handsets(Protocol):
    """The equipment register. Raises `PartyError`."""

    async def handset(self, imei: str) -> Handset: ...


@dataclass(frozen=True)
class HomeSystems:
    """Those of the home operator's systems that the API asks, and how many real seconds it waits for each. A bar waits
    less: it is urgent.
    """

    care: CareLines
    logistics: SimCards
    equipment: Handsets
    billing: Accounts
    patience_s: float = 1.5
    bar_patience_s: float = 0.7


async def answer_of(question: Awaitable[T], patience_s: float) -> T | Away:
    """The answer, or `AWAY` when there was none within `patience_s` real seconds."""
    try:
        async with asyncio.timeout(patience_s):
            return await question
    except (PartyError, TimeoutError):
        return AWAY
