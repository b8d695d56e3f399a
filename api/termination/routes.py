"""POST /v1/terminations: accepts the end of a contract, or says what it would cost and bring about."""

import asyncio
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from api.context import Context, RouteContext
from api.home_systems import AWAY, Away, answer_of
from api.http.headers import only_parameters
from api.http.json_body import read_object
from api.http.problems import refused_fields
from api.legal_time import legal_clock, now_by
from api.lines.line_checks import our_line
from api.orders.acceptance import DryRun, Submission, accept_order, line_held, order_route, read_submission
from api.orders.view import as_json
from api.termination.body import TerminationBody
from api.termination.checks import CheckedTermination, TerminationChecks
from api.termination.order import termination_acceptance, termination_order
from api.termination.preview import PartyAnswers, TerminationPreview, preview
from domain.orders import OrderKind
from journal import Acceptance
from parties.care import Line
from runtime.threads import in_thread

router = APIRouter(prefix="/v1", tags=["termination"])


@router.post(
    "/terminations",
    **order_route("End a contract", TerminationBody, TerminationPreview, dry_run="what it costs and brings about"),
)
async def termination(request: Request, context: RouteContext, dry_run: DryRun = False) -> Response:
    """Accepts the end of a line's contract. The notice counts from the acceptance; until the end of the last day
    `cancel` withdraws it. Needs neither Temporal nor the home systems: of those, one that answers quickly can refuse at
    once; what is away is asked again later.

    A line that another order holds is 409. A lock is no obstacle: it guards the number against another SIM and another
    operator. `Idempotency-Key` as for port ins.
    """
    only_parameters(request, "dry_run")
    if dry_run:
        return as_json(await _dry_run(context, await read_object(request)))

    async def make(submission: Submission) -> Acceptance:
        clock = await legal_clock(context.clock)
        checked, _line = await _checked(context, now_by(clock), submission.body)
        return termination_acceptance(context, checked, now_by(clock), submission)  # the checks took time

    return await accept_order(context, OrderKind.TERMINATION, await read_submission(request, "terminations"), make)


async def _checked(
    context: Context, now: datetime, raw: dict[str, Any]
) -> tuple[CheckedTermination, Line | Away | None]:
    """The order and its line; raises the `Problem` that stands against it. `now` is legal time."""
    checked = TerminationChecks(context.regime, now).check(raw)
    line, error = await our_line(context, checked.msisdn, context.home_systems.patience_s)
    if error is not None:
        raise refused_fields([error])
    return checked, line


async def _dry_run(context: Context, raw: dict[str, Any]) -> TerminationPreview:
    clock = await legal_clock(context.clock)
    now = now_by(clock)
    checked, line = await _checked(context, now, raw)
    held_by = await in_thread(context.journal.lines.blocked_by, checked.msisdn, OrderKind.TERMINATION)
    if held_by is not None:
        raise line_held(held_by, OrderKind.TERMINATION)
    home = context.home_systems
    facts = await in_thread(context.journal.lines.facts, checked.msisdn)
    registered = answer_of(context.registry.number(checked.msisdn), home.patience_s)
    if line is None or line == AWAY:
        found = PartyAnswers(line=line, account=None, registered=await registered, facts=facts)
    else:
        account, who = await asyncio.gather(
            answer_of(home.billing.account(line.contract.id), home.patience_s), registered
        )
        found = PartyAnswers(line=line, account=account, registered=who, facts=facts)
    order = termination_order(context, checked, now)
    return preview(order, found, context.regime)
