"""The admin route that reads the effect log."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from simulator.edge.errors import json_response
from simulator.home.requests import world_of

MAX_PAGE = 10_000
router = APIRouter(prefix="/admin", tags=["admin"])


@router.get("/effects", summary="Everything that happened, oldest first")
async def effects(
    request: Request,
    after: Annotated[int, Query(ge=0, description="the `next` of an earlier answer")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 1000,
) -> Response:
    """`at` is legal, `real_at` real time; `key` is the idempotency key it came with.

    `next` is always usable as `after`, also when nothing more is there yet.
    """
    items = world_of(request).effects.after(after, limit)
    return json_response({"items": items, "next": items[-1]["n"] if items else after})
