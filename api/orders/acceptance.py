"""What every route that accepts an order shares: the client's key, the answer, and the line that is not free."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response

from api.context import Context
from api.http.headers import idempotency_key
from api.http.instants import instant_text
from api.http.json_body import read_object
from api.http.problems import Problem
from api.http.route_schemas import body_schema, problems
from api.http.validation import RequestBody
from api.orders.view import OrderBody, accepted_body, as_json
from domain.model import Model
from domain.order_kinds import ORDER_KINDS
from domain.orders import OrderKind
from journal import Acceptance, AcceptedOrder, IdempotencyKeyReused, LineHeld, LineHold, LineLocked
from runtime.threads import in_thread

REPLAYED = {"Idempotent-Replayed": "true"}

ACCEPTED_RESPONSE: dict[str, Any] = {
    "description": "accepted: durable from now on; `Location` is the order",
    "headers": {
        "Location": {"schema": {"type": "string"}},
        "Idempotent-Replayed": {"schema": {"type": "string"}},
    },
}


def order_route(
    summary: str,
    body: type[RequestBody],
    preview: type[Model],
    *,
    dry_run: str = "what would happen",
    statuses: tuple[int, ...] = (),
) -> dict[str, Any]:
    """What every route declares that accepts an order or previews it; `statuses`: of further problems."""
    return {
        "status_code": 202,
        "response_model": OrderBody,
        "summary": summary,
        "responses": {
            200: {"model": preview, "description": f"dry run: {dry_run}; nothing is kept"},
            202: ACCEPTED_RESPONSE,
            **problems(*sorted((400, 401, 409, 413, 415, 422, 503, *statuses))),
        },
        "openapi_extra": body_schema(body),
    }


DryRun = Annotated[bool, Query(description="only say what would happen")]
"""The parameter of routes that accept an order or only preview it."""


@dataclass(frozen=True)
class Submission:
    """A request for an order. `fingerprint` is equal for equal requests, which the client's `key` stands for."""

    key: str
    fingerprint: str
    body: dict[str, Any]


async def read_submission(request: Request, route: str, **path: str) -> Submission:
    """The submission to `route`, with the parameters of its path; raises the `Problem` that stands against it."""
    key = idempotency_key(request)
    body = await read_object(request)
    return Submission(key, fingerprint(route, {**path, "body": body} if path else body), body)


def fingerprint(route: str, raw: dict[str, Any]) -> str:
    """Equal for equal bodies to one route, however their keys are ordered and spaced."""
    text = json.dumps([route, raw], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def accept_once(
    context: Context, submission: Submission, make: Callable[[Submission], Awaitable[Acceptance]]
) -> AcceptedOrder:
    """The acceptance that a key stands for; for a new key the one that `make` makes. Raises the journal's `LineHeld`
    and `LineLocked`, and every `Problem` of `make`.
    """
    try:
        accepted = await in_thread(context.journal.orders.find_acceptance, submission.key, submission.fingerprint)
        if accepted is None:
            accepted = await in_thread(context.journal.orders.accept, await make(submission))
    except IdempotencyKeyReused:
        raise Problem("idempotency_key_reused", "this idempotency key was used for another request") from None
    context.relay.wake()
    return accepted


def accepted_answer(context: Context, accepted: AcceptedOrder) -> Response:
    """202, with the order as it was accepted."""
    body = accepted_body(accepted, accepted.order.get("msisdn"), context.ui_url)
    headers = {"Location": body.links["order"], **(REPLAYED if accepted.replayed else {})}
    return as_json(body, 202, headers)


async def accept_order(
    context: Context, kind: OrderKind, submission: Submission, make: Callable[[Submission], Awaitable[Acceptance]]
) -> Response:
    """Accepts an order of `kind` once and answers 202; a line that another order holds is the `Problem` `line_held`."""
    try:
        return accepted_answer(context, await accept_once(context, submission, make))
    except LineHeld as held:
        raise line_held(held, kind) from None


def line_held(held: LineHeld | LineHold, wanted: OrderKind, **members: Any) -> Problem:
    """409: another order is open on the line; what the person who `wanted` something can do about a port out."""
    since = instant_text(held.since)
    advice = ORDER_KINDS[wanted].while_number_leaves if ORDER_KINDS[held.kind].takes_number_away else ""
    return Problem(
        "line_held",
        f"the line is held by the {held.kind} order {held.order_id} since {since}{advice and f'; {advice}'}",
        held_by={"order_id": held.order_id, "kind": held.kind, "since": since},
        **members,
    )


def line_locked(since: datetime, unlocks_at: datetime | None, **members: Any) -> Problem:
    """409: the holder has locked the line; says how it is unlocked."""
    opens = "POST /v1/lines/{msisdn}/unlock asks for it to be opened"
    if unlocks_at is not None:
        opens = f"it opens at {instant_text(unlocks_at)} (legal time)"
    return Problem(
        "line_locked",
        f"the line is locked since {instant_text(since)}; {opens}",
        locked={"since": instant_text(since), "unlocks_at": unlocks_at and instant_text(unlocks_at)},
        **members,
    )


def not_free(error: LineHeld | LineLocked, wanted: OrderKind, **members: Any) -> Problem:
    """The 409 for a line that the journal does not give."""
    if isinstance(error, LineHeld):
        return line_held(error, wanted, **members)
    return line_locked(error.since, error.unlocks_at, **members)
