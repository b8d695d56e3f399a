"""The legal clock and the operators."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.edge.errors import json_response
from simulator.hlr.server import hlr_port
from simulator.home.requests import world_of
from simulator.settings import HOST
from simulator.world.clock import ZONE, iso
from simulator.world.operators import Operator
from simulator.world.world import World

router = APIRouter(tags=["admin"])


@router.get("/healthz", summary="Whether the service answers")
async def healthz(request: Request) -> Response:
    """Answers also while a new world is being built."""
    return json_response({"status": "ok", "world": world_of(request).clock.world})


@router.get("/admin/clock", summary="Legal and real now")
async def clock(request: Request) -> Response:
    """`legal` and `real` are one reading, UTC.

    `pace` is legal seconds per real one; `world` changes with every reset.
    """
    reading = world_of(request).clock
    legal, real = reading.read()
    return json_response(
        {"legal": iso(legal), "real": iso(real), "pace": reading.pace, "zone": ZONE, "world": reading.world}
    )


@router.get("/admin/operators", summary="Operators, their addresses and HLRs")
async def operators(request: Request) -> Response:
    """`network_operator` and `service_provider` are what the clearing house's messages name.

    A virtual operator has no `hlr` and no routing table: null.
    """
    world = world_of(request)
    return json_response({"items": [_as_json(world, operator) for operator in world.operators.values()]})


def _as_json(world: World, operator: Operator) -> dict[str, Any]:
    home = f"{world.settings.base_url}/home/{operator.code}"
    port = hlr_port(world.settings, operator.code)
    return {
        "code": operator.code,
        "rio_code": operator.rio_code,
        "name": operator.code.capitalize(),
        "consumer": operator.consumer,
        "network_operator": operator.network_operator,
        "service_provider": operator.service_provider,
        "virtual": operator.virtual,
        "addresses": {
            "care": f"{home}/care",
            "logistics": f"{home}/logistics",
            "equipment": f"{home}/equipment",
            "smdp": f"{home}/smdp",
            "notifications": f"{home}/notifications",
            "routing": None if operator.virtual else f"{home}/routing",
            "desk_email": operator.desk_email,
        },
        "hlr": None if port is None else {"host": HOST, "port": port},
    }
