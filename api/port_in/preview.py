"""The answer to a dry run: what a port in would do."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from api.http.problems import FieldError, refused_fields
from api.orders.preview import CheckLine, Cost
from api.port_in.checks import CheckedPortIn
from domain.model import Model
from domain.port_out import PortOutOrder
from domain.sims import SimForm
from rules.dates import DateRefused
from rules.plans import PortPlan
from rules.regime import PortInRules

_CHECKS = (
    ("number", "a mobile number of {territory}"),
    ("rio", "its key fits the number; it names {donor}"),
    ("holder", "kind and name are there; only the donor can compare them"),
    ("date", "{day} can be had"),
    ("mandate", "signed by now"),
    ("line", "no other order is open on it"),
)

_CHECKS_BACK = (
    ("number", "it went to {donor} by {order}, and not further as far as is known"),
    ("holder", "as customer care knew the line"),
    ("line", "no other order is open on it"),
)


class SimPreview(Model):
    """The SIM that would be reserved."""

    form: SimForm
    handed_over: bool = Field(description="in the shop; nothing is shipped")


class PortInPreview(Model):
    """What would happen. Nothing was kept, no line is held."""

    dry_run: bool = True
    kind: str = "port_in"
    donor: str
    recipient: str
    checks: list[CheckLine]
    sim: SimPreview
    cost: Cost
    plan: PortPlan = Field(
        description="the day, the slot and every deadline, legal time, with the edition of the rules"
    )


def preview(checked: CheckedPortIn, now: datetime, home: str, rules: PortInRules) -> PortInPreview:
    """The plan that this order would get if it were accepted at the legal instant `now`."""
    try:
        plan = rules.plan(now, checked.msisdn, checked.requested_date)
    except DateRefused as refused:
        raise refused_fields([FieldError("requested_date", refused.code, refused.reason)]) from None
    details = {"territory": plan.territory, "donor": checked.donor.code, "day": plan.chosen_day.isoformat()}
    checks = [(check, says.format(**details)) for check, says in _CHECKS]
    return _preview(checked.donor.code, home, checked.body.sim.form, checks, plan)


def back_preview(out: PortOutOrder, form: SimForm, now: datetime, rules: PortInRules) -> PortInPreview:
    """The plan that the port back of a number that has left would get now (legal time)."""
    plan = rules.plan(now, out.msisdn)
    details = {"donor": out.recipient, "order": out.order_id}
    return _preview(
        out.recipient, out.home, form, [(check, says.format(**details)) for check, says in _CHECKS_BACK], plan
    )


def _preview(
    donor: str, recipient: str, form: SimForm, checks: Iterable[tuple[str, str]], plan: PortPlan
) -> PortInPreview:
    return PortInPreview(
        donor=donor,
        recipient=recipient,
        checks=[CheckLine(check=check, says=says) for check, says in checks],
        sim=SimPreview(form=form, handed_over=form is SimForm.PHYSICAL),
        cost=Cost(amount="0.00", currency=plan.currency),
        plan=plan,
    )
