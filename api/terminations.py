"""POST /v1/terminations: accepts the end of a contract, or says what it would cost and bring about."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.accepting import ACCEPTED_RESPONSE, accept_once, accepted_answer, fingerprint, line_held
from api.context import Context, Here
from api.door import our_line
from api.headers import idempotency_key, only_parameters
from api.home_systems import AWAY, Away, asked
from api.json_body import read_object
from api.legal_now import legal_clock, now_by
from api.order_view import OrderBody, as_json
from api.problems import refused_fields
from api.requests import body_schema, problems
from api.termination_body import TerminationBody
from api.termination_checks import CheckedTermination, TerminationChecks
from api.termination_orders import termination_acceptance, termination_order
from api.termination_preview import Asked, TerminationPreview, preview
from domain.orders import OrderKind
from journal import Acceptance, LineHeld
from parties.care import Line
from runtime.threads import in_thread

router = APIRouter(prefix="/v1", tags=["termination"])


@router.post(
    "/terminations",
    status_code=202,
    response_model=OrderBody,
    summary="End a contract",
    responses={
        200: {"model": TerminationPreview, "description": "dry run: what it costs and brings about; nothing is kept"},
        202: ACCEPTED_RESPONSE,
        **problems(400, 401, 409, 413, 415, 422, 503),
    },
    openapi_extra=body_schema(TerminationBody),
)
async def termination(
    request: Request, here: Here, dry_run: Annotated[bool, Query(description="only say what would happen")] = False
) -> Response:
    """Accepts the end of a line's contract. The notice counts from the acceptance; until the end of the last day
    `cancel` withdraws it. Needs neither Temporal nor the home systems: of those, one that answers quickly can refuse at
    once; what is away is asked again later.

    A line that another order holds is 409. A lock is no obstacle: it guards the number against another SIM and another
    operator. `Idempotency-Key` as for port ins.
    """
    only_parameters(request, "dry_run")
    if dry_run:
        return as_json(await _what_would_happen(here, await read_object(request)))
    key = idempotency_key(request)
    raw = await read_object(request)
    same = fingerprint("terminations", raw)

    async def make() -> Acceptance:
        clock = await legal_clock(here.clock)
        checked, _line = await _at_the_door(here, now_by(clock), raw)
        return termination_acceptance(here, checked, now_by(clock), key, same)  # asking took time

    try:
        return accepted_answer(here, await accept_once(here, key, same, make))
    except LineHeld as held:
        raise line_held(held, OrderKind.TERMINATION) from None


async def _at_the_door(
    here: Context, now: datetime, raw: dict[str, Any]
) -> tuple[CheckedTermination, Line | Away | None]:
    """The order and its line; raises the `Problem` that stands against it. `now` is legal time."""
    checked = TerminationChecks(here.regime, now).check(raw)
    line, error = await our_line(here, checked.msisdn, here.home_systems.patience_s)
    if error is not None:
        raise refused_fields([error])
    return checked, line


async def _what_would_happen(here: Context, raw: dict[str, Any]) -> TerminationPreview:
    clock = await legal_clock(here.clock)
    now = now_by(clock)
    checked, line = await _at_the_door(here, now, raw)
    held_by = await in_thread(here.journal.in_the_way, checked.msisdn, OrderKind.TERMINATION)
    if held_by is not None:
        raise line_held(held_by, OrderKind.TERMINATION)
    home = here.home_systems
    facts = await in_thread(here.journal.line_facts, checked.msisdn)
    registered = asked(here.registry.number(checked.msisdn), home.patience_s)
    if line is None or line == AWAY:
        found = Asked(line=line, account=None, registered=await registered, facts=facts)
    else:
        account, who = await asyncio.gather(asked(home.billing.account(line.contract.id), home.patience_s), registered)
        found = Asked(line=line, account=account, registered=who, facts=facts)
    order = termination_order(here, checked, now)
    return preview(order, found, here.regime)
