"""Admin routes that show lines and numbers of all operators."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home.requests import number_of, operator_of, world_of
from simulator.world.identifiers import iccid_of
from simulator.world.operators import NETWORKS
from simulator.world.world import World

MAX_PAGE = 1000
router = APIRouter(prefix="/admin", tags=["admin"])


@router.get("/subscribers", summary="Lines, operator after operator")
async def subscribers(
    request: Request,
    operator: str | None = None,
    state: Literal["active", "suspended", "ended"] | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    after: Annotated[int, Query(ge=0, description="the `next` of the page before")] = 0,
    order: Annotated[Literal["asc", "desc"], Query(description="desc: from the end of the list")] = "asc",
) -> Response:
    """The first hundred of each operator are plain active lines; lines that join later are at the end.

    `next` is null on the last page.
    """
    world = world_of(request)
    code = None if operator is None else operator_of(world, operator).code
    page = world.subscribers.page(operator=code, state=state, limit=limit, after=after, descending=order == "desc")
    following = page[-1].id if len(page) == limit else None
    return json_response({"items": [line.as_json() for line in page], "next": following})


@router.get("/numbers/{msisdn}", summary="Who serves a number, in every table and HLR")
async def number(request: Request, msisdn: str) -> Response:
    """E.164 (`+` escaped or not) or national digits. 422 `invalid_number`, 404 `unknown_number`."""
    world = world_of(request)
    wanted = number_of(msisdn)
    reference = world.numbers.reference(wanted)
    if reference is None:
        raise Refusal(404, "unknown_number", "the number is in nobody's range", field="msisdn")
    return json_response(
        {
            "msisdn": wanted,
            "reference": {"operator": reference.operator, "range_holder": reference.range_holder},
            "routing": {network: world.numbers.routing(network, wanted) for network in NETWORKS},
            "hlr": _sims(world, wanted),
        }
    )


def _sims(world: World, msisdn: str) -> list[dict[str, Any]]:
    rows = ((network, world.hlr(network).by_msisdn(msisdn)) for network in NETWORKS)
    return [
        {"operator": network, "imsi": row.imsi, "iccid": iccid_of(row.imsi), "barred": row.barred}
        for network, row in rows
        if row is not None
    ]
