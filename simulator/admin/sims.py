"""Admin routes about SIMs: stock, cards in the shops' drawers, and how a line's holder is reached."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home import cards
from simulator.home.fields import Instant, Msisdn, RequestBody
from simulator.home.requests import number_of, operator_of, world_of
from simulator.home.stock import Form, set_stock
from simulator.world.clock import iso
from simulator.world.subscriber import Subscriber
from simulator.world.world import World

MAX_PAGE = 1000
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_AFTER = re.compile(r"\+([0-9]{1,4})([mhd])")
router = APIRouter(prefix="/admin", tags=["admin"])
After = Annotated[str, StringConstraints(pattern=r"^\+[0-9]{1,4}[mhd]$")]
"""Minutes, hours or days from now, legal time: `+2d`."""


class Stock(RequestBody):
    """New SIMs left of a form, and when more come by themselves: a legal instant, or how long from now (`+2d`)."""

    form: Form = "physical"
    remaining: Annotated[int, Field(ge=0, le=1_000_000_000)]
    restock_at: Instant | After | None = None


class Reach(RequestBody):
    """What changes; null removes an address."""

    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    phone: Msisdn | None = None
    language: Annotated[str, StringConstraints(pattern=r"^(fr|en)$")] = "fr"


@router.put("/stock/{operator}", summary="Set how many new SIMs an operator has left")
async def stock(request: Request, operator: str, body: Stock) -> Response:
    """Returned SIMs are not counted in `remaining`. At `restock_at` there are a thousand again."""
    world = world_of(request)
    code = operator_of(world, operator).code
    at = _instant(world, body.restock_at)
    set_stock(world, code, body.form, body.remaining, at)
    shown = None if at is None else iso(at)
    return json_response({"operator": code, "form": body.form, "remaining": body.remaining, "restock_at": shown})


@router.get("/cards", summary="Cards of the shops' drawers that can be handed over")
async def drawer(request: Request, operator: str, limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 10) -> Response:
    """The same cards are shown until they are reserved."""
    world = world_of(request)
    found = cards.drawer(world, operator_of(world, operator), limit)
    return json_response({"items": [{"iccid": iccid, "form": "physical", "state": "available"} for iccid in found]})


@router.put("/contacts/{msisdn}", summary="Set how the holder of a line is reached")
async def contact(request: Request, msisdn: str, body: Reach) -> Response:
    """As if the holder had told customer care just now: `changed_at` is legal now. 404 `unknown_line`."""
    world = world_of(request)
    line = _line(world, number_of(msisdn))
    changed = body.model_dump(exclude_unset=True)
    reached = replace(line.contact, **changed, changed_at=world.clock.legal_now())
    world.subscribers.set_contact(line, reached)
    return json_response({"msisdn": line.msisdn, "operator": line.operator, "contact": reached.as_json()})


def _instant(world: World, given: datetime | str | None) -> datetime | None:
    if not isinstance(given, str):
        return given
    match = _AFTER.fullmatch(given)
    assert match is not None
    return world.clock.legal_now() + timedelta(**{_UNITS[match[2]]: int(match[1])})


def _line(world: World, msisdn: str) -> Subscriber:
    line = world.subscribers.open_anywhere(msisdn)
    if line is None:
        raise Refusal(404, "unknown_line", "nobody has a contract for this number", field="msisdn")
    return line
