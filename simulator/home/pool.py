"""Customer care: numbers whose quarantine is over, kept for new lines."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.edge.errors import Refusal
from simulator.home.fields import Reference, RequestBody
from simulator.home.requests import Answer, IdempotencyKey, number_of, operator_of, world_of, write_once
from simulator.world.free_numbers import in_use, put_into_pool
from simulator.world.ranges import range_holder

router = APIRouter(prefix="/home/{operator}/care", tags=["home: care"])


class Pool(RequestBody):
    """The reference of the order that ended the contract, or of what brought the number back."""

    reference: Reference


@router.post("/numbers/{msisdn}/pool", summary="Keep a number for a new line")
async def pool(request: Request, operator: str, msisdn: str, body: Pool, key: IdempotencyKey = None) -> Response:
    """Effect `number_pooled`, none for a number that is free already.

    404 `unknown_number`; 409 `foreign_range` for a number of another operator's range, `number_in_use` for one that has
    a contract or that another operator serves.
    """
    world = world_of(request)
    code = operator_of(world, operator).code
    number = number_of(msisdn)

    def act(key: str) -> Answer:
        holder = range_holder(number)
        if holder is None:
            raise Refusal(404, "unknown_number", "the number is in nobody's range", field="msisdn")
        if holder != code:
            raise Refusal(409, "foreign_range", "the number goes back to its range holder", field="msisdn")
        if in_use(world, code, number):
            raise Refusal(409, "number_in_use", "the number has a contract, or is served elsewhere", field="msisdn")
        put_into_pool(world, code, number, key=key, detail={"reference": body.reference})
        return 200, {"msisdn": number, "state": "free"}

    return write_once(request, f"{code}:care", key, body, act)
