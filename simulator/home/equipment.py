"""The equipment register: which handsets exist, whether they take an eSIM, and which are blocked."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import StringConstraints
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home.fields import Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, operator_of, world_of, write_once
from simulator.world.clock import iso
from simulator.world.identifiers import luhn_digit
from simulator.world.world import World

PARTY = "equipment"
SCHEMA = """
CREATE TABLE IF NOT EXISTS blocked_handsets (imei TEXT PRIMARY KEY, blocked_at TEXT NOT NULL) WITHOUT ROWID;
"""
WITHOUT_ESIM = "01"
"""Handsets whose type (TAC, the IMEI's first eight digits) begins so take no eSIM."""
_IMEI = re.compile(r"[0-9]{15}")
router = APIRouter(prefix="/home/{operator}/equipment", tags=["home: equipment"])


class HandsetBlock(RequestBody):
    """For which order, and the reference of the police declaration."""

    reference: Reference
    declaration: Annotated[str, StringConstraints(min_length=1, max_length=100)]


@router.get("/handsets/{imei}", summary="A handset by its IMEI")
async def handset(request: Request, operator: str, imei: str) -> Response:
    """Any IMEI with a right check digit is a handset. 422 `invalid_imei`."""
    world = world_of(request)
    operator_of(world, operator)
    number = _imei(imei)
    blocked = _blocked_at(world, number) is not None
    return json_response({"imei": number, "esim": not number.startswith(WITHOUT_ESIM), "blocked": blocked})


@router.put("/handsets/{imei}/block", summary="No network serves this handset any more")
async def block(request: Request, operator: str, imei: str, body: HandsetBlock, key: IdempotencyKey = None) -> Response:
    """Effect `handset_blocked`, once per handset: the register is the whole country's. 422 `invalid_imei`."""
    world = world_of(request)
    code = operator_of(world, operator).code
    number = _imei(imei)

    def act(key: str) -> Answer:
        blocked_at = _blocked_at(world, number)
        if blocked_at is None:
            blocked_at = iso(world.clock.legal_now())
            world.store.execute("INSERT INTO blocked_handsets (imei, blocked_at) VALUES (?, ?)", (number, blocked_at))
            detail: dict[str, Any] = {"operator": code, "imei": number, **body.model_dump()}
            world.effects.record(PARTY, "handset_blocked", key=key, msisdn=None, detail=detail)
        return 200, {"imei": number, "blocked": True, "blocked_at": blocked_at}

    return write_once(request, f"{code}:equipment", key, body, act)


def _imei(text: str) -> str:
    if not _IMEI.fullmatch(text) or luhn_digit(text[:-1]) != int(text[-1]):
        raise Refusal(422, "invalid_imei", "an IMEI has 15 digits, of which the last is a check digit", field="imei")
    return text


def _blocked_at(world: World, imei: str) -> str | None:
    row = world.store.execute("SELECT blocked_at FROM blocked_handsets WHERE imei = ?", (imei,)).fetchone()
    return None if row is None else str(row["blocked_at"])
