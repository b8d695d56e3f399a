"""What every route that accepts an order shares: the client's key, the answer, and the line that is not free."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from fastapi import Response

from api.context import Context
from api.order_view import accepted_body, as_json
from api.problems import Problem
from api.shown import shown
from domain.orders import OrderKind
from journal import Acceptance, Accepted, IdempotencyKeyReused, LineHeld, LineHold, LineLocked
from runtime.threads import in_thread

REPLAYED = {"Idempotent-Replayed": "true"}

ACCEPTED_RESPONSE: dict[str, Any] = {
    "description": "accepted: durable from now on; `Location` is the order",
    "headers": {
        "Location": {"schema": {"type": "string"}},
        "Idempotent-Replayed": {"schema": {"type": "string"}},
    },
}

_BEFORE_IT_LEAVES = {
    OrderKind.TERMINATION: "; if that port is performed it ends the contract by itself",
    OrderKind.SIM_REPLACEMENT: "; the SIM can be replaced once that port's day is agreed, or it has come to nothing",
    OrderKind.PORT_IN: "; the number is leaving us: once it has left, it can be ported in from its new operator",
}
"""What a person can do on whose line a port out has not come to an end."""


def fingerprint(route: str, raw: dict[str, Any]) -> str:
    """Equal for equal bodies to one route, however their keys are ordered and spaced."""
    text = json.dumps([route, raw], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def accept_once(here: Context, key: str, print_: str, make: Callable[[], Awaitable[Acceptance]]) -> Accepted:
    """The acceptance that a key stands for; for a new key the one that `make` makes. Raises the journal's `LineHeld`
    and `LineLocked`, and every `Problem` of `make`.
    """
    try:
        accepted = await in_thread(here.journal.orders.find_acceptance, key, print_)
        if accepted is None:
            accepted = await in_thread(here.journal.orders.accept, await make())
    except IdempotencyKeyReused:
        raise Problem("idempotency_key_reused", "this idempotency key was used for another request") from None
    here.relay.wake()
    return accepted


def accepted_answer(here: Context, accepted: Accepted) -> Response:
    """202, with the order as it was accepted."""
    body = accepted_body(accepted, accepted.order["msisdn"], here.ui_url)
    headers = {"Location": body.links["order"], **(REPLAYED if accepted.replayed else {})}
    return as_json(body, 202, headers)


def line_held(held: LineHeld | LineHold, wanted: OrderKind, **members: Any) -> Problem:
    """409: another order is open on the line; what the person who `wanted` something can do about a port out."""
    since = shown(held.since)
    advice = _BEFORE_IT_LEAVES.get(wanted, "") if held.kind == OrderKind.PORT_OUT else ""
    return Problem(
        "line_held",
        f"the line is held by the {held.kind} order {held.order_id} since {since}{advice}",
        held_by={"order_id": held.order_id, "kind": held.kind, "since": since},
        **members,
    )


def line_locked(since: datetime, unlocks_at: datetime | None, **members: Any) -> Problem:
    """409: the holder has locked the line; says how it is unlocked."""
    opens = "POST /v1/lines/{msisdn}/unlock asks for it to be opened"
    if unlocks_at is not None:
        opens = f"it opens at {shown(unlocks_at)} (legal time)"
    return Problem(
        "line_locked",
        f"the line is locked since {shown(since)}; {opens}",
        locked={"since": shown(since), "unlocks_at": unlocks_at and shown(unlocks_at)},
        **members,
    )


def not_free(error: LineHeld | LineLocked, wanted: OrderKind, **members: Any) -> Problem:
    """The 409 for a line that the journal does not give."""
    if isinstance(error, LineHeld):
        return line_held(error, wanted, **members)
    return line_locked(error.since, error.unlocks_at, **members)
