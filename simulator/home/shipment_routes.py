"""Logistics routes that ship a card to the customer, and show and retire single SIMs."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home import cards, logistics, shipments
from simulator.home.fields import Msisdn, Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, operator_of, simulation_of, world_of, write_once
from simulator.world.operators import Operator
from simulator.world.world import World

router = APIRouter(prefix="/home/{operator}/logistics", tags=["home: logistics"])


class Ship(RequestBody):
    """A reserved card to be sent to the holder of the line, whose address logistics has from customer care."""

    reference: Reference
    msisdn: Msisdn


class Retire(RequestBody):
    """A SIM that will not be used again, and the reference of the order that retires it."""

    reference: Reference


@router.post("/shipments", status_code=201, summary="Send a reserved card")
async def ship(request: Request, operator: str, body: Ship, key: IdempotencyKey = None) -> Response:
    """Effect `sim_shipment_ordered`; the shipment then changes in legal time.

    404 `unknown_reference`; 409 `reference_cancelled`, `not_shippable` (an eSIM, a card handed over),
    `reference_in_use` for another number.
    """
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        _check_shippable(logistics.find(world, code, body.reference))
        row = shipments.find(world, code, body.reference)
        if row is not None and row["msisdn"] != body.msisdn:
            raise Refusal(409, "reference_in_use", "it was shipped for another number", field="msisdn")
        if row is None:
            row = shipments.order(world, code, body.reference, body.msisdn)
            detail = {"operator": code, **_about(row)}
            world.effects.record(logistics.PARTY, "sim_shipment_ordered", key=key, msisdn=body.msisdn, detail=detail)
            simulation_of(request).post.wake()
        return 201, {**_about(row), "state": "preparing"}

    return write_once(request, f"{code}:logistics", key, body, act)


@router.get("/shipments/{reference}", summary="How far a shipment is; 404 unknown_reference")
async def shipment(request: Request, operator: str, reference: str) -> Response:
    """State preparing, shipped, delivered, inserted, lost, returned or stopped; `at` is when it came to it."""
    world = world_of(request)
    row = shipments.find(world, operator_of(world, operator).code, reference)
    if row is None:
        raise Refusal(404, "unknown_reference", "nothing was shipped under this reference", field="reference")
    return json_response({**_about(row), "state": row["state"], "at": row["at"]})


@router.get("/cards/{iccid}", summary="A SIM by its ICCID; 404 unknown_sim")
async def card(request: Request, operator: str, iccid: str) -> Response:
    """State available, reserved, used or retired."""
    world = world_of(request)
    owner = operator_of(world, operator)
    state = _known(world, owner, iccid)
    return json_response({"iccid": iccid, "form": cards.form_of(iccid), "state": state})


@router.post("/cards/{iccid}/retire", summary="Never use a SIM again")
async def retire(request: Request, operator: str, iccid: str, body: Retire, key: IdempotencyKey = None) -> Response:
    """Effect `sim_retired`, once per SIM. 404 `unknown_sim`."""
    world = world_of(request)
    owner = operator_of(world, operator)

    def act(key: str) -> Answer:
        if _known(world, owner, iccid) != "retired":
            number = cards.number_of(world, owner.code, iccid)
            cards.mark(world, owner.code, iccid, "retired")
            detail = {"operator": owner.code, "reference": body.reference, "iccid": iccid}
            world.effects.record(logistics.PARTY, "sim_retired", key=key, msisdn=number, detail=detail)
        return 200, {"iccid": iccid, "state": "retired"}

    return write_once(request, f"{owner.code}:logistics", key, body, act)


def _check_shippable(sim: dict[str, Any] | None) -> None:
    if sim is None:
        raise Refusal(404, "unknown_reference", "nothing was reserved under this reference", field="reference")
    if sim["state"] == "released":
        raise Refusal(409, "reference_cancelled", "this reference was undone before", field="reference")
    if sim["form"] != "physical" or sim["state"] != "reserved":
        raise Refusal(409, "not_shippable", "only a reserved card is sent", field="reference")


def _about(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("reference", "tracking", "expected_at")}


def _known(world: World, owner: Operator, iccid: str) -> cards.SimState:
    state = cards.state_of(world, owner, iccid)
    if state is None:
        raise Refusal(404, "unknown_sim", "the operator has no SIM with this ICCID", field="iccid")
    return state
