"""Admin routes of the phones: what a customer does with a new SIM."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import StringConstraints
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home.fields import RequestBody
from simulator.home.requests import simulation_of, world_of
from simulator.numbers import parse
from simulator.phones.behaviours import CustomerBehaviour, behaviour_of
from simulator.phones.phones import CodeUnknown, CodeUnusable

router = APIRouter(prefix="/admin/phones", tags=["phones"])


class Scan(RequestBody):
    """What the customer holds the camera at: `1$<SM-DP+ address>$<matching id>`."""

    activation_code: Annotated[str, StringConstraints(pattern=r"^1\$[^$]+\$[^$]+(\$.*)?$", max_length=500)]


def _number(msisdn: str) -> str:
    try:
        return parse(msisdn)
    except ValueError as error:
        raise Refusal(422, "invalid_number", f"msisdn: {error}", field="msisdn") from None


Number = Annotated[str, Depends(_number)]


@router.get("/{msisdn}", summary="What the customer does with a new SIM")
async def show(request: Request, msisdn: Number) -> Response:
    """What was set, else the default."""
    return json_response(_as_json(msisdn, behaviour_of(world_of(request), msisdn)))


@router.put("/{msisdn}", summary="Say what the customer does with a new SIM")
async def behave(request: Request, msisdn: Number, behaviour: CustomerBehaviour) -> Response:
    """For profiles that are released and cards that leave from now on, until the next reset.

    A field that is missing has its default.

    `download`: `ok` downloads, installs and enables a profile; `error` fails to install the first one and installs the
    next, `error_always` none; `deleted` installs and deletes it, without enabling it; `never` fetches none, so that it
    expires after seven legal days; `scan` none before `POST …/scan`. The number is the one that logistics was told at
    the reservation; a profile without one is fetched as with `ok`.
    """
    simulation_of(request).phones.behave(msisdn, behaviour)
    return json_response(_as_json(msisdn, behaviour))


@router.post("/{msisdn}/scan", status_code=202, summary="Scan an eSIM's activation code")
async def scan(request: Request, msisdn: Number, body: Scan) -> Response:
    """The download follows after `delay_s`. 404 `unknown_activation_code`, 409 `profile_not_released`."""
    try:
        simulation_of(request).phones.scan(msisdn, body.activation_code)
    except CodeUnknown:
        raise Refusal(404, "unknown_activation_code", "no profile has this code", field="activation_code") from None
    except CodeUnusable:
        message = "the profile of this code cannot be fetched, or no longer"
        raise Refusal(409, "profile_not_released", message, field="activation_code") from None
    return json_response({"msisdn": msisdn, "state": "downloading"}, 202)


def _as_json(msisdn: str, behaviour: CustomerBehaviour) -> dict[str, Any]:
    return {"msisdn": msisdn, **behaviour.model_dump(mode="json")}
