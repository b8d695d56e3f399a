"""Admin routes of the robots: who sits at a desk, and how to answer for a number."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, StrictBool

from simulator.numbers import parse
from simulator.robots.behaviours import Behaviour
from simulator.robots.running import Running, running_in

router = APIRouter(prefix="/admin", tags=["robots"])


class Desk(BaseModel):
    """Whether a robot works for an operator."""

    operator: str
    enabled: bool


class Switch(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    enabled: StrictBool


class NumberBehaviour(Behaviour):
    """A behaviour with the number, E.164, that it is for."""

    msisdn: str


def _robots(request: Request) -> Running:
    return running_in(request.app.state.world)


def _desk(operator: str, robots: Annotated[Running, Depends(_robots)]) -> str:
    if operator not in robots.switches.codes:
        raise HTTPException(404, "there is no robot for this operator")
    return operator


def _number(msisdn: str) -> str:
    try:
        return parse(msisdn)
    except ValueError as error:
        raise RequestValidationError(
            [{"type": "value_error", "loc": ("path", "msisdn"), "msg": str(error), "input": None}]
        ) from None


Robots = Annotated[Running, Depends(_robots)]
Operator = Annotated[str, Depends(_desk)]
Number = Annotated[str, Depends(_number)]


@router.get("/robots/{operator}")
async def show_robot(operator: Operator, robots: Robots) -> Desk:
    """Whether the operator's robot works."""
    return Desk(operator=operator, enabled=robots.switches.is_on(operator))


@router.put("/robots/{operator}")
async def switch_robot(operator: Operator, switch: Switch, robots: Robots) -> Desk:
    """Take a robot off its desk, to put an engine or a client in its place, or put it back."""
    robots.turn(operator, switch.enabled)
    return Desk(operator=operator, enabled=switch.enabled)


@router.get("/behaviours/{msisdn}")
async def show_behaviour(msisdn: Number, robots: Robots) -> NumberBehaviour:
    """How the donor's robot answers for the number, where that was set."""
    behaviour = robots.behaviours.get(msisdn)
    if behaviour is None:
        raise HTTPException(404, "no behaviour is set for this number")
    return NumberBehaviour(msisdn=msisdn, answer=behaviour.answer, code=behaviour.code)


@router.put("/behaviours/{msisdn}")
async def set_behaviour(msisdn: Number, behaviour: Behaviour, robots: Robots) -> NumberBehaviour:
    """Say how the donor's robot shall answer for the number, until the next reset."""
    robots.behaviours.put(msisdn, behaviour)
    return NumberBehaviour(msisdn=msisdn, answer=behaviour.answer, code=behaviour.code)


@router.delete("/behaviours/{msisdn}", status_code=204)
async def remove_behaviour(msisdn: Number, robots: Robots) -> None:
    """Let the robot judge number and RIO again."""
    robots.behaviours.remove(msisdn)
