"""Routes that end a contract and request its last invoice."""

from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.billing import accounts, invoices
from simulator.billing.contracts import known
from simulator.billing.schema import by_reference
from simulator.edge.errors import Refusal
from simulator.home.fields import Amount, ContractId, Instant, Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, number_of, operator_of, simulation_of, world_of, write_once
from simulator.world.clock import iso
from simulator.world.subscriber import ENDED, Subscriber
from simulator.world.world import World

router = APIRouter(prefix="/home/{operator}/care", tags=["home: billing"])


class End(RequestBody):
    """Which contract, and the legal instant from which nothing may be charged."""

    reference: Reference
    contract_id: ContractId
    effective_at: Instant
    reason: Literal["terminated", "ported_out"]


class FinalInvoice(RequestBody):
    """A request for the last invoice: the contract, its end (legal time), and the fee for leaving early."""

    reference: Reference
    contract_id: ContractId
    effective_at: Instant
    leaving_fee: Amount


@router.post("/lines/{msisdn}/end", summary="End a contract")
async def end(request: Request, operator: str, msisdn: str, body: End, key: IdempotencyKey = None) -> Response:
    """Effect `contract_ended`, once per contract: one that has ended stays as it ended.

    A newer contract of the number is left alone. 404 `unknown_line`; 409 `contract_differs` when the number never had
    that contract.
    """
    world = world_of(request)
    code = operator_of(world, operator).code
    number = number_of(msisdn)

    def act(key: str) -> Answer:
        line = _line_of(world, code, number, body.contract_id)
        if line.state != ENDED:
            detail = {"reference": body.reference, "effective_at": iso(body.effective_at)}
            world.subscribers.end(number, code, body.reason, at=body.effective_at, key=key, detail=detail)
            line = _line_of(world, code, number, body.contract_id)
            accounts.await_item(world, line)
            simulation_of(request).billing.wake()
        assert line.ended_at is not None
        return 200, {"contract_id": line.contract.id, "state": ENDED, "ended_at": iso(line.ended_at)}

    return write_once(request, f"{code}:care", key, body, act)


@router.post("/invoices", status_code=201, summary="Ask for a contract's last invoice")
async def final_invoice(request: Request, operator: str, body: FinalInvoice, key: IdempotencyKey = None) -> Response:
    """Effect `final_invoice_requested`, once per contract; the invoice is then issued and paid by itself.

    404 `unknown_contract`; 409 `reference_in_use` for other data, `invoice_exists` under another reference.
    """
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        line = known(world, code, body.contract_id)
        row = by_reference(world, "last_invoices", code, body.reference)
        if row is not None:
            wanted = (body.contract_id, iso(body.effective_at), body.leaving_fee)
            if tuple(row[name] for name in ("contract_id", "effective_at", "leaving_fee")) != wanted:
                raise Refusal(409, "reference_in_use", "another invoice has this reference", field="reference")
        elif invoices.of_contract(world, body.contract_id) is not None:
            raise Refusal(409, "invoice_exists", "the contract has its last invoice", field="contract_id")
        else:
            row = invoices.request(world, line, body.reference, body.effective_at, body.leaving_fee, key)
            simulation_of(request).billing.wake()
        return 201, {"invoice_id": invoices.name_of(row), "expected_at": row["expected_at"]}

    return write_once(request, f"{code}:care", key, body, act)


def _line_of(world: World, operator: str, msisdn: str, contract_id: str) -> Subscriber:
    line = world.subscribers.contract(contract_id)
    if line is not None and (line.operator, line.msisdn) == (operator, msisdn):
        return line
    if world.subscribers.get(msisdn, operator) is None:
        raise Refusal(404, "unknown_line", "the operator never had a contract for this number", field="msisdn")
    raise Refusal(409, "contract_differs", "the number has another contract", field="contract_id")
