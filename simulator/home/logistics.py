"""Logistics: SIM cards in stock, reserved by reference."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home.requests import Answer, IdempotencyKey, operator_of, world_of, write_once
from simulator.home.shapes import Body, Empty, Reference
from simulator.world import identifiers
from simulator.world.operators import Operator
from simulator.world.world import World

PARTY = "logistics"
FIRST_STOCK_SERIAL = 5_000_000_000
STOCK_AT_START = 1_000_000
SCHEMA = """
CREATE TABLE IF NOT EXISTS sims (
    operator TEXT NOT NULL, reference TEXT NOT NULL, state TEXT NOT NULL, iccid TEXT, imsi TEXT,
    PRIMARY KEY (operator, reference)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sim_stock (
    operator TEXT PRIMARY KEY, next_serial INTEGER NOT NULL, remaining INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sims_returned (
    operator TEXT NOT NULL, imsi TEXT NOT NULL, PRIMARY KEY (operator, imsi)
) WITHOUT ROWID;
"""
router = APIRouter(prefix="/home/{operator}/logistics", tags=["home: logistics"])


class Reserve(Body):
    """A card wanted. `handed_over`: the customer leaves the shop with it."""

    reference: Reference
    form: Literal["physical"]
    handed_over: bool = False


@router.post("/sims", status_code=201, summary="Reserve a SIM card")
async def reserve(request: Request, operator: str, body: Reserve, key: IdempotencyKey = None) -> Response:
    """Effect `sim_reserved`. 409 `stock_empty`, `reference_cancelled`."""
    world = world_of(request)
    owner = operator_of(world, operator)

    def act(key: str) -> Answer:
        known = _find(world, owner.code, body.reference)
        if known is not None:
            if known["state"] == "released":
                raise Refusal(409, "reference_cancelled", "this reference was undone before", field="reference")
            return 201, known
        imsi = _from_stock(world, owner)
        state = "handed_over" if body.handed_over else "reserved"
        card = {"reference": body.reference, "iccid": identifiers.iccid_of(imsi), "imsi": imsi, "state": state}
        world.store.execute(
            "INSERT INTO sims (operator, reference, iccid, imsi, state) VALUES (?, ?, ?, ?, ?)",
            (owner.code, *card.values()),
        )
        world.effects.record(PARTY, "sim_reserved", key=key, msisdn=None, detail={"operator": owner.code, **card})
        return 201, card

    return write_once(request, f"{owner.code}:logistics", key, body, act)


@router.get("/sims/{reference}", summary="A card by its reference; 404 unknown_reference")
async def sim(request: Request, operator: str, reference: str) -> Response:
    """State reserved, handed_over or released."""
    world = world_of(request)
    card = _find(world, operator_of(world, operator).code, reference)
    if card is None:
        raise Refusal(404, "unknown_reference", "nothing was reserved under this reference", field="reference")
    return json_response({name: value for name, value in card.items() if value is not None})


@router.post("/sims/{reference}/release", summary="Undo a reservation")
async def release(request: Request, operator: str, reference: str, body: Empty, key: IdempotencyKey = None) -> Response:
    """Effect `sim_released` if there was something to undo.

    A card on the shelf goes back to stock; one handed over is voided.
    """
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        card = _find(world, code, reference)
        if card is None:
            world.store.execute(
                "INSERT INTO sims (operator, reference, state) VALUES (?, ?, 'released')", (code, reference)
            )
        elif card["state"] != "released":
            world.store.execute(
                "UPDATE sims SET state = 'released' WHERE operator = ? AND reference = ?", (code, reference)
            )
            if card["state"] == "reserved":
                world.store.execute("INSERT INTO sims_returned (operator, imsi) VALUES (?, ?)", (code, card["imsi"]))
            detail = {"operator": code, **card, "state": "released", "voided": card["state"] == "handed_over"}
            world.effects.record(PARTY, "sim_released", key=key, msisdn=None, detail=detail)
        return 200, {"state": "released"}

    return write_once(request, f"{code}:logistics", key, body, act)


def set_stock(world: World, operator: str, remaining: int) -> None:
    """How many new cards the operator has left; returned ones come on top."""
    world.store.execute(
        "INSERT INTO sim_stock (operator, next_serial, remaining) VALUES (?, ?, ?) "
        "ON CONFLICT (operator) DO UPDATE SET remaining = excluded.remaining",
        (operator, FIRST_STOCK_SERIAL, remaining),
    )


def _find(world: World, operator: str, reference: str) -> dict[str, Any] | None:
    row = world.store.execute(
        "SELECT reference, iccid, imsi, state FROM sims WHERE operator = ? AND reference = ?", (operator, reference)
    ).fetchone()
    return None if row is None else dict(row)


def _from_stock(world: World, operator: Operator) -> str:
    returned = world.store.execute(
        "SELECT imsi FROM sims_returned WHERE operator = ? LIMIT 1", (operator.code,)
    ).fetchone()
    if returned is not None:
        world.store.execute(
            "DELETE FROM sims_returned WHERE operator = ? AND imsi = ?", (operator.code, returned["imsi"])
        )
        return str(returned["imsi"])
    world.store.execute(
        "INSERT OR IGNORE INTO sim_stock (operator, next_serial, remaining) VALUES (?, ?, ?)",
        (operator.code, FIRST_STOCK_SERIAL, STOCK_AT_START),
    )
    taken = world.store.execute(
        "UPDATE sim_stock SET next_serial = next_serial + 1, remaining = remaining - 1 "
        "WHERE operator = ? AND remaining > 0 RETURNING next_serial - 1 AS serial",
        (operator.code,),
    ).fetchone()
    if taken is None:
        raise Refusal(409, "stock_empty", "there is no SIM card left")
    return identifiers.imsi(operator.imsi_network, taken["serial"])
