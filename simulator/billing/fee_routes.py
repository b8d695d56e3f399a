"""The route that puts a fee on a contract's next invoice."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import StringConstraints
from starlette.responses import Response

from simulator.billing.schema import PARTY, by_reference, named
from simulator.edge.errors import Refusal
from simulator.home.fields import Amount, ContractId, Msisdn, Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, operator_of, world_of, write_once

router = APIRouter(prefix="/home/{operator}/care", tags=["home: billing"])


class Fee(RequestBody):
    """An amount in euros, tax included, on the next invoice."""

    reference: Reference
    msisdn: Msisdn
    contract_id: ContractId
    amount: Amount
    reason: Annotated[str, StringConstraints(min_length=1, max_length=100)]


@router.post("/fees", status_code=201, summary="A fee on the next invoice")
async def bill_fee(request: Request, operator: str, body: Fee, key: IdempotencyKey = None) -> Response:
    """Effect `fee_billed`, once per reference. 404 `unknown_contract`; 409 `fee_exists` for another amount."""
    world = world_of(request)
    code = operator_of(world, operator).code

    def act(key: str) -> Answer:
        known = world.subscribers.get(body.msisdn, code)
        if known is None or known.contract.id != body.contract_id:
            raise Refusal(404, "unknown_contract", "the number has no such contract", field="contract_id")
        billed = by_reference(world, "fees", code, body.reference)
        if billed is not None:
            if billed["amount"] != body.amount:
                raise Refusal(409, "fee_exists", "another amount was billed under this reference", field="amount")
            return 201, {"fee_id": named("F", billed["id"]), "amount": body.amount}
        fee = world.store.execute(
            "INSERT INTO fees (operator, reference, amount) VALUES (?, ?, ?)", (code, body.reference, body.amount)
        ).lastrowid
        assert fee is not None
        world.store.execute(
            "INSERT INTO open_fees (contract_id, fee, reason) VALUES (?, ?, ?)", (body.contract_id, fee, body.reason)
        )
        answer = {"fee_id": named("F", fee), "amount": body.amount}
        about = {"operator": code, "reference": body.reference, "contract_id": body.contract_id}
        detail = {**about, "reason": body.reason, **answer}
        world.effects.record(PARTY, "fee_billed", key=key, msisdn=body.msisdn, detail=detail)
        return 201, answer

    return write_once(request, f"{code}:care", key, body, act)
