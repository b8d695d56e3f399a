"""Logistics: SIM cards and eSIM profiles, reserved by reference."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home import cards, shipments, stock
from simulator.home.fields import Empty, Iccid, Msisdn, Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, operator_of, world_of, write_once
from simulator.world import identifiers
from simulator.world.operators import Operator
from simulator.world.world import World

PARTY = "logistics"
SCHEMA = """
CREATE TABLE IF NOT EXISTS sims (
    operator TEXT NOT NULL, reference TEXT NOT NULL, state TEXT NOT NULL, iccid TEXT, imsi TEXT,
    PRIMARY KEY (operator, reference)
) WITHOUT ROWID;
"""
router = APIRouter(prefix="/home/{operator}/logistics", tags=["home: logistics"])


class Reserve(RequestBody):
    """A SIM to reserve. `handed_over`: the customer takes it in the shop; `iccid` names a card of the shop's drawer."""

    reference: Reference
    form: stock.Form
    handed_over: bool = False
    iccid: Iccid | None = None
    msisdn: Msisdn | None = None


@router.post("/sims", status_code=201, summary="Reserve a SIM")
async def reserve(request: Request, operator: str, body: Reserve, key: IdempotencyKey = None) -> Response:
    """Effect `sim_reserved`.

    409 `stock_empty` (with `restock_at` where it is known), `reference_cancelled`, `reference_in_use` for another SIM,
    `sim_used`; 404 `unknown_sim`.
    """
    world = world_of(request)
    owner = operator_of(world, operator)
    if body.iccid is not None and (body.form != "physical" or not body.handed_over):
        raise Refusal(422, "invalid_request", "iccid: only a card that is handed over is named", field="iccid")

    def act(key: str) -> Answer:
        known = find(world, owner.code, body.reference)
        if known is not None:
            return 201, _reserved_again(known, body)
        iccid, imsi = _sim_for(world, owner, body)
        state = "handed_over" if body.handed_over else "reserved"
        world.store.execute(
            "INSERT INTO sims (operator, reference, iccid, imsi, state) VALUES (?, ?, ?, ?, ?)",
            (owner.code, body.reference, iccid, imsi, state),
        )
        cards.mark(world, owner.code, iccid, "reserved", msisdn=body.msisdn)
        sim = {"reference": body.reference, "form": body.form, "iccid": iccid, "imsi": imsi, "state": state}
        detail = {"operator": owner.code, **sim}
        world.effects.record(PARTY, "sim_reserved", key=key, msisdn=body.msisdn, detail=detail)
        return 201, sim

    return write_once(request, f"{owner.code}:logistics", key, body, act)


@router.get("/sims/{reference}", summary="A SIM by its reference; 404 unknown_reference")
async def sim(request: Request, operator: str, reference: str) -> Response:
    """State reserved, handed_over or released."""
    world = world_of(request)
    found = find(world, operator_of(world, operator).code, reference)
    if found is None:
        raise Refusal(404, "unknown_reference", "nothing was reserved under this reference", field="reference")
    return json_response(found)


@router.post("/sims/{reference}/release", summary="Undo a reservation")
async def release(request: Request, operator: str, reference: str, body: Empty, key: IdempotencyKey = None) -> Response:
    """Effect `sim_released` if there was something to undo.

    A SIM that was not handed over or shipped goes back to stock; any other is voided.
    """
    world = world_of(request)
    owner = operator_of(world, operator)
    code = owner.code

    def act(key: str) -> Answer:
        known = find(world, code, reference)
        if known is None:
            world.store.execute(
                "INSERT INTO sims (operator, reference, state) VALUES (?, ?, 'released')", (code, reference)
            )
        elif known["state"] != "released":
            world.store.execute(
                "UPDATE sims SET state = 'released' WHERE operator = ? AND reference = ?", (code, reference)
            )
            number = cards.number_of(world, code, known["iccid"])
            detail = {"operator": code, **known, "state": "released", "voided": _undo(world, owner, known)}
            world.effects.record(PARTY, "sim_released", key=key, msisdn=number, detail=detail)
        return 200, {"state": "released"}

    return write_once(request, f"{code}:logistics", key, body, act)


def find(world: World, operator: str, reference: str) -> dict[str, Any] | None:
    """A reservation as the routes show it; one that was undone before it came has no SIM."""
    row = world.store.execute(
        "SELECT reference, iccid, imsi, state FROM sims WHERE operator = ? AND reference = ?", (operator, reference)
    ).fetchone()
    if row is None:
        return None
    if row["iccid"] is None:
        return {"reference": row["reference"], "state": row["state"]}
    return {"reference": row["reference"], "form": cards.form_of(row["iccid"]), **dict(row)}


def _reserved_again(known: dict[str, Any], body: Reserve) -> dict[str, Any]:
    if known["state"] == "released":
        raise Refusal(409, "reference_cancelled", "this reference was undone before", field="reference")
    if known["form"] != body.form or body.iccid not in (None, known["iccid"]):
        raise Refusal(409, "reference_in_use", "another SIM has this reference", field="reference")
    return known


def _sim_for(world: World, owner: Operator, body: Reserve) -> tuple[str, str]:
    if body.iccid is None:
        imsi = stock.take(world, owner, body.form)
        iccid = identifiers.iccid_of(imsi)
        assert iccid is not None
        return iccid, imsi
    state = cards.state_of(world, owner, body.iccid)
    serial = cards.serial_of(owner, body.iccid)
    if state not in (None, "available"):
        raise Refusal(409, "sim_used", "this card was given before", field="iccid")
    if state is None or serial is None or serial not in cards.DRAWER:
        raise Refusal(404, "unknown_sim", "no card of the drawer has this ICCID", field="iccid")
    return body.iccid, identifiers.imsi(owner.imsi_network, serial)


def _undo(world: World, operator: Operator, sim: dict[str, Any]) -> bool:
    """Put the SIM back into stock, or void it. True when it was voided."""
    spent = sim["state"] == "handed_over" or cards.state_of(world, operator, sim["iccid"]) in ("used", "retired")
    if not shipments.stop(world, operator.code, sim["reference"]) or spent:
        cards.mark(world, operator.code, sim["iccid"], "retired")
        return True
    cards.mark(world, operator.code, sim["iccid"], "available")
    stock.put_back(world, operator.code, sim["imsi"])
    return False
