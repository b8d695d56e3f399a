"""The answer to a dry run: what a SIM replacement would do."""

from typing import Literal

from pydantic import Field

from activities.sim_plans import line_seen
from api.home_systems import AWAY, Away
from api.http.problems import FieldError, refused_fields
from api.orders.preview import CheckLine, Cost
from domain.clock import LegalClock
from domain.lines import LineFacts
from domain.model import Instant, Model
from domain.refusals import Refusal
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from domain.sims import SimForm
from parties.care import Line
from rules.plans import SimReplacementPlan
from rules.regime import SimRules

_CHECKS = {
    "number": "an active line of ours",
    "identity": "{method} is enough for {reason}",
    "line": "not locked, and free or lent by the order that holds it",
}


class ReplacementPreview(Model):
    """What would happen. Nothing was kept, no line is held, nothing is barred."""

    dry_run: bool = True
    kind: str = "sim_replacement"
    reason: ReplacementReason
    form: SimForm
    checks: list[CheckLine]
    old_sim: Literal["barred at once", "works until the new one is in use"]
    sim: Literal["handed over", "sent by post", "fetched with an activation code"]
    code: str | None = Field(description="where the one-time code goes: `sms` or `email`; null: none is needed")
    review: list[str] = Field(description="why a person would look at it first")
    due: Instant | None = Field(description="the promise, legal time")
    cost: Cost | None
    cost_why: str
    plan: SimReplacementPlan | None = Field(description="null while customer care is away")
    notes: list[str]


def preview(
    order: SimReplacementOrder,
    line: Line | Away | None,
    facts: LineFacts,
    clock: LegalClock,
    rules: SimRules,
) -> ReplacementPreview:
    """The plan that this order would get now; raises the `Problem` that the rules' refusal is."""
    plan = None
    if line is not None and line != AWAY:
        plan = rules.plan(order, clock=clock, line=line_seen(line), facts=facts)
    if isinstance(plan, Refusal):
        raise refused_fields([FieldError("authentication.method", "authentication_not_enough", plan.raw_text)])
    details = {"method": order.authentication.method.value, "reason": order.reason.value}
    checks = _CHECKS if plan is not None else {name: says for name, says in _CHECKS.items() if name != "number"}
    return ReplacementPreview(
        reason=order.reason,
        form=order.form,
        checks=[CheckLine(check=check, says=says.format(**details)) for check, says in checks.items()],
        old_sim="barred at once" if order.reason.bars_the_old_sim else "works until the new one is in use",
        sim=_way(order),
        code=plan.challenge.channel if plan and plan.challenge else None,
        review=list(plan.review) if plan else [],
        due=plan.due if plan else None,
        cost=Cost(amount=plan.fee, currency=plan.currency) if plan else None,
        cost_why=plan.fee_why if plan else "",
        plan=plan,
        notes=[] if plan else ["customer care cannot be reached: what depends on the line is not known"],
    )


def _way(order: SimReplacementOrder) -> Literal["handed over", "sent by post", "fetched with an activation code"]:
    if order.form is SimForm.ESIM:
        return "fetched with an activation code"
    return "handed over" if order.iccid else "sent by post"
