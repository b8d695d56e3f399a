"""POST /callbacks/…: what the SM-DP+ and logistics tell by themselves. Written down and delivered to the order it is
about, then answered 204. What is about no order of ours is only kept.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from api.callbacks.bodies import DownloadProgress, ShipmentTold
from api.callbacks.signature import signed_body
from api.context import Context, RouteContext
from api.http.json_body import parse_object
from api.http.problems import Problem
from domain.deliveries import DeliveryKind
from domain.model import Model
from journal import Journal
from runtime.threads import in_thread

router = APIRouter(prefix="/callbacks", include_in_schema=False)


@router.post("/smdp/gsma/rsp2/es2plus/handleDownloadProgressInfo", status_code=204)
async def download_progress(request: Request, context: RouteContext) -> Response:
    """An eSIM profile has come further on its phone, or has not."""
    raw = parse_object(await signed_body(request, context.callback_secret))
    told = DownloadProgress.read(raw)
    event_id = _event_id(raw.get("header"), "functionCallIdentifier")
    owner = None if told is None else await in_thread(context.journal.profiles.owner, told.iccid)
    if told is None or owner is None:
        return await _kept(context, "smdp", event_id, raw)
    return await _kept(
        context, "smdp", event_id, raw, owner.order_id, DeliveryKind.PROFILE_PROGRESS, told.progress(owner.attempt)
    )


@router.post("/logistics/shipments", status_code=204)
async def shipment(request: Request, context: RouteContext) -> Response:
    """A card has come further on its way, or is lost."""
    raw = parse_object(await signed_body(request, context.callback_secret))
    told = ShipmentTold.read(raw)
    event_id = _event_id(raw, "event_id")
    if told is None or not await in_thread(_is_ours, context.journal, told.order_id):
        return await _kept(context, "logistics", event_id, raw)
    return await _kept(
        context, "logistics", event_id, raw, told.order_id, DeliveryKind.SHIPMENT_PROGRESS, told.progress()
    )


async def _kept(
    context: Context,
    party: str,
    event_id: str,
    raw: dict[str, object],
    order_id: str | None = None,
    kind: DeliveryKind | None = None,
    progress: Model | None = None,
) -> Response:
    await in_thread(
        context.journal.inbox.receive_callback,
        party,
        event_id,
        raw,
        order_id=order_id,
        kind=None if progress is None else kind,
        content=None if progress is None else progress.model_dump(mode="json"),
        at_real=datetime.now(UTC),
    )
    context.relay.wake()
    return Response(status_code=204)


def _event_id(where: object, name: str) -> str:
    """The party's own id of the notification: without one a repetition could not be told from news."""
    found = where.get(name) if isinstance(where, dict) else None
    if not isinstance(found, str) or not found:
        raise Problem("body_malformed", f"the notification has no {name}")
    return found


def _is_ours(journal: Journal, order_id: str) -> bool:
    return journal.orders.read(order_id) is not None
