"""Admin routes of billing: what goes wrong at the end of a contract, and what its holder has lent and paid."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.billing import accounts, behaviours
from simulator.billing.behaviours import Behaviour, behaviour_of
from simulator.edge.errors import Refusal, json_response
from simulator.home.requests import number_of, operator_of, simulation_of, world_of
from simulator.world.subscriber import Subscriber
from simulator.world.world import World

router = APIRouter(prefix="/admin/billing", tags=["billing"])


@router.get("/{msisdn}", summary="How billing behaves for a contract, and what its holder has lent and paid")
async def show(request: Request, msisdn: str, operator: str | None = None) -> Response:
    """As was set, else as is usual. 404 `unknown_line`."""
    world = world_of(request)
    return json_response(_as_json(world, _line(world, msisdn, operator)))


@router.put("/{msisdn}", summary="Say how billing behaves for a contract, and what its holder has lent and paid")
async def behave(request: Request, msisdn: str, body: Behaviour, operator: str | None = None) -> Response:
    """From now on; what is not named stays.

    It belongs to the contract: the number's present one, else its last, of `operator` where that is given. `errors` are
    made when the invoice is issued, `dispute` says how a dispute is answered, `pays` and `item_returned` what the
    customer does; what waited for one of them happens now. 404 `unknown_line`.
    """
    world = world_of(request)
    line = _line(world, msisdn, operator)
    with world.store.transaction():
        before = behaviour_of(world, line.contract.id)
        behaviours.put(world, line, before.model_copy(update=body.model_dump(exclude_unset=True)))
        accounts.await_item(world, line, world.clock.legal_now())
    simulation_of(request).billing.wake()
    return json_response(_as_json(world, line))


def _line(world: World, msisdn: str, operator: str | None) -> Subscriber:
    number = number_of(msisdn)
    codes = list(world.operators) if operator is None else [operator_of(world, operator).code]
    lines = [line for code in codes if (line := world.subscribers.get(number, code)) is not None]
    if not lines:
        raise Refusal(404, "unknown_line", "nobody ever had a contract for this number", field="msisdn")
    now = world.clock.legal_now()
    return max(lines, key=lambda line: (line.ended_at is None, line.ended_at or now))


def _as_json(world: World, line: Subscriber) -> dict[str, Any]:
    about = {"msisdn": line.msisdn, "operator": line.operator, "contract_id": line.contract.id}
    return {**about, **behaviour_of(world, line.contract.id).model_dump(mode="json")}
