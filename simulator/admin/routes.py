"""All admin routes together."""

from fastapi import APIRouter

from simulator.admin import clock, effects, faults, lines, reset, sims

router = APIRouter()
for part in (clock, lines, sims, effects, faults, reset):
    router.include_router(part.router)
