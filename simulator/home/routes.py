"""All routes and tables of the home systems."""

from fastapi import APIRouter

from simulator.home import (
    calls,
    cards,
    care,
    equipment,
    lines,
    logistics,
    notifications,
    pool,
    requests,
    routing,
    shipment_routes,
    shipments,
    stock,
)
from simulator.world.world import World

router = APIRouter()
for part in (lines, care, pool, logistics, shipment_routes, equipment, routing, notifications):
    router.include_router(part.router)


def prepare(world: World) -> None:
    """Declare the tables and name the calls; once per opened world."""
    for module in (requests, care, cards, stock, logistics, shipments, equipment, notifications):
        world.store.declare(module.SCHEMA)
    calls.register(world.faults)
