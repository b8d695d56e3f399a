"""The route that registers where a home system's callbacks are sent."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import AnyHttpUrl, SecretStr, StringConstraints
from starlette.responses import Response

from simulator.callbacks.addresses import Address
from simulator.edge.errors import json_response
from simulator.home.fields import RequestBody
from simulator.home.requests import IdempotencyKey, operator_of, simulation_of

router = APIRouter(prefix="/home/{operator}/callbacks", tags=["home: callbacks"])


class Registration(RequestBody):
    """`address` is what the callbacks' paths are appended to; `secret` signs them."""

    address: AnyHttpUrl
    secret: Annotated[SecretStr, StringConstraints(min_length=1, max_length=500)]


@router.put("/{party}", summary="Register where a home system sends its callbacks")
async def register(
    request: Request,
    operator: str,
    party: Literal["smdp", "logistics"],
    body: Registration,
    _key: IdempotencyKey = None,
) -> Response:
    """The last registration counts, for waiting callbacks too. It outlives resets.

    A repeated registration changes nothing, so no `Idempotency-Key` is needed.
    A callback is a `POST`, repeated until it is answered with 2xx or with a 4xx other than 408 and 429: at once, then
    after 1, 2, 4 … at most 30 real seconds. `X-Signature: sha256=<hex>` is the HMAC-SHA256 of `<X-Timestamp>.<body>`
    under `secret`, `X-Timestamp` in seconds since 1970, real time.
    """
    simulation = simulation_of(request)
    code = operator_of(simulation.world, operator).code
    address = Address(str(body.address).rstrip("/"), body.secret.get_secret_value())
    simulation.callbacks.register(code, party, address)
    return json_response({"party": party, "address": address.url})
