"""The admin route that makes a new world."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home.fields import RequestBody
from simulator.home.requests import simulation_of
from simulator.settings import MAX_PACE
from simulator.world.ranges import MAX_SUBSCRIBERS
from simulator.world.reset import BuildFailed, Busy
from simulator.world.world import DEFAULT_SEED, DEFAULT_SUBSCRIBERS

router = APIRouter(prefix="/admin", tags=["admin"])


class NewWorld(RequestBody):
    """The new world; without `pace` it has that of the present one."""

    seed: Annotated[int, Field(ge=0, lt=2**63)] = DEFAULT_SEED
    subscribers: Annotated[int, Field(ge=0, le=MAX_SUBSCRIBERS)] = DEFAULT_SUBSCRIBERS
    pace: Annotated[float, Field(ge=1, le=MAX_PACE, allow_inf_nan=False)] | None = None


@router.post("/reset", summary="A fresh world, the same for the same seed and size")
async def reset(request: Request, body: NewWorld) -> Response:
    """Answers when the new world is in place.

    Lines, dossiers, mailboxes, effects, faults and messages are new; the clearing house's credentials stay. The
    service goes on answering from the old world meanwhile. 409 `reset_in_progress`; 500 `reset_failed`, and
    the old world stays.
    """
    simulation = simulation_of(request)
    world = simulation.world
    pace = body.pace or world.clock.pace
    try:
        await simulation.resetter.reset(seed=body.seed, subscribers=body.subscribers, pace=pace)
    except Busy:
        raise Refusal(409, "reset_in_progress", "another reset is under way") from None
    except BuildFailed as failure:
        raise Refusal(500, "reset_failed", str(failure)) from None
    about = world.about
    return json_response({"world": about.id, "seed": about.seed, "subscribers": about.subscribers, "pace": about.pace})
