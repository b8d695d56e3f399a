"""POST /v1/sim-replacements: accepts the replacement of a line's SIM, or says what it would do."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.context import Context, RouteContext
from api.http.headers import only_parameters
from api.http.json_body import read_object
from api.http.problems import refused_fields
from api.legal_time import legal_clock, legal_now, now_by
from api.lines.order import line_service
from api.orders.acceptance import (
    DryRun,
    Submission,
    accept_once,
    accepted_answer,
    line_held,
    line_locked,
    not_free,
    order_route,
    read_submission,
)
from api.orders.view import as_json
from api.sim_replacement.body import SimReplacementBody
from api.sim_replacement.checks import CheckedReplacement, ReplacementChecks
from api.sim_replacement.order import replacement_acceptance, replacement_order
from api.sim_replacement.party_checks import party_checks
from api.sim_replacement.preview import ReplacementPreview, preview
from domain.lines import LineAction
from domain.orders import OrderKind
from journal import Acceptance, LineHeld, LineLocked
from runtime.threads import in_thread

router = APIRouter(prefix="/v1", tags=["SIM replacement"])


@router.post("/sim-replacements", **order_route("Replace a SIM", SimReplacementBody, ReplacementPreview))
async def sim_replacement(request: Request, context: RouteContext, dry_run: DryRun = False) -> Response:
    """Accepts another SIM for a line of ours. Needs neither Temporal nor the home systems: of those, one that answers
    quickly can refuse at once; what is away is asked again later.

    A line that another order holds, or that its holder has locked, is 409. Where the SIM is in wrong hands and the
    person has shown who he is, it is barred all the same: `barred_by` is that order. `Idempotency-Key` as for port ins.
    """
    only_parameters(request, "dry_run")
    if dry_run:
        return as_json(await _dry_run(context, await read_object(request)))
    submission = await read_submission(request, "sim-replacements")
    checked: CheckedReplacement | None = None

    async def make(submission: Submission) -> Acceptance:
        nonlocal checked
        clock = await legal_clock(context.clock)
        checked = ReplacementChecks(context.regime, now_by(clock)).check(submission.body)
        _line, errors = await party_checks(context, checked)
        if errors:
            raise refused_fields(errors)
        return replacement_acceptance(context, checked, now_by(clock), submission)  # the checks took time

    try:
        return accepted_answer(context, await accept_once(context, submission, make))
    except (LineHeld, LineLocked) as taken:
        assert checked is not None, "only a checked order is given to the journal"
        raise not_free(taken, OrderKind.SIM_REPLACEMENT, **await _bar(context, checked, submission)) from None


async def _bar(context: Context, checked: CheckedReplacement, submission: Submission) -> dict[str, Any]:
    """Accepts a bar of its own for a SIM in wrong hands, once per request; the member that the problem says it with."""
    authentication = checked.body.authentication.as_accepted()
    if not (checked.body.reason.bars_the_old_sim and authentication.is_complete):
        return {}
    # With the body in the key: a client may mend a refused request and send it under the same key.
    same = submission.fingerprint
    bar = Submission(f"bar {same} {submission.key}", f"bar {same}", {})

    async def make(bar: Submission) -> Acceptance:
        now = await legal_now(context.clock)
        reason = f"SIM {checked.body.reason.value}; the line was not free for a replacement"
        return line_service(
            context,
            checked.msisdn,
            LineAction.BAR,
            authentication,
            now,
            submission=bar,
            reason=reason,
            on_refusal=True,
        )

    barred = await accept_once(context, bar, make)
    return {"barred_by": {"order_id": barred.order_id}}


async def _dry_run(context: Context, raw: dict[str, Any]) -> ReplacementPreview:
    clock = await legal_clock(context.clock)
    now = now_by(clock)
    checked = ReplacementChecks(context.regime, now).check(raw)
    line, errors = await party_checks(context, checked)
    if errors:
        raise refused_fields(errors)
    held_by = await in_thread(context.journal.lines.blocked_by, checked.msisdn, OrderKind.SIM_REPLACEMENT)
    if held_by is not None:
        raise line_held(held_by, OrderKind.SIM_REPLACEMENT)
    facts = await in_thread(context.journal.lines.facts, checked.msisdn)
    if facts.locked_since is not None:
        raise line_locked(facts.locked_since, facts.unlocks_at)
    return preview(replacement_order(context, checked, now), line, facts, clock, context.regime.sims)
