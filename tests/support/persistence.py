"""People who ask again until they are answered, while everything around them dies."""

import asyncio
import time
from typing import Any
from uuid import uuid4

from tests.support.living_relais import FINAL, LivingRelais, story

PATIENCE_S = 200.0
POLL_S = 0.5
OK, CONFLICT = 200, 409


OF_A_HELD_ORDER = frozenset({"release", "refuse", "freeze"})


async def insist(relais: LivingRelais, order_id: str, verb: str, **body: Any) -> None:
    """Ask for a change of an order, as a person of ours with a reason. An order whose worker has died does not know
    yet, while it is read again, that it is held: who is told so asks again.
    """
    wish = {"by": "Ines", "reason": "asked by phone", **body}
    deadline = time.monotonic() + PATIENCE_S
    while True:
        status = await send_until_answered(relais, f"/v1/orders/{order_id}/{verb}", wish)
        if status == OK or verb not in OF_A_HELD_ORDER or (await relais.order(order_id))["state"] != "held":
            return
        assert time.monotonic() < deadline, f"{order_id} is held and cannot be asked to {verb}"
        await asyncio.sleep(POLL_S)


async def send_until_answered(relais: LivingRelais, path: str, wish: dict[str, Any]) -> int:
    """Under one key, so that it is one wish however often it is repeated; the status of the answer."""
    key = uuid4().hex
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = await relais.post(path, wish, key=key)
        if answer.status_code in (OK, CONFLICT):
            return answer.status_code
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
