"""POST /v1/lines/{msisdn}/{bar,unbar,lock,unlock}: a line beside its orders. None of these holds the line."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from api.context import Context, RouteContext
from api.http.fields import AuthenticationBody, authentication_code, check_agent
from api.http.headers import only_parameters
from api.http.problems import FieldError, Problem, refused_fields
from api.http.route_schemas import body_schema, problems
from api.http.validation import RequestBody, ShortText, partly_validated
from api.legal_time import legal_now
from api.lines.line_checks import our_line
from api.lines.numbers import read_number
from api.lines.order import line_service
from api.orders.acceptance import ACCEPTED_RESPONSE, Submission, accept_once, accepted_answer, read_submission
from api.orders.view import OrderBody
from domain.authentication import AuthenticationMethod
from domain.lines import LineAction
from journal import Acceptance
from runtime.threads import in_thread

MsisdnPath = Annotated[str, Path(description="E.164 or national digits", max_length=64)]

router = APIRouter(prefix="/v1/lines/{msisdn}", tags=["lines"])


class LineBody(RequestBody):
    """Why, and who has shown who he is."""

    reason: ShortText = Field(description="for the order's timeline")
    authentication: AuthenticationBody


def _route(action: LineAction, summary: str, description: str) -> None:
    @router.post(
        f"/{action.value}",
        name=action.value,
        status_code=202,
        response_model=OrderBody,
        summary=summary,
        description=description,
        responses={202: ACCEPTED_RESPONSE, **problems(400, 401, 409, 413, 415, 422, 503)},
        openapi_extra=body_schema(LineBody),
    )
    async def ask(msisdn: MsisdnPath, request: Request, context: RouteContext) -> Response:
        return await _accept(context, request, read_number(context, msisdn), action)


_route(LineAction.BAR, "Bar", "Out of service at once, whatever SIM carries the number and whatever order is open.")
_route(LineAction.UNBAR, "Lift the bar", "In service again: the phone was found.")
_route(LineAction.LOCK, "Lock", "No SIM replacement and no port out from this answer on.")
_route(LineAction.UNLOCK, "Lift the lock", "Opens the lock after a delay, in which the holder can lock again.")


async def _accept(context: Context, request: Request, msisdn: str, action: LineAction) -> Response:
    only_parameters(request)
    submission = await read_submission(request, f"lines/{action.value}", msisdn=msisdn)

    async def make(submission: Submission) -> Acceptance:
        body = _checked(submission.body)
        await _must_be_ours(context, msisdn, action)
        now = await legal_now(context.clock)
        more: dict[str, Any] = {}
        if action is LineAction.UNLOCK:
            await _must_be_locked(context, msisdn)
            more["effective_at"] = now + context.regime.sims.unlock_delay
        authentication = body.authentication.as_accepted()
        return line_service(
            context, msisdn, action, authentication, now, submission=submission, reason=body.reason, **more
        )

    return accepted_answer(context, await accept_once(context, submission, make))


def _checked(raw: dict[str, object]) -> LineBody:
    body, fields, errors = partly_validated(LineBody, raw, authentication_code)
    given: AuthenticationBody | None = fields.get("authentication")
    check_agent(given, errors)
    if given is not None and given.method is AuthenticationMethod.ONE_TIME_CODE:
        sentence = "here a proof of identity in a shop (in_shop) or the portal's login (portal) is needed"
        errors.append(FieldError("authentication.method", "authentication_not_enough", sentence))
    if errors or body is None:
        raise refused_fields(errors)
    return body


async def _must_be_ours(context: Context, msisdn: str, action: LineAction) -> None:
    home = context.home_systems
    _line, error = await our_line(context, msisdn, home.bar_patience_s if action is LineAction.BAR else home.patience_s)
    if error is not None:
        raise refused_fields([error])


async def _must_be_locked(context: Context, msisdn: str) -> None:
    facts = await in_thread(context.journal.lines.facts, msisdn)
    if facts.locked_since is None:
        raise Problem("not_locked", "there is no lock on this line")
