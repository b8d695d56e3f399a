"""People who ask again until they are answered, while everything around them dies."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx

from tests.support.living_relais import FINAL, LivingRelais, story

PATIENCE_S = 400.0
POLL_S = 0.5
OK, CONFLICT = 200, 409


async def insist(relais: LivingRelais, order_id: str, verb: str, **body: Any) -> None:
    """Ask for a change of an order, as a person of ours with a reason."""
    await send_until_answered(
        relais, f"/v1/orders/{order_id}/{verb}", {"by": "Ines", "reason": "asked by phone", **body}
    )


async def send_until_answered(relais: LivingRelais, path: str, wish: dict[str, Any]) -> httpx.Response:
    """Under one key, so that it is one wish however often it is repeated; the answer, yes or no."""
    key = uuid4().hex
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = await relais.post(path, wish, key=key)
        if answer.status_code in (OK, CONFLICT):
            return answer
        assert answer.status_code == 503, answer.text
        assert time.monotonic() < deadline, answer.text
        await asyncio.sleep(POLL_S)


async def until_told(relais: LivingRelais, order_id: str, words: str) -> None:
    """The order's timeline has come to a line with these words."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        order = await relais.order(order_id)
        if any(words in line["what"] for line in order["timeline"]):
            return
        assert order["state"] not in FINAL, story(order)
        assert time.monotonic() < deadline, story(order)
        await asyncio.sleep(POLL_S)
