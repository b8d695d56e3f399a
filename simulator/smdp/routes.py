"""ES2+ over HTTP. Business failures are HTTP 200 too; what is no ES2+ message at all is not.

Every function may fail with 8.2.1/1.2 (the profile is another operator's) and 8.2.1/3.9 (nobody's).
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response

from simulator.edge.errors import Refusal, json_response
from simulator.home.requests import operator_of, simulation_of
from simulator.smdp.messages import CancelOrder, ConfirmOrder, DownloadOrder, ReleaseProfile
from simulator.smdp.server import SmDpServer
from simulator.smdp.statuses import FAILED, PROTOCOL, SUCCESS, WITH_WARNING, SmDpRefusal, StatusCode, execution_status
from simulator.world.operators import Operator

_HEADER = "X-Admin-Protocol"
_PROTOCOL = re.compile(r"gsma/rsp/v2\.[0-9]+\.[0-9]+")
Act = Callable[[SmDpServer, Operator], dict[str, Any] | StatusCode | None]


def _protocol(value: Annotated[str | None, Header(alias=_HEADER, description=PROTOCOL)] = None) -> None:
    if value is None or not _PROTOCOL.fullmatch(value):
        raise Refusal(400, "unsupported_protocol", f"the header {_HEADER} is {PROTOCOL}", field=_HEADER)


Key = Annotated[str | None, Header(alias="Idempotency-Key", description="Noted in the effect log, else ignored.")]
router = APIRouter(
    prefix="/home/{operator}/smdp/gsma/rsp2/es2plus", tags=["home: smdp"], dependencies=[Depends(_protocol)]
)


@router.post("/downloadOrder", summary="Order a profile")
async def download_order(request: Request, operator: str, body: DownloadOrder, key: Key = None) -> Response:
    """Available → Allocated, with an `eid` Linked; effect `profile_ordered`. By `iccid` or `profileType` (`consumer`).

    8.2.1/3.3 not Available, 8.2.1/2.2 neither ICCID nor type, 8.2.5/3.9 no such type, 8.2.5/3.7 none left of it.
    """
    return _execute(request, operator, lambda server, owner: server.download_order(owner, body, key))


@router.post("/confirmOrder", summary="Confirm an order, with `releaseFlag` release it too")
async def confirm_order(request: Request, operator: str, body: ConfirmOrder, key: Key = None) -> Response:
    """Allocated or Linked → Confirmed or Released; effect `profile_confirmed`, whose `state` says which.

    8.2.1/3.3 not ordered, or confirmed before; 8.1.1/3.10 ordered for another EID; 8.2.6/3.3 the matching id is another
    order's.
    """
    return _execute(request, operator, lambda server, owner: server.confirm_order(owner, body, key))


@router.post("/releaseProfile", summary="Let a confirmed profile be downloaded")
async def release_profile(request: Request, operator: str, body: ReleaseProfile, key: Key = None) -> Response:
    """Confirmed → Released; effect `profile_released`. 8.2.1/3.5 not Confirmed."""
    return _execute(request, operator, lambda server, owner: server.release_profile(owner, body, key))


@router.post("/cancelOrder", summary="Take an order back")
async def cancel_order(request: Request, operator: str, body: CancelOrder, key: Key = None) -> Response:
    """To Available or Unavailable; effect `profile_cancelled`.

    `Executed-WithWarning`, and nothing happens, when none is pending. 8.2.1/3.3 a phone has the profile (Downloaded,
    Installed, Enabled); 8.1.1/3.10 ordered for another EID; 8.2.6/3.1 the order has another matching id.
    """
    return _execute(request, operator, lambda server, owner: server.cancel_order(owner, body, key))


def _execute(request: Request, operator: str, act: Act) -> Response:
    simulation = simulation_of(request)
    owner = operator_of(simulation.world, operator)
    try:
        with simulation.world.store.transaction():
            done = act(simulation.smdp, owner)
    except SmDpRefusal as refused:
        return _answer(execution_status(FAILED, refused.code))
    if isinstance(done, StatusCode):
        return _answer(execution_status(WITH_WARNING, done))
    return _answer(execution_status(SUCCESS), done or {})


def _answer(status: dict[str, Any], fields: dict[str, Any] | None = None) -> Response:
    response = json_response({"header": {"functionExecutionStatus": status}, **(fields or {})})
    response.headers[_HEADER] = PROTOCOL
    return response
