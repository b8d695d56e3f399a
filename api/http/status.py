"""GET /v1/clock, /healthz, /readyz."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Response

from api.context import Context, RouteContext
from api.home_systems import AWAY, answer_of
from api.http.route_schemas import problems
from api.legal_time import legal_clock, now_by
from api.orders.view import as_json
from domain.model import Instant, Model
from runtime.threads import in_thread

clock_router = APIRouter(prefix="/v1", tags=["clock"])
health_router = APIRouter(tags=["health"])

OVERDUE_AFTER = timedelta(days=7)
"""Legal time after which a quarantine that is over should be settled: at every pace rounds have looked at it."""


class ClockBody(Model):
    """Legal and real now. Legal time runs `pace` times as fast as real time."""

    legal: Instant
    real: Instant
    pace: float
    world: str
    zone: str


class Health(Model):
    """This process lives."""

    status: str = "ok"


class Readiness(Model):
    """Whether orders are accepted; they are without Temporal, and start when it is back. `late_orders`: those whose
    promise was not kept. `overdue_numbers`: those that should have left their quarantine a week of legal time ago; null
    while the legal clock is away.
    """

    status: str
    temporal: bool
    late_orders: int
    overdue_numbers: int | None


@clock_router.get("/clock", response_model=ClockBody, summary="What time it is", responses=problems(401, 503))
async def clock(context: RouteContext) -> Response:
    """Legal and real time now, UTC, and the zone that people see."""
    reading = await legal_clock(context.clock)
    real = max(datetime.now(UTC), reading.real)
    return as_json(
        ClockBody(
            legal=reading.legal_at(real), real=real, pace=reading.pace, world=reading.world, zone=context.regime.zone
        )
    )


@health_router.get("/healthz", response_model=Health, summary="Alive")
async def healthz() -> Response:
    """Answers as long as the process does."""
    return as_json(Health())


@health_router.get("/readyz", response_model=Readiness, summary="Ready", responses=problems(503))
async def readyz(context: RouteContext) -> Response:
    """Ready when the journal answers."""
    late = await in_thread(context.journal.orders.count_late)
    return as_json(
        Readiness(
            status="ready",
            temporal=await context.temporal.reachable(),
            late_orders=late,
            overdue_numbers=await _overdue_numbers(context),
        )
    )


async def _overdue_numbers(context: Context) -> int | None:
    reading = await answer_of(context.clock.read(), context.home_systems.patience_s)
    if reading == AWAY:
        return None
    return await in_thread(context.journal.quarantines.count_overdue, now_by(reading) - OVERDUE_AFTER)
