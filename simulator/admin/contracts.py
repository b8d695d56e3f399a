"""Admin routes that make a new line on a free number and change the terms of a contract."""

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StrictBool
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home import cards, stock
from simulator.home.care import Holder
from simulator.home.fields import Amount, Msisdn, RequestBody
from simulator.home.requests import number_of, operator_of, simulation_of, world_of
from simulator.world.free_numbers import is_free
from simulator.world.identifiers import iccid_of

MAX_COMMITMENT = 24
router = APIRouter(prefix="/admin", tags=["admin"])


class NewLine(RequestBody):
    """Which number, and for whom."""

    msisdn: Msisdn
    holder: Holder


class Terms(RequestBody):
    """What changes. `amended_on`: a new commitment was signed for the same contract; null for never."""

    signed_on: date | None = None
    amended_on: date | None = None
    commitment_months: Annotated[int, Field(ge=0, le=MAX_COMMITMENT)] | None = None
    monthly_price: Amount | None = None
    handset_subsidy: StrictBool | None = None


@router.post("/lines/{operator}", status_code=201, summary="Give a free number to a new line")
async def new_line(request: Request, operator: str, body: NewLine) -> Response:
    """Makes a contract with its own RIO and contact. A SIM from the stock is entered in the HLR.

    409 `number_not_free` unless the number is free and no dossier is open on it, `stock_empty`.
    """
    simulation = simulation_of(request)
    world = simulation.world
    owner = operator_of(world, operator)
    dossiers = simulation.clearing_house.dossiers
    if not is_free(world, owner.code, body.msisdn) or dossiers.open_on(body.msisdn, world.clock.legal_now()):
        raise Refusal(409, "number_not_free", "the operator cannot give this number to anybody", field="msisdn")
    with world.store.transaction():
        imsi = stock.take(world, owner, "physical")
        iccid = iccid_of(imsi)
        assert iccid is not None
        world.numbers.take_from_pool(body.msisdn)
        line = world.subscribers.add(
            body.msisdn, owner.code, holder_kind=body.holder.kind, holder_name=body.holder.name, iccid=iccid, imsi=imsi
        )
        cards.mark(world, owner.code, iccid, "used", msisdn=body.msisdn)
        world.hlr(owner.code).put_up(imsi, body.msisdn)
    return json_response(line.as_json(), 201)


@router.put("/contracts/{msisdn}", summary="Change the terms of a line's contract")
async def terms(request: Request, msisdn: str, body: Terms) -> Response:
    """The contract reads as if it had been signed so. 404 `unknown_line`.

    A field that is missing or null stays as it is, except that a null `amended_on` is stored.
    """
    world = world_of(request)
    line = world.subscribers.open_anywhere(number_of(msisdn))
    if line is None:
        raise Refusal(404, "unknown_line", "nobody has a contract for this number", field="msisdn")
    named = body.model_dump(mode="json", exclude_unset=True)
    changed = {name: value for name, value in named.items() if value is not None or name == "amended_on"}
    contract = replace(line.contract, **changed)
    with world.store.transaction():
        world.subscribers.set_terms(line, contract)
    return json_response({"msisdn": line.msisdn, "operator": line.operator, "contract": vars(contract)})
