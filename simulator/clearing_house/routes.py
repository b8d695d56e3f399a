"""The clearing house's HTTP routes: messages, confirmations, the event stream, and the registry.

Every path below the two bases ends in a handler of this file, so none is ever redirected: a redirect would change the
path that was signed.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from pydantic_core import from_json
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from simulator.clearing_house import envelope
from simulator.clearing_house.authentication import authenticate
from simulator.clearing_house.faulty_stream import event_bytes
from simulator.clearing_house.messages import SENDABLE
from simulator.clearing_house.pairs import check_sender
from simulator.clearing_house.queries import subscription
from simulator.clearing_house.vocabulary import BASE, NOT_OFFERED, REGISTRY, WireCode
from simulator.clearing_house.wire_refusals import WireRefusal, bad_field, bad_parameter, to_response
from simulator.home.requests import simulation_of
from simulator.simulation import Simulation
from simulator.world.operators import Operator

KEY_HEADER = "idempotency-key"
MAX_KEY_LENGTH = 255
_ID = re.compile(r"[0-9]{1,18}")

router = APIRouter()
Handler = Callable[[Request, Simulation, Operator, bytes], Awaitable[Response]]


def _signed(handler: Handler) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """Let the handler see admitted requests only, and answer its refusals."""

    async def endpoint(request: Request) -> Response:
        simulation = simulation_of(request)
        try:
            consumer, body = await authenticate(request, simulation.consumers)
            return await handler(request, simulation, simulation.clearing_house.operators[consumer.operator], body)
        except WireRefusal as refusal:
            return to_response(refusal)

    return endpoint


async def _post(request: Request, simulation: Simulation, sender: Operator, body: bytes) -> Response:
    message_type = request.path_params["name"]
    if message_type in NOT_OFFERED:
        raise WireRefusal(400, WireCode.INVALID_ENDPOINT, ("service numbers and ENUM are not offered here",))
    if message_type not in SENDABLE:
        raise WireRefusal(404, WireCode.INVALID_ENDPOINT, ("there is nothing at this path",))
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise WireRefusal(400, WireCode.UNSUPPORTED_MEDIA_TYPE, ("the body must be application/json",))
    key = request.headers.get(KEY_HEADER) or None
    if key is not None and len(key) > MAX_KEY_LENGTH:
        raise bad_parameter("the Idempotency-Key is longer than 255 characters")
    message = envelope.read(message_type, body)
    check_sender(simulation.clearing_house.operators, sender, message)
    return JSONResponse({"transactionId": simulation.clearing_house.submit(sender, message, key)})


async def _confirm(request: Request, simulation: Simulation, receiver: Operator, body: bytes) -> Response:
    text = request.path_params["delivery_id"]
    if body and _named_id(body) != text:
        raise bad_field("transactionId: the body must name the id of the path")
    if not _ID.fullmatch(text) or not simulation.clearing_house.confirm(receiver, int(text)):
        raise WireRefusal(404, WireCode.DISTRIBUTION_NOT_FOUND, ("no such message was delivered to this consumer",))
    return Response(status_code=200)


async def _events(request: Request, simulation: Simulation, receiver: Operator, _body: bytes) -> Response:
    wanted = subscription(receiver.code, request.query_params)
    stream = event_bytes(simulation.clearing_house.mailboxes, simulation.world.faults, wanted)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _number(request: Request, simulation: Simulation, _asker: Operator, _body: bytes) -> Response:
    return JSONResponse(simulation.registry.number(request.path_params["number"], simulation.world.clock.legal_now()))


async def _dossier(request: Request, simulation: Simulation, asker: Operator, _body: bytes) -> Response:
    dossierid = request.path_params["dossierid"]
    return JSONResponse(simulation.registry.dossier(dossierid, asker, simulation.world.clock.legal_now()))


async def _nothing(_request: Request, _simulation: Simulation, _asker: Operator, _body: bytes) -> Response:
    raise WireRefusal(404, WireCode.INVALID_ENDPOINT, ("there is nothing at this path",))


def _named_id(body: bytes) -> str | None:
    try:
        content = from_json(body)
    except ValueError:
        return None
    return str(content.get("transactionId")) if isinstance(content, dict) else None


_ANY = ["GET", "POST", "PUT", "DELETE", "PATCH"]
router.add_route(f"{BASE}/events", _signed(_events), methods=["GET"])
router.add_route(f"{BASE}/confirmations/{{delivery_id}}", _signed(_confirm), methods=["PUT"])
router.add_route(f"{BASE}/{{name}}", _signed(_post), methods=["POST"])
router.add_route(f"{REGISTRY}/numbers/{{number}}", _signed(_number), methods=["GET"])
router.add_route(f"{REGISTRY}/dossiers/{{dossierid}}", _signed(_dossier), methods=["GET"])
for base in (BASE, REGISTRY):
    router.add_route(f"{base}/{{rest:path}}", _signed(_nothing), methods=_ANY)
