"""The operator's own routing table: to which network it sends calls for a number."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import StringConstraints
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home.fields import RequestBody
from simulator.home.requests import Answer, IdempotencyKey, number_of, operator_of, world_of, write_once
from simulator.world.operators import Operator
from simulator.world.world import World

router = APIRouter(prefix="/home/{operator}/routing", tags=["home: routing"])


class Route(RequestBody):
    """The serving operator from now on, and the dossier that says so."""

    operator: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3,6}$")]
    dossier_id: Annotated[str, StringConstraints(max_length=26)] | None = None


@router.get("/{msisdn}", summary="Where the operator routes a number")
async def routing(request: Request, operator: str, msisdn: str) -> Response:
    """The network's code: a virtual operator's numbers are routed to its host."""
    world = world_of(request)
    table = _table(world, operator)
    number = _number(world, msisdn)
    return json_response({"msisdn": number, "operator": world.numbers.routing(table.code, number)})


@router.put("/{msisdn}", summary="Change where the operator routes a number")
async def route(request: Request, operator: str, msisdn: str, body: Route, key: IdempotencyKey = None) -> Response:
    """Effect `routing_changed` when it changes; a virtual operator's code means its host's network."""
    world = world_of(request)
    table = _table(world, operator)
    number = _number(world, msisdn)
    if table.follows_reference:
        raise Refusal(409, "routing_follows_reference", "this operator's table is the reference database")
    if body.operator not in world.operators:
        raise Refusal(422, "unknown_operator", "there is no operator with that code", field="operator")

    def act(key: str) -> Answer:
        change_route(world, table.code, number, body.operator, key=key, dossier_id=body.dossier_id)
        return 200, {"msisdn": number, "operator": world.numbers.routing(table.code, number)}

    return write_once(request, f"{table.code}:routing", key, body, act)


def change_route(
    world: World, table: str, msisdn: str, serving: str, *, key: str | None, dossier_id: str | None
) -> bool:
    """Change one table and record `routing_changed`, inside the caller's transaction; False when nothing changes."""
    before = world.numbers.routing(table, msisdn)
    after = world.operators[serving].network_code
    if before == after:
        return False
    world.numbers.set_routing(table, msisdn, serving)
    detail = {"operator": after, "previous": before, "dossier_id": dossier_id}
    world.effects.record(table, "routing_changed", key=key, msisdn=msisdn, detail=detail)
    return True


def _table(world: World, code: str) -> Operator:
    operator = operator_of(world, code)
    if operator.virtual:
        raise Refusal(404, "no_routing_table", "a virtual operator has no routing table", field="operator")
    return operator


def _number(world: World, text: str) -> str:
    number = number_of(text)
    if not world.numbers.accepts(number):
        raise Refusal(404, "unknown_number", "the number is in nobody's range", field="msisdn")
    return number
