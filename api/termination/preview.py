"""The answer to a dry run: what a termination would cost and bring about, each figure with its rule."""

from datetime import date

from pydantic import Field

from activities.sim_plans import line_seen
from api.home_systems import AWAY, Away
from api.http.problems import FieldError, refused_fields
from api.orders.preview import CheckLine
from domain.contracts import Account, LeavingCost
from domain.lines import LineFacts
from domain.model import Instant, Model
from domain.refusals import Refusal
from domain.termination import TerminationOrder
from parties.care import Line
from parties.clearing_house.registry import RegistryNumber
from rules.plans import TerminationPlan
from rules.regime import LeavingRules, Regime

_NO_CARE = "customer care cannot be reached: what leaving costs is not known"
_NO_ACCOUNT = "billing cannot be reached: deposit and advances are not known, and come on top of what is shown"
_NO_REGISTRY = "the clearing house's reference database cannot be reached: to whom the number goes back is not known"


class NumberFate(Model):
    """What becomes of the number. Instants are legal time."""

    portable_until: Instant = Field(description="so long it may be ported, with the code that it has")
    reassignable_from: Instant = Field(description="nobody else gets it before")
    then: str = Field(description="where it goes")


class TerminationPreview(Model):
    """What would happen. Nothing was kept, no line is held."""

    dry_run: bool = True
    kind: str = "termination"
    checks: list[CheckLine]
    code: str | None = Field(description="where the one-time code goes: `sms` or `email`; null: none is needed")
    last_day: date = Field(description="local to the number; the line works until its end")
    effective_at: Instant = Field(description="that end, legal time; until then the order can be cancelled")
    cost: LeavingCost | None = Field(description="each figure with its rule; null while customer care is away")
    number: NumberFate
    plan: TerminationPlan | None = Field(description="null while customer care is away")
    notes: list[str]


class PartyAnswers(Model):
    """What other systems say of the line; `away` where they did not answer."""

    line: Line | Away | None
    account: Account | Away | None
    registered: RegistryNumber | Away | None
    facts: LineFacts


def preview(
    order: TerminationOrder,
    answers: PartyAnswers,
    regime: Regime,
) -> TerminationPreview:
    """The plan that this order would get now; raises the `Problem` that the rules' refusal is."""
    rules = regime.leaving
    plan = _plan(order, answers, rules)
    territory = regime.numbers.territory_of(order.msisdn)
    day = rules.last_day(order.accepted_at, order.requested_date, territory)
    ends = rules.effective_at(day, order.msisdn)
    terms = rules.quarantine(ends, order.msisdn)
    says = {"number": "an active line of ours"} if plan else {}
    says |= {
        "date": f"{day.isoformat()} can be the last day",
        "identity": f"{order.authentication.method.value} is enough to end a contract",
        "line": "no other order is open on it",
    }
    return TerminationPreview(
        checks=[CheckLine(check=check, says=each) for check, each in says.items()],
        code=plan.challenge.channel if plan and plan.challenge else None,
        last_day=day,
        effective_at=ends,
        cost=plan.cost if plan else None,
        number=NumberFate(
            portable_until=terms.portable_until,
            reassignable_from=terms.reassignable_from,
            then=_then(answers.registered, order.home),
        ),
        plan=plan,
        notes=list(_notes(answers)),
    )


def _plan(order: TerminationOrder, answers: PartyAnswers, rules: LeavingRules) -> TerminationPlan | None:
    line = answers.line
    if line is None or line == AWAY:
        return None
    plan = rules.plan(
        order,
        line=line_seen(line),
        contract=line.contract,
        account=Account() if answers.account is None or answers.account == AWAY else answers.account,
        facts=answers.facts,
    )
    if isinstance(plan, Refusal):
        raise refused_fields([FieldError("authentication.method", "authentication_not_enough", plan.raw_text)])
    return plan


def _then(registered: RegistryNumber | Away | None, home: str) -> str:
    if registered is None or registered == AWAY:
        return "back to our pool, or to its range holder if it came from elsewhere"
    return (
        "back to our pool" if registered.range_holder == home else f"back to its range holder {registered.range_holder}"
    )


def _notes(answers: PartyAnswers) -> list[str]:
    away = [(answers.line, _NO_CARE), (answers.account, _NO_ACCOUNT), (answers.registered, _NO_REGISTRY)]
    return [note for answer, note in away if answer == AWAY]
