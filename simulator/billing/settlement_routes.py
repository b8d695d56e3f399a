"""Routes for what follows the end of a contract: account, last invoice, disputes and refunds."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response

from simulator.billing import accounts, disputes, invoices
from simulator.billing.contracts import known
from simulator.billing.schema import by_reference, named, record
from simulator.edge.errors import Refusal, json_response
from simulator.home.fields import Amount, ContractId, Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, operator_of, simulation_of, world_of, write_once
from simulator.world.world import World

router = APIRouter(prefix="/home/{operator}/care", tags=["home: billing"])
_Text = Annotated[str, StringConstraints(max_length=500)]


class Difference(RequestBody):
    """An invoice line that is too high: by how much (`over`), why, and by which rule."""

    kind: _Text
    over: Amount
    why: _Text
    rule: _Text


class Dispute(RequestBody):
    """An invoice and what is claimed back from it."""

    reference: Reference
    invoice_id: Annotated[str, StringConstraints(max_length=50)]
    differences: Annotated[list[Difference], Field(min_length=1, max_length=100)]


class Refund(RequestBody):
    """Money back to the holder, in euros."""

    reference: Reference
    contract_id: ContractId
    kind: Literal["deposit", "advances", "late_increase"]
    amount: Amount


@router.get("/contracts/{contract_id}/account", summary="The deposit and advances of the holder; 404 unknown_contract")
async def account(request: Request, operator: str, contract_id: str) -> Response:
    """`item_returned_at` (legal time) is null until the item of the deposit is back; refunds change nothing here."""
    world = world_of(request)
    line = known(world, operator_of(world, operator).code, contract_id)
    return json_response(accounts.account(world, line.contract.id))


@router.get("/invoices/{invoice_id}", summary="A last invoice; 404 unknown_invoice")
async def invoice(request: Request, operator: str, invoice_id: str) -> Response:
    """State pending, issued or paid; lines and total come with the issue."""
    world = world_of(request)
    return json_response(invoices.as_json(_invoice(world, operator_of(world, operator).code, invoice_id)))


@router.post("/disputes", status_code=201, summary="Dispute an invoice")
async def dispute(request: Request, operator: str, body: Dispute, key: IdempotencyKey = None) -> Response:
    """Effect `dispute_opened`, once per reference; billing answers it in time.

    404 `unknown_invoice`; 409 `reference_in_use` for other differences.
    """
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        disputed = _invoice(world, code, body.invoice_id)
        row = by_reference(world, "disputes", code, body.reference)
        differences = [one.model_dump() for one in body.differences]
        if row is None:
            row = disputes.open_one(world, disputed, body.reference, differences, key)
            simulation_of(request).billing.wake()
        elif (row["invoice"], json.loads(row["differences"])) != (disputed["id"], differences):
            raise Refusal(409, "reference_in_use", "another dispute has this reference", field="reference")
        return 201, {"dispute_id": disputes.name_of(row)}

    return write_once(request, f"{code}:care", key, body, act)


@router.get("/disputes/{dispute_id}", summary="What became of a dispute; 404 unknown_dispute")
async def dispute_state(request: Request, operator: str, dispute_id: str) -> Response:
    """State open, credited or rejected."""
    world = world_of(request)
    row = disputes.find(world, operator_of(world, operator).code, dispute_id)
    if row is None:
        raise Refusal(404, "unknown_dispute", "there is no dispute of this name", field="dispute_id")
    return json_response(disputes.as_json(row))


@router.post("/refunds", status_code=201, summary="Pay money back")
async def refund(request: Request, operator: str, body: Refund, key: IdempotencyKey = None) -> Response:
    """Effect `refunded`, once per reference. 404 `unknown_contract`; 409 `refund_exists` for another refund."""
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        line = known(world, code, body.contract_id)
        paid = by_reference(world, "refunds", code, body.reference)
        wanted = (body.contract_id, body.kind, body.amount)
        if paid is not None:
            if tuple(paid[name] for name in ("contract_id", "kind", "amount")) != wanted:
                raise Refusal(409, "refund_exists", "something else was refunded under this reference", field="amount")
            return 201, {"refund_id": named("R", paid["id"]), "amount": body.amount}
        serial = world.store.execute(
            "INSERT INTO refunds (operator, reference, contract_id, kind, amount) VALUES (?, ?, ?, ?, ?)",
            (code, body.reference, *wanted),
        ).lastrowid
        assert serial is not None
        answer = {"refund_id": named("R", serial), "amount": body.amount}
        about = {**body.model_dump(), "operator": code, "msisdn": line.msisdn}
        record(world, "refunded", about, key=key, kind=body.kind, **answer)
        return 201, answer

    return write_once(request, f"{code}:care", key, body, act)


def _invoice(world: World, operator: str, invoice_id: str) -> dict[str, Any]:
    row = invoices.find(world, operator, invoice_id)
    if row is None:
        raise Refusal(404, "unknown_invoice", "there is no invoice of this name", field="invoice_id")
    return row
