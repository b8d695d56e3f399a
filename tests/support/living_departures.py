"""Numbers of a living Relais that others ask for: the orders that this makes, and what becomes of them."""

import asyncio
import time
from typing import Any

from tests.support.living_relais import POLL_S, AskedOut, Line, LivingRelais
from tests.support.neighbour import Neighbour
from tests.support.two_engines import ports_out

PATIENCE_S = 200.0
"""Long enough for a worker that dies on the way."""


async def ask_us(relais: LivingRelais, recipient: Neighbour, line: Line, rio: str | None = None) -> tuple[str, str]:
    """A recipient asks for a number of ours: the order's id and the dossier."""
    before = await ids_out(relais, line)
    dossier = await recipient.ask_for(line, rio)
    return await departs(relais, line, dossier, recipient.code, before), dossier


async def departs(relais: LivingRelais, line: Line, dossier: str, recipient: str, before: set[str]) -> str:
    """The id of the order that a request has made, beside those `before`; kept in mind."""
    deadline = time.monotonic() + PATIENCE_S
    while not (made := await ids_out(relais, line) - before):
        assert time.monotonic() < deadline, f"no order is made of {dossier}"
        await asyncio.sleep(POLL_S)
    (order_id,) = made
    relais.departing[order_id] = AskedOut(line, dossier, recipient)
    return order_id


async def ids_out(relais: LivingRelais, line: Line) -> set[str]:
    """All orders to let a number go so far."""
    return {str(order["order_id"]) for order in await ports_out(relais, line.msisdn)}


async def until_attention(relais: LivingRelais, order_id: str, words: str) -> dict[str, Any]:
    """The order once it calls for a person in these words."""
    deadline = time.monotonic() + PATIENCE_S
    while words not in (order := await relais.order(order_id))["attention"]:
        assert time.monotonic() < deadline, order["attention"]
        await asyncio.sleep(POLL_S)
    return order


async def block_codes(recipient: Neighbour, dossier: str) -> list[str]:
    """What our answer refused, as the registry keeps it."""
    found = await recipient.until(dossier, "refused", "agreed")
    return [message.blocking_code for message in found.messages if message.blocking_code]
