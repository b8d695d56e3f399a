"""Billing's routes together, and its tables."""

from fastapi import APIRouter

from simulator.billing import admin, ends, fees, money
from simulator.billing.schema import INDEXES, SCHEMA
from simulator.world.world import World

router = APIRouter()
for part in (ends, money, fees, admin):
    router.include_router(part.router)


def prepare(world: World) -> None:
    """Declare the tables; once per opened world."""
    world.store.declare(SCHEMA + INDEXES)
