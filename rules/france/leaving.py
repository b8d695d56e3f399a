"""The end of a contract: notice, last day, what it costs, and what becomes of the number. Evaluated once, recorded, and
followed while the rules may change.

Source: Code de la consommation, L224-39: a notice of at most ten days from receipt of the request; the consumer may
ask for longer. That the day of receipt does not count, and that the last one counts to its end, is our reading, as the
code of civil procedure counts days (articles 641 and 642).
"""

from datetime import date, datetime, time, timedelta

from domain.contracts import Account, Contract
from domain.lines import LineFacts
from domain.refusals import Refusal, RefusalCode, refusal
from domain.sim_replacement import ReplacementReason
from domain.termination import SettlementPatience, TerminationOrder
from rules.dates import DateRefused, refused, show
from rules.france.authentication import challenge
from rules.france.calendar import ZONES, Territory, local_date, local_instant, territory_of
from rules.france.config import CURRENCY, NAME
from rules.france.leaving_config import DEFAULT_LEAVING, LeavingConfig
from rules.france.leaving_fee import leaving_cost
from rules.france.number_fate import quarantine_terms
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from rules.plans import LineSeen, TerminationPlan

_ONE_DAY = timedelta(days=1)
_MIDNIGHT = time(0)


def plan_termination(
    order: TerminationOrder,
    *,
    line: LineSeen,
    contract: Contract,
    account: Account,
    facts: LineFacts | None = None,
    config: LeavingConfig = DEFAULT_LEAVING,
    sim_config: SimRulesConfig = DEFAULT_SIM_RULES,
) -> TerminationPlan | Refusal:
    """The plan of an accepted order; a refusal for a day that cannot be had, or where no code can be sent.

    The SIM is in the holder's hands, so a code goes where it would for an upgrade: by SMS to the line if that works.
    `facts`: whether the line is barred, as far as the journal knows.
    """
    territory = territory_of(order.msisdn)
    try:
        day = last_day(order.accepted_at, order.requested_date, config, territory)
    except DateRefused as error:
        return refusal(RefusalCode.DATE_NOT_POSSIBLE, "rules", raw_code=error.code, raw_text=error.reason)
    line_works = not (line.suspended or (facts is not None and facts.barred_since is not None))
    asked = challenge(order.authentication.method, ReplacementReason.UPGRADE, line.has_email, line_works=line_works)
    if isinstance(asked, Refusal):
        return asked
    ends = effective_at(day, territory)
    return TerminationPlan(
        regime=NAME,
        edition=config.edition,
        zone=ZONES[territory],
        currency=CURRENCY,
        effective_at=ends,
        challenge=asked,
        code_rounds=sim_config.code_rounds,
        code_patience=sim_config.code_patience,
        cost=leaving_cost(contract, day, account, config),
        patience=settlement_patience(config),
        **quarantine_terms(ends, config, territory).model_dump(),
    )


def settlement_patience(config: LeavingConfig = DEFAULT_LEAVING) -> SettlementPatience:
    """How long each wait of a settlement may last."""
    return SettlementPatience(
        invoice=config.invoice_patience,
        dispute=config.dispute_patience,
        payment=config.payment_patience,
        item=config.item_patience,
    )


def last_day(
    receipt: datetime,
    requested: date | None,
    config: LeavingConfig = DEFAULT_LEAVING,
    territory: Territory = Territory.METROPOLE,
) -> date:
    """The last local day on which the line works: the one asked for, else the first that the notice allows. `receipt`
    is the legal instant at which the request came in.

    Raises `DateRefused`: `date_in_past`, `date_before_notice` or `date_too_far`.
    """
    today = local_date(receipt, territory)
    first = today + timedelta(days=config.notice_days)
    if requested is None:
        return first
    if requested < today:
        raise refused("date_in_past", f"{show(requested)} is over", receipt, ZONES[territory])
    if requested < first:
        why = f"with {config.notice_days} days' notice the first last day that can be chosen is {show(first)}"
        raise refused("date_before_notice", why, receipt, ZONES[territory])
    furthest = today + timedelta(days=config.max_lead_days)
    if requested > furthest:
        raise refused("date_too_far", f"the last day that can be chosen is {show(furthest)}", receipt, ZONES[territory])
    return requested


def effective_at(day: date, territory: Territory = Territory.METROPOLE) -> datetime:
    """The legal instant (UTC) at which the local day `day` is over: the next one's 00:00, whatever clocks do in it."""
    return local_instant(day + _ONE_DAY, _MIDNIGHT, territory)
