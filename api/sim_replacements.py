"""POST /v1/sim-replacements: accepts the replacement of a line's SIM, or says what it would do."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.accepting import (
    ACCEPTED_RESPONSE,
    accept_once,
    accepted_answer,
    fingerprint,
    line_held,
    line_locked,
    not_free,
)
from api.context import Context, Here
from api.door import replacement_at_the_door
from api.headers import idempotency_key, only_parameters
from api.json_body import read_object
from api.legal_now import legal_clock, legal_now, now_by
from api.line_orders import line_service
from api.order_view import OrderBody, as_json
from api.problems import refused_fields
from api.requests import body_schema, problems
from api.sim_replacement_body import SimReplacementBody
from api.sim_replacement_checks import CheckedReplacement, ReplacementChecks
from api.sim_replacement_orders import replacement_acceptance, replacement_order
from api.sim_replacement_preview import ReplacementPreview, preview
from domain.lines import LineAction
from domain.orders import OrderKind
from journal import Acceptance, LineHeld, LineLocked
from runtime.threads import in_thread

router = APIRouter(prefix="/v1", tags=["SIM replacement"])


@router.post(
    "/sim-replacements",
    status_code=202,
    response_model=OrderBody,
    summary="Replace a SIM",
    responses={
        200: {"model": ReplacementPreview, "description": "dry run: what would happen; nothing is kept"},
        202: ACCEPTED_RESPONSE,
        **problems(400, 401, 409, 413, 415, 422, 503),
    },
    openapi_extra=body_schema(SimReplacementBody),
)
async def sim_replacement(
    request: Request, here: Here, dry_run: Annotated[bool, Query(description="only say what would happen")] = False
) -> Response:
    """Accepts another SIM for a line of ours. Needs neither Temporal nor the home systems: of those, one that answers
    quickly can refuse at once; what is away is asked again later.

    A line that another order holds, or that its holder has locked, is 409. Where the SIM is in wrong hands and the
    person has shown who he is, it is barred all the same: `barred_by` is that order. `Idempotency-Key` as for port ins.
    """
    only_parameters(request, "dry_run")
    if dry_run:
        return as_json(await _what_would_happen(here, await read_object(request)))
    key = idempotency_key(request)
    raw = await read_object(request)
    same = fingerprint("sim-replacements", raw)
    checked: CheckedReplacement | None = None

    async def make() -> Acceptance:
        nonlocal checked
        clock = await legal_clock(here.clock)
        checked = ReplacementChecks(here.regime, now_by(clock)).check(raw)
        _line, errors = await replacement_at_the_door(here, checked)
        if errors:
            raise refused_fields(errors)
        return replacement_acceptance(here, checked, now_by(clock), key, same)  # asking took time

    try:
        return accepted_answer(here, await accept_once(here, key, same, make))
    except (LineHeld, LineLocked) as taken:
        assert checked is not None, "only a checked order is given to the journal"
        raise not_free(
            taken, OrderKind.SIM_REPLACEMENT, **await _barred_all_the_same(here, checked, key, same)
        ) from None


async def _barred_all_the_same(here: Context, checked: CheckedReplacement, key: str, same: str) -> dict[str, Any]:
    """Accepts a bar of its own for a SIM in wrong hands, once per request; the member that the problem says it with."""
    authentication = checked.body.authentication.as_accepted()
    if not (checked.body.reason.bars_the_old_sim and authentication.is_complete):
        return {}
    # With the body in the key: a client may mend a refused request and send it under the same key.
    bar_key, bar_same = f"bar {same} {key}", f"bar {same}"

    async def make() -> Acceptance:
        now = await legal_now(here.clock)
        reason = f"SIM {checked.body.reason.value}; the line was not free for a replacement"
        return line_service(
            here,
            checked.msisdn,
            LineAction.BAR,
            authentication,
            now,
            key=bar_key,
            same=bar_same,
            reason=reason,
            on_refusal=True,
        )

    barred = await accept_once(here, bar_key, bar_same, make)
    return {"barred_by": {"order_id": barred.order_id}}


async def _what_would_happen(here: Context, raw: dict[str, Any]) -> ReplacementPreview:
    clock = await legal_clock(here.clock)
    now = now_by(clock)
    checked = ReplacementChecks(here.regime, now).check(raw)
    line, errors = await replacement_at_the_door(here, checked)
    if errors:
        raise refused_fields(errors)
    held_by = await in_thread(here.journal.in_the_way, checked.msisdn, OrderKind.SIM_REPLACEMENT)
    if held_by is not None:
        raise line_held(held_by, OrderKind.SIM_REPLACEMENT)
    facts = await in_thread(here.journal.line_facts, checked.msisdn)
    if facts.locked_since is not None:
        raise line_locked(facts.locked_since, facts.unlocks_at)
    return preview(replacement_order(here, checked, now), line, facts, clock, here.regime.sims)
