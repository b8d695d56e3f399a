"""Admin routes of the robots: which robots are on, and how they answer for a number."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, StrictBool

from simulator.edge.errors import Refusal
from simulator.home.requests import simulation_of
from simulator.numbers import parse
from simulator.robots.behaviours import DonorBehaviour
from simulator.robots.robots import Robots
from simulator.world.operators import OPERATORS

router = APIRouter(prefix="/admin", tags=["robots"])


class Desk(BaseModel):
    """Whether a robot works for an operator."""

    operator: str
    enabled: bool


class Switch(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    enabled: StrictBool


class NumberBehaviour(DonorBehaviour):
    """A behaviour with the number, E.164, that it is for."""

    msisdn: str


def _robots(request: Request) -> Robots:
    return simulation_of(request).robots


def _desk(operator: str) -> str:
    if operator not in OPERATORS:
        raise Refusal(404, "unknown_operator", f"operator: one of {', '.join(OPERATORS)}", field="operator")
    return operator


def _number(msisdn: str) -> str:
    try:
        return parse(msisdn)
    except ValueError as error:
        raise Refusal(422, "invalid_number", f"msisdn: {error}", field="msisdn") from None


AllRobots = Annotated[Robots, Depends(_robots)]
Operator = Annotated[str, Depends(_desk)]
Number = Annotated[str, Depends(_number)]


@router.get("/robots/{operator}")
async def show_robot(operator: Operator, robots: AllRobots) -> Desk:
    """Whether the operator's robot works."""
    enabled = operator in robots.switches.codes and robots.switches.is_on(operator)
    return Desk(operator=operator, enabled=enabled)


@router.put("/robots/{operator}")
async def switch_robot(operator: Operator, switch: Switch, robots: AllRobots) -> Desk:
    """Switch a robot off, so that an engine or a client acts for the operator, or on again."""
    if operator in robots.switches.codes:
        robots.turn(operator, switch.enabled)
    elif switch.enabled:
        raise Refusal(422, "no_robot", f"enabled: {operator} has no robot; it is for outside clients", field="enabled")
    return Desk(operator=operator, enabled=switch.enabled)


@router.get("/behaviours/{msisdn}")
async def show_behaviour(msisdn: Number, robots: AllRobots) -> NumberBehaviour:
    """How the donor's robot answers for the number, where that was set."""
    behaviour = robots.behaviours.get(msisdn)
    if behaviour is None:
        raise Refusal(404, "no_behaviour", "no behaviour is set for this number")
    return NumberBehaviour(msisdn=msisdn, answer=behaviour.answer, code=behaviour.code)


@router.put("/behaviours/{msisdn}")
async def set_behaviour(msisdn: Number, behaviour: DonorBehaviour, robots: AllRobots) -> NumberBehaviour:
    """Set how the donor's robot answers for the number, until the next reset."""
    robots.behaviours.put(msisdn, behaviour)
    return NumberBehaviour(msisdn=msisdn, answer=behaviour.answer, code=behaviour.code)


@router.delete("/behaviours/{msisdn}", status_code=204)
async def remove_behaviour(msisdn: Number, robots: AllRobots) -> None:
    """Let the robot judge number and RIO again."""
    robots.behaviours.remove(msisdn)
