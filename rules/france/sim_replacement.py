"""The plan of a SIM replacement, evaluated once, recorded, and followed while the rules may change."""

from domain.clock import LegalClock
from domain.lines import LineFacts
from domain.refusals import Refusal, RefusalCode, refusal
from domain.sim_replacement import SimReplacementOrder
from rules.france.authentication import allowed, challenge
from rules.france.calendar import ZONES, territory_of
from rules.france.config import CURRENCY, DEFAULT_RULES, NAME, RulesConfig
from rules.france.fraud import review
from rules.france.promises import due
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from rules.france.sim_fees import replacement_fee
from rules.plans import LineSeen, SimReplacementPlan


def plan_sim_replacement(
    order: SimReplacementOrder,
    *,
    clock: LegalClock,
    line: LineSeen,
    facts: LineFacts,
    config: SimRulesConfig = DEFAULT_SIM_RULES,
    rules: RulesConfig = DEFAULT_RULES,
) -> SimReplacementPlan | Refusal:
    """The plan at `clock`'s legal now, or why the order cannot be: who asks cannot show who he is.

    A SIM in wrong hands is out of service for good: nothing waits for it, so a card in its place is activated when it
    is delivered, and the line itself is told of the replacement only where no e-mail address is known.
    """
    territory = territory_of(order.msisdn)
    method, reason = order.authentication.method, order.reason
    why_not = allowed(method, reason)
    if why_not is not None:
        return refusal(RefusalCode.HOLDER_NOT_ENTITLED, "rules", raw_text=why_not)
    line_works = not (reason.bars_the_old_sim or line.suspended or facts.barred_since is not None)
    asked = challenge(method, reason, line.has_email, line_works=line_works)
    if isinstance(asked, Refusal):
        return asked
    fee = replacement_fee(
        reason, order.form, line=line, accepted_at=order.accepted_at, config=config, territory=territory
    )
    return SimReplacementPlan(
        regime=NAME,
        edition=config.edition,
        zone=ZONES[territory],
        currency=CURRENCY,
        due=due(order, clock=clock, config=config, rules=rules, territory=territory),
        challenge=asked,
        code_rounds=config.code_rounds,
        code_patience=config.code_patience,
        review=review(order, facts, line, config, clock.legal),
        fee=f"{fee.amount:.2f}",
        fee_why=fee.why,
        notify_line=line_works or not line.has_email,
        activate_on_delivery=reason.bars_the_old_sim,
        most_attempts=config.most_attempts,
        download_patience=config.download_patience,
        remind_after=config.activation_reminder,
    )
