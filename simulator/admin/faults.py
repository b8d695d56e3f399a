"""Admin routes that set, list and clear faults."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home.fields import RequestBody
from simulator.home.requests import world_of
from simulator.world.faults import PARTIES, Kind

router = APIRouter(prefix="/admin", tags=["admin"])


class NewFault(RequestBody):
    """What goes wrong: `count` times, or without it until the fault is deleted."""

    kind: Kind
    call: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    rate: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 1.0
    delay_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] | None = None
    count: Annotated[int, Field(ge=1)] | None = None


@router.put("/faults/{party}", summary="Set a fault on a party")
async def put_fault(request: Request, party: str, body: NewFault) -> Response:
    """A fault of the same party, kind and call is replaced. Others stay; the first that applies strikes a call."""
    if party not in PARTIES:
        raise Refusal(422, "unknown_party", f"party: one of {', '.join(PARTIES)}", field="party")
    known = world_of(request).faults.calls_of(party)
    if body.call is not None and body.call not in known:
        raise Refusal(422, "unknown_call", f"call: one of {', '.join(known) or 'none'}", field="call")
    fault = world_of(request).faults.put(
        party, body.kind, call=body.call, rate=body.rate, delay_s=body.delay_s, count=body.count
    )
    return json_response(fault.as_json())


@router.get("/faults", summary="Faults that are set")
async def faults(request: Request) -> Response:
    """Oldest first."""
    return json_response({"items": [fault.as_json() for fault in world_of(request).faults.items()]})


@router.delete("/faults", summary="No more faults")
async def clear_faults(request: Request) -> Response:
    """Outages end; calls that hang go on hanging."""
    world_of(request).faults.clear()
    return json_response({"items": []})
