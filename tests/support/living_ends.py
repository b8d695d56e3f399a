"""Terminations asked of a living Relais, what billing and its customers do then, and new lives of old numbers."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from tests.support.living_relais import HOME, POLL_S, AskedEnd, Line, LivingRelais, as_line
from tests.support.living_sims import ADA, at_care

PATH = "/v1/terminations"
OWED = ("deposit", "advances")
RECENT = timedelta(days=60)
"""Legal time since a contract was signed: too recent for a commitment to be over."""


def ending(line: Line, authentication: dict[str, str] = ADA, **more: Any) -> dict[str, Any]:
    """The body of a termination."""
    return {"msisdn": line.msisdn, "authentication": authentication, **more}


async def terminate(relais: LivingRelais, line: Line, authentication: dict[str, str] = ADA, **more: Any) -> str:
    """The id of an accepted order."""
    answer = await ask_to_end(relais, line, authentication, **more)
    assert answer.status_code == 202, answer.text
    return await leaves(relais, line, str(answer.json()["order_id"]))


async def ask_to_end(
    relais: LivingRelais, line: Line, authentication: dict[str, str] = ADA, **more: Any
) -> httpx.Response:
    return await relais.post(PATH, ending(line, authentication, **more), key=uuid4().hex)


async def leaves(relais: LivingRelais, line: Line, order_id: str) -> str:
    """Keeps in mind what was accepted just now, and what is owed to the holder then."""
    account = await relais.look(f"/admin/billing/{quote(line.msisdn, safe='')}", operator=HOME)
    owed = {kind: Decimal(account[kind]) for kind in OWED if Decimal(account[kind]) > 0}
    relais.leaving[order_id] = AskedEnd(line, datetime.now(UTC), owed)
    return order_id


async def billing(relais: LivingRelais, line: Line, **behaviour: Any) -> None:
    """What goes wrong at billing, and what the holder has lent and paid."""
    await relais.tell(f"/admin/billing/{quote(line.msisdn, safe='')}", behaviour)


async def commit(relais: LivingRelais, line: Line, months: int = 12) -> None:
    """The contract was signed not long ago, for so many months: leaving costs something."""
    now = datetime.fromisoformat((await relais.look("/admin/clock"))["legal"])
    terms = {"signed_on": (now - RECENT).date().isoformat(), "commitment_months": months}
    await relais.tell(f"/admin/contracts/{quote(line.msisdn, safe='')}", terms)


async def ours_now(relais: LivingRelais, line: Line) -> Line:
    """A line that a port in has brought to us, with our contract and SIM."""
    care = await at_care(relais, line)
    return replace(
        line, operator=HOME, rio=care["rio"], iccid=care["iccid"], imsi=care["imsi"], contract=care["contract"]["id"]
    )


def settlement_of(order_id: str) -> str:
    """The order that settles the money of a termination."""
    return f"st-{order_id.partition('-')[2]}"


async def seen(relais: LivingRelais, msisdn: str) -> dict[str, Any]:
    """The number, as the API shows it."""
    answer = await relais.api.get(f"/v1/numbers/{quote(msisdn, safe='')}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def freed(relais: LivingRelais, msisdn: str, within_s: float = 90.0) -> dict[str, Any]:
    """The number once its quarantine is over, as the API shows it."""
    deadline = time.monotonic() + within_s
    while (shown := await seen(relais, msisdn))["state"] in ("quarantine", "terminating", "porting"):
        assert time.monotonic() < deadline, shown
        await asyncio.sleep(POLL_S)
    return shown


async def new_line(relais: LivingRelais, msisdn: str, name: str = "Next Holder") -> Line:
    """A free number of ours is given to somebody else."""
    body = {"msisdn": msisdn, "holder": {"kind": "consumer", "name": name}}
    answer = await relais.world.post(f"/admin/lines/{HOME}", json=body)
    assert answer.status_code == 201, answer.text
    return as_line({"operator": HOME, "range_holder": HOME, **answer.json()})
