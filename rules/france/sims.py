"""SIM replacements, bars and locks.

Source for a stolen handset: CPCE L34-3, as arcep.fr explains it: the line at once on the customer's call, the handset
within four *jours ouvrés* (Monday to Friday) of the declaration to the police. That the day of the declaration does not
count and the last one counts to its end is our reading; so is how long a declaration is waited for.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from domain.authentication import AuthenticationMethod
from domain.clock import LegalClock
from domain.lines import LineFacts
from domain.refusals import Refusal, RefusalCode, refusal
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from rules.france.authentication import challenge, why_not
from rules.france.calendar import ZONES, add_business_days_ouvres, local_date, local_instant, territory_of
from rules.france.config import CURRENCY, DEFAULT_RULES, NAME, RulesConfig
from rules.france.fraud import is_barred_number, review
from rules.france.promises import due
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from rules.france.sim_fees import replacement_fee
from rules.plans import CodeRules, LineSeen, SimReplacementPlan

_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Sims:
    """Figures of our own, but for the handset's."""

    config: SimRulesConfig = DEFAULT_SIM_RULES
    rules: RulesConfig = DEFAULT_RULES

    @property
    def codes(self) -> CodeRules:
        return CodeRules(tries=self.config.code_tries, lock=self.config.code_lock, valid=self.config.code_valid)

    @property
    def unlock_delay(self) -> timedelta:
        return self.config.unlock_delay

    def why_not(self, method: AuthenticationMethod, reason: ReplacementReason) -> str | None:
        return why_not(method, reason)

    def is_barred_number(self, msisdn: str) -> bool:
        return is_barred_number(msisdn, self.config)

    def handset_block_due(self, filed_at: datetime, msisdn: str) -> datetime:
        """The last second, local, of the fourth jour ouvré after the declaration."""
        territory = territory_of(msisdn)
        last_day = add_business_days_ouvres(
            local_date(filed_at, territory),
            self.config.handset_block_business_days,
            territory,
            alsace_moselle=self.rules.alsace_moselle,
        )
        return local_instant(last_day, _LAST_SECOND, territory)

    def declaration_awaited_until(self, accepted_at: datetime) -> datetime:
        return accepted_at + self.config.declaration_patience

    def plan(
        self, order: SimReplacementOrder, *, clock: LegalClock, line: LineSeen, facts: LineFacts
    ) -> SimReplacementPlan | Refusal:
        """Refused where who asks cannot show who he is.

        A SIM in wrong hands is out of service for good: nothing waits for it, so a card in its place is activated when
        it is delivered, and the line itself is told of the replacement only where no e-mail address is known.
        """
        territory = territory_of(order.msisdn)
        method, reason = order.authentication.method, order.reason
        not_enough = why_not(method, reason)
        if not_enough is not None:
            return refusal(RefusalCode.HOLDER_NOT_ENTITLED, "rules", raw_text=not_enough)
        line_works = not (reason.bars_the_old_sim or line.suspended or facts.barred_since is not None)
        asked = challenge(method, reason, line.has_email, line_works=line_works)
        if isinstance(asked, Refusal):
            return asked
        fee = replacement_fee(
            reason, order.form, line=line, accepted_at=order.accepted_at, config=self.config, territory=territory
        )
        return SimReplacementPlan(
            regime=NAME,
            edition=self.config.edition,
            zone=ZONES[territory],
            currency=CURRENCY,
            due=due(order, clock=clock, config=self.config, rules=self.rules, territory=territory),
            challenge=asked,
            code_rounds=self.config.code_rounds,
            code_patience=self.config.code_patience,
            review=review(order, facts, line, self.config, clock.legal),
            fee=f"{fee.amount:.2f}",
            fee_why=fee.why,
            notify_line=line_works or not line.has_email,
            activate_on_delivery=reason.bars_the_old_sim,
            most_attempts=self.config.most_attempts,
            download_patience=self.config.download_patience,
            remind_after=self.config.activation_reminder,
        )
