"""Customer care: lines and their SIM."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home import cards
from simulator.home.fields import Iccid, Imsi, Instant, Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, number_of, operator_of, world_of, write_once
from simulator.world.clock import iso
from simulator.world.subscriber import ENDED, Subscriber
from simulator.world.world import World

PARTY = "care"
router = APIRouter(prefix="/home/{operator}/care", tags=["home: care"])


class ChangeSim(RequestBody):
    """The SIM that carries the line's number, and since when (legal time)."""

    reference: Reference
    iccid: Iccid
    imsi: Imsi
    swapped_at: Instant


@router.get("/lines/{msisdn}", summary="A line as care knows it; 404 unknown_line")
async def line(request: Request, operator: str, msisdn: str) -> Response:
    """The operator's latest contract for the number, ended ones included.

    `sim_since` and `contact.changed_at` are legal time, null where nothing was changed since the world began.
    """
    world = world_of(request)
    return json_response(_known(world, operator_of(world, operator).code, number_of(msisdn)).as_json())


@router.post("/lines/{msisdn}/sim", summary="The line has another SIM")
async def change_sim(
    request: Request, operator: str, msisdn: str, body: ChangeSim, key: IdempotencyKey = None
) -> Response:
    """Effect `sim_changed`, none for the SIM that the line has already. 404 `unknown_line`, 409 `line_ended`."""
    world = world_of(request)
    code = operator_of(world, operator).code
    number = number_of(msisdn)

    def act(key: str) -> Answer:
        known = _known(world, code, number)
        if known.state == ENDED:
            raise Refusal(409, "line_ended", "the contract has ended", field="msisdn")
        sim = {"iccid": body.iccid, "imsi": body.imsi}
        if (known.iccid, known.imsi, known.sim_since) != (body.iccid, body.imsi, body.swapped_at):
            cards.mark(world, code, known.iccid, "used", msisdn=number)
            cards.mark(world, code, body.iccid, "used", msisdn=number)
            world.subscribers.change_sim(known, iccid=body.iccid, imsi=body.imsi, since=body.swapped_at)
            about = {"operator": code, "reference": body.reference, "contract_id": known.contract.id, **sim}
            detail = {**about, "previous_iccid": known.iccid, "swapped_at": iso(body.swapped_at)}
            world.effects.record(PARTY, "sim_changed", key=key, msisdn=number, detail=detail)
        return 200, {"msisdn": number, **sim, "swapped_at": iso(body.swapped_at)}

    return write_once(request, f"{code}:care", key, body, act)


def _known(world: World, operator: str, msisdn: str) -> Subscriber:
    found = world.subscribers.get(msisdn, operator)
    if found is None:
        raise Refusal(404, "unknown_line", "the operator never had a contract for this number", field="msisdn")
    return found
