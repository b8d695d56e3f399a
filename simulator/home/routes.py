"""The home systems' routes and tables together."""

from fastapi import APIRouter

from simulator.home import calls, care, logistics, notifications, requests, routing
from simulator.world.world import World

router = APIRouter()
for part in (care, logistics, routing, notifications):
    router.include_router(part.router)


def prepare(world: World) -> None:
    """Declare the tables and name the calls; once per opened world."""
    for module in (requests, care, logistics, notifications):
        world.store.declare(module.SCHEMA)
    calls.register(world.faults)
