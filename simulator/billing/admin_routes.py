"""Admin routes of billing: mistakes at the end of a contract, and the account of its holder."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from simulator.billing import accounts, behaviours
from simulator.billing.behaviours import BillingBehaviour, behaviour_of
from simulator.edge.errors import Refusal, json_response
from simulator.home.requests import number_of, operator_of, simulation_of, world_of
from simulator.world.subscriber import Subscriber
from simulator.world.world import World

router = APIRouter(prefix="/admin/billing", tags=["billing"])


@router.get("/{msisdn}", summary="How billing behaves for a contract, and the account of its holder")
async def show(request: Request, msisdn: str, operator: str | None = None) -> Response:
    """What was set, else the default. 404 `unknown_line`."""
    world = world_of(request)
    return json_response(_as_json(world, _line(world, msisdn, operator)))


@router.put("/{msisdn}", summary="Set how billing behaves for a contract, and the account of its holder")
async def behave(request: Request, msisdn: str, body: BillingBehaviour, operator: str | None = None) -> Response:
    """Holds from now on; a field that is missing stays.

    It belongs to one contract: the number's present one, else its last one. `operator` narrows the choice. `errors` are
    made when the invoice is issued. `dispute` is the answer to a dispute. `pays` and `item_returned` are what the
    customer does. A payment, an answer or a return that waited for the change happens now. 404 `unknown_line`.
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
