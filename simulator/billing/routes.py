"""All routes and tables of billing."""

from fastapi import APIRouter

from simulator.billing import admin_routes, contract_end_routes, fee_routes, settlement_routes
from simulator.billing.schema import INDEXES, SCHEMA
from simulator.world.world import World

router = APIRouter()
for part in (contract_end_routes, settlement_routes, fee_routes, admin_routes):
    router.include_router(part.router)


def prepare(world: World) -> None:
    """Declare the tables; once per opened world."""
    world.store.declare(SCHEMA + INDEXES)
