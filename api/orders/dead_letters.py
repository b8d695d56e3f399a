"""GET /v1/messages/aside: clearing-house messages that no order could take."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.context import RouteContext
from api.http.headers import only_parameters
from api.http.route_schemas import problems
from api.orders.view import as_json
from domain.model import Instant, Model
from runtime.threads import in_thread

MAX_MESSAGE_ID = 2**63 - 1
"""The widest integer that the journal can be asked for."""

router = APIRouter(prefix="/v1", tags=["desk"])


class AsideMessage(Model):
    """One message, why it is a dead letter, and what it says."""

    message_id: int
    type: str
    dossier_id: str
    reason: str
    received_at_real: Instant
    body: Any


class AsideMessages(Model):
    """A page, oldest first; `next` is what `after` takes for the following page."""

    items: list[AsideMessage]
    next: int | None


@router.get(
    "/messages/aside", response_model=AsideMessages, summary="Messages nobody could take", responses=problems(401, 422)
)
async def aside(
    request: Request,
    context: RouteContext,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[int, Query(ge=0, le=MAX_MESSAGE_ID, description="`next` of the page before")] = 0,
) -> Response:
    """Messages kept for a human: about no dossier of ours, malformed, or refused by their order."""
    only_parameters(request, "limit", "after")
    found = await in_thread(context.journal.inbox.dead_letters, limit + 1, after)
    items = [AsideMessage(**vars(message)) for message in found[:limit]]
    return as_json(AsideMessages(items=items, next=items[-1].message_id if len(found) > limit else None))
