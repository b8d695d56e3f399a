"""SIM replacements and line services asked of a living Relais, and what its customers do with codes and phones."""

import asyncio
import re
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from tests.support.living_relais import HOME, MESSAGES, POLL_S, AskedSim, Line, LivingRelais
from tests.support.persistence import send_until_answered

CODES = 3
"""That an order sends, at most."""

CODE = re.compile(r"\b[0-9]{6}\b")
PATIENCE_S = 200.0
ADA = {"method": "in_shop", "agent": "ada"}
PORTAL = {"method": "portal"}
BY_CODE = {"method": "one_time_code"}


def wanted(line: Line, reason: str, form: str, authentication: dict[str, str] = ADA, **more: Any) -> dict[str, Any]:
    """The body of a request for another SIM."""
    return {"msisdn": line.msisdn, "reason": reason, "form": form, "authentication": authentication, **more}


async def replace_sim(
    relais: LivingRelais, line: Line, reason: str, form: str, authentication: dict[str, str] = ADA, **more: Any
) -> str:
    """The id of an accepted order."""
    body = wanted(line, reason, form, authentication, **more)
    answer = await relais.post("/v1/sim-replacements", body, key=uuid4().hex)
    assert answer.status_code == 202, answer.text
    return accepted(relais, line, reason, str(answer.json()["order_id"]), authentication)


def accepted(relais: LivingRelais, line: Line, reason: str, order_id: str, authentication: dict[str, str] = ADA) -> str:
    """Keeps in mind what was accepted just now."""
    now = datetime.now(UTC)
    proven_at = None if authentication == BY_CODE else now
    relais.replaced[order_id] = AskedSim(line, reason, now, proven_at)
    return order_id


async def serve(relais: LivingRelais, line: Line, action: str, authentication: dict[str, str] = PORTAL) -> str:
    """The id of an accepted line service: bar, unbar, lock or unlock."""
    if action in ("bar", "unbar"):
        relais.barred.add(line.msisdn)
    answer = await ask_service(relais, line, action, authentication)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["order_id"])


async def ask_service(
    relais: LivingRelais, line: Line, action: str, authentication: dict[str, str] = PORTAL
) -> httpx.Response:
    path = f"/v1/lines/{quote(line.msisdn, safe='')}/{action}"
    return await relais.post(path, {"reason": "asked for", "authentication": authentication}, key=uuid4().hex)


async def phone(relais: LivingRelais, line: Line, **behaviour: Any) -> None:
    """What the customer does with a new SIM from now on."""
    await relais.tell(f"/admin/phones/{quote(line.msisdn, safe='')}", behaviour)


async def code_sent(relais: LivingRelais, order_id: str, number: int = 1) -> str:
    """The order's one-time code, as the customer reads it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        kind = f"{MESSAGES[order_id[:2]]}code_{number}"
        sent = [m for m in await relais.messages(order_id) if m["kind"] == kind]
        if sent:
            found = CODE.search(sent[0]["text"])
            assert found is not None, sent[0]["text"]
            return found[0]
        assert time.monotonic() < deadline, f"no code {number} was sent for {order_id}"
        await asyncio.sleep(POLL_S)


async def enter_code(relais: LivingRelais, order_id: str, code: str) -> httpx.Response:
    """The customer types a code; a right one is his proof."""
    typed_at = datetime.now(UTC)
    answer = await send_until_answered(relais, f"/v1/orders/{order_id}/code", {"code": code})
    if answer.status_code == 200 and order_id in relais.replaced:
        relais.replaced[order_id].proven_at = typed_at
    return answer


async def show_who_he_is(relais: LivingRelais, order_id: str) -> None:
    """The code comes and is sent back; the next one, where it came too late."""
    for number in range(1, CODES + 1):
        answer = await enter_code(relais, order_id, await code_sent(relais, order_id, number))
        if answer.status_code == 200 or answer.json()["code"] != "code_expired":
            break
    assert answer.status_code == 200, answer.text


async def activation_code(relais: LivingRelais, order_id: str) -> str:
    """The eSIM's activation code, read once as soon as it is there."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = await relais.api.get(f"/v1/orders/{order_id}/activation-code")
        if answer.status_code == 200:
            return str(answer.json()["activation_code"])
        assert answer.status_code == 404, answer.text
        assert time.monotonic() < deadline, answer.text
        await asyncio.sleep(POLL_S / 4)


async def scan(relais: LivingRelais, line: Line, activation_code: str) -> None:
    """The customer holds the phone's camera at the code."""
    body = {"activation_code": activation_code}
    answer = await relais.world.post(f"/admin/phones/{quote(line.msisdn, safe='')}/scan", json=body)
    assert answer.status_code == 202, answer.text


async def at_care(relais: LivingRelais, line: Line) -> dict[str, Any]:
    """The line as customer care knows it."""
    return await relais.look(f"/home/{HOME}/care/lines/{quote(line.msisdn, safe='')}")


async def drawer_card(relais: LivingRelais, position: int = 0) -> str:
    """The ICCID of a card that a shop can hand over."""
    cards = (await relais.look("/admin/cards", operator=HOME, limit=position + 1))["items"]
    return str(cards[position]["iccid"])
