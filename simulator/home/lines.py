"""Customer care and billing: lines, their SIM, and fees on their next invoice."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import StringConstraints
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home import cards
from simulator.home.requests import Answer, IdempotencyKey, number_of, operator_of, world_of, write_once
from simulator.home.shapes import Body, Iccid, Imsi, Instant, Msisdn, Reference
from simulator.world.clock import iso
from simulator.world.subscriber import ENDED, Subscriber
from simulator.world.world import World

PARTY = "care"
SCHEMA = """
CREATE TABLE IF NOT EXISTS fees (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, reference TEXT NOT NULL, amount TEXT NOT NULL,
    UNIQUE (operator, reference)
);
"""
router = APIRouter(prefix="/home/{operator}/care", tags=["home: care"])


class ChangeSim(Body):
    """The SIM that carries the line's number, and since when (legal time)."""

    reference: Reference
    iccid: Iccid
    imsi: Imsi
    swapped_at: Instant


class Fee(Body):
    """An amount in euros, tax included, on the next invoice."""

    reference: Reference
    msisdn: Msisdn
    contract_id: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    amount: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,2})?$")]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=100)]


@router.get("/lines/{msisdn}", summary="A line as care knows it; 404 unknown_line")
async def line(request: Request, operator: str, msisdn: str) -> Response:
    """The operator's latest contract for the number, ended ones included.

    `sim_since` and `contact.changed_at` are legal time, null where nothing was changed since the world began.
    """
    world = world_of(request)
    return json_response(_known(world, operator_of(world, operator).code, number_of(msisdn)).as_json())


@router.post("/lines/{msisdn}/sim", summary="The line has another SIM")
async def change_sim(
    request: Request, operator: str, msisdn: str, body: ChangeSim, key: IdempotencyKey = None
) -> Response:
    """Effect `sim_changed`, none for the SIM that the line has already. 404 `unknown_line`, 409 `line_ended`."""
    world = world_of(request)
    code = operator_of(world, operator).code
    number = number_of(msisdn)

    def act(key: str) -> Answer:
        known = _known(world, code, number)
        if known.state == ENDED:
            raise Refusal(409, "line_ended", "the contract has ended", field="msisdn")
        sim = {"iccid": body.iccid, "imsi": body.imsi}
        if (known.iccid, known.imsi, known.sim_since) != (body.iccid, body.imsi, body.swapped_at):
            cards.mark(world, code, known.iccid, "used", msisdn=number)
            cards.mark(world, code, body.iccid, "used", msisdn=number)
            world.subscribers.change_sim(known, iccid=body.iccid, imsi=body.imsi, since=body.swapped_at)
            about = {"operator": code, "reference": body.reference, "contract_id": known.contract.id, **sim}
            detail = {**about, "previous_iccid": known.iccid, "swapped_at": iso(body.swapped_at)}
            world.effects.record(PARTY, "sim_changed", key=key, msisdn=number, detail=detail)
        return 200, {"msisdn": number, **sim, "swapped_at": iso(body.swapped_at)}

    return write_once(request, f"{code}:care", key, body, act)


@router.post("/fees", status_code=201, summary="A fee on the next invoice")
async def bill_fee(request: Request, operator: str, body: Fee, key: IdempotencyKey = None) -> Response:
    """Effect `fee_billed`, once per reference. 404 `unknown_contract`; 409 `fee_exists` for another amount."""
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        known = world.subscribers.get(body.msisdn, code)
        if known is None or known.contract.id != body.contract_id:
            raise Refusal(404, "unknown_contract", "the number has no such contract", field="contract_id")
        amount = f"{Decimal(body.amount):.2f}"
        billed = _billed(world, code, body.reference)
        if billed is not None:
            if billed["amount"] != amount:
                raise Refusal(409, "fee_exists", "another amount was billed under this reference", field="amount")
            return 201, billed
        fee = world.store.execute(
            "INSERT INTO fees (operator, reference, amount) VALUES (?, ?, ?)", (code, body.reference, amount)
        ).lastrowid
        answer = {"fee_id": _fee_id(fee), "amount": amount}
        about = {"operator": code, "reference": body.reference, "contract_id": body.contract_id}
        detail = {**about, "reason": body.reason, **answer}
        world.effects.record(PARTY, "fee_billed", key=key, msisdn=body.msisdn, detail=detail)
        return 201, answer

    return write_once(request, f"{code}:care", key, body, act)


def _known(world: World, operator: str, msisdn: str) -> Subscriber:
    found = world.subscribers.get(msisdn, operator)
    if found is None:
        raise Refusal(404, "unknown_line", "the operator never had a contract for this number", field="msisdn")
    return found


def _billed(world: World, operator: str, reference: str) -> dict[str, str] | None:
    row = world.store.execute(
        "SELECT id, amount FROM fees WHERE operator = ? AND reference = ?", (operator, reference)
    ).fetchone()
    return None if row is None else {"fee_id": _fee_id(row["id"]), "amount": row["amount"]}


def _fee_id(serial: int | None) -> str:
    return f"F{serial:010d}"
