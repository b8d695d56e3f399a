"""All admin routes together."""

from fastapi import APIRouter

from simulator.admin import clock, contracts, effects, faults, lines, reset, sims

router = APIRouter()
for part in (clock, lines, contracts, sims, effects, faults, reset):
    router.include_router(part.router)
