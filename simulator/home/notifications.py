"""Notifications: stores SMS and e-mail to customers and to other operators' desks, to be read back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from simulator.edge.errors import json_response
from simulator.home.fields import Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, operator_of, world_of, write_once
from simulator.world.clock import iso

PARTY = "notifications"
MAX_PAGE = 1000
SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, at TEXT NOT NULL, reference TEXT NOT NULL,
    kind TEXT NOT NULL, channel TEXT NOT NULL,
    recipient TEXT NOT NULL, language TEXT NOT NULL, subject TEXT, text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient);
CREATE INDEX IF NOT EXISTS messages_by_reference ON messages (reference);
"""
router = APIRouter(prefix="/home/{operator}/notifications", tags=["home: notifications"])


class Notification(RequestBody):
    """One message. `kind` is the sender's name for its template."""

    reference: Reference
    kind: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    channel: Literal["sms", "email"]
    to: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    language: Literal["fr", "en"]
    subject: Annotated[str, StringConstraints(max_length=200)] | None = None
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


@router.post("/messages", status_code=202, summary="Send a message")
async def message(request: Request, operator: str, body: Notification, key: IdempotencyKey = None) -> Response:
    """Effect `message_sent`."""
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        sent = world.store.execute(
            "INSERT INTO messages (operator, at, reference, kind, channel, recipient, language, subject, text) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                code,
                iso(world.clock.legal_now()),
                body.reference,
                body.kind,
                body.channel,
                body.to,
                body.language,
                body.subject,
                body.text,
            ),
        ).lastrowid
        message_id = f"M{sent:010d}"
        detail = {
            "operator": code,
            "message_id": message_id,
            "reference": body.reference,
            "kind": body.kind,
            "channel": body.channel,
        }
        world.effects.record(
            PARTY,
            "message_sent",
            key=key,
            msisdn=body.to if body.channel == "sms" else None,
            detail={**detail, "to": body.to},
        )
        return 202, {"message_id": message_id}

    return write_once(request, f"{code}:notifications", key, body, act)


@router.get("/messages", summary="Messages sent, oldest first")
async def messages(
    request: Request,
    operator: str,
    to: str | None = None,
    reference: str | None = None,
    after: Annotated[int, Query(ge=0, description="the `next` of an earlier answer")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
) -> Response:
    """`next` is always usable as `after`, also when nothing more is there yet."""
    world = world_of(request)
    wanted = {"operator": operator_of(world, operator).code, "recipient": _address(to), "reference": reference}
    filters = {column: value for column, value in wanted.items() if value is not None}
    conditions = " AND ".join(f"{column} = ?" for column in filters)
    rows = world.store.execute(
        f"SELECT * FROM messages WHERE id > ? AND {conditions} ORDER BY id LIMIT ?",
        (after, *filters.values(), limit),
    ).fetchall()
    items = [
        {
            "message_id": f"M{row['id']:010d}",
            **{name: row[name] for name in ("at", "reference", "kind", "channel")},
            "to": row["recipient"],
            **{name: row[name] for name in ("language", "subject", "text")},
        }
        for row in rows
    ]
    return json_response({"items": items, "next": rows[-1]["id"] if rows else after})


def _address(to: str | None) -> str | None:
    # An unescaped + of a number arrives as a space.
    return "+" + to[1:] if to and to.startswith(" ") else to
