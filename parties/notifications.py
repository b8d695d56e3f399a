"""Messages to customers and desks: SMS and e-mail (docs/home-systems.md)."""

from typing import Any, Literal

import httpx

from domain.model import Model
from parties.answers import read_answer, write_answer
from parties.http import HttpParty
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts

PARTY = "notifications"


class AcceptedMessage(Model):
    message_id: str | int


class MessagePage(Model):
    """A page of what was sent; `next` is the `after` of the following page, None at the end."""

    items: list[dict[str, Any]]
    next: str | int | None = None


class Notifications:
    """`base_url` is that of the home operator's systems, without a trailing slash."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._party = HttpParty(http, PARTY, f"{base_url}/notifications", timeouts)

    async def send(
        self,
        *,
        reference: str,
        kind: str,
        channel: Literal["sms", "email"],
        to: str,
        text: str,
        key: str,
        language: Literal["fr", "en"] = "fr",
        subject: str | None = None,
    ) -> str:
        """Hand one message over; returns its id there. The key makes a repeated call send nothing more."""
        body = {"reference": reference, "kind": kind, "channel": channel, "to": to, "language": language, "text": text}
        if subject is not None:
            body["subject"] = subject
        answer = await self._party.write("message", "/messages", body, key=key)
        return str(write_answer(AcceptedMessage, answer, PARTY, "message").message_id)

    async def messages(
        self, *, to: str | None = None, reference: str | None = None, after: str | None = None, limit: int = 100
    ) -> MessagePage:
        """What was sent, oldest first."""
        wanted = {"to": to, "reference": reference, "after": after, "limit": str(limit)}
        params = {name: value for name, value in wanted.items() if value is not None}
        body = await self._party.read("messages", "/messages", params=params)
        return read_answer(MessagePage, body, PARTY, "messages")
