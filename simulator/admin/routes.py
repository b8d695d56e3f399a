"""All admin routes together."""

from fastapi import APIRouter

from simulator.admin import clock, effects, faults, lines, reset

router = APIRouter()
for part in (clock, lines, effects, faults, reset):
    router.include_router(part.router)
