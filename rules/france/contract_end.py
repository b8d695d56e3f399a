"""The end of a contract: notice, last day, what it costs, and what becomes of the number.

Sources: Code de la consommation, L224-39: a notice of at most ten days from receipt of the request; the consumer may
ask for longer. That the day of receipt does not count, and that the last one counts to its end, is our reading, as the
code of civil procedure counts days (articles 641 and 642).

Decision 2013-0830, article 12 II: the number is portable for forty calendar days, its RIO kept; decision 2022-1583,
2.2.6: it is given to nobody else before 45 to 120 days, the operator's choice, from the end's effect. Day 1 is the
first whole local day after the contract's end (ours). Days end at local midnights, whatever clocks do in them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.contracts import Account, Contract, Difference, InvoiceLine, LeavingCost
from domain.lines import LineFacts
from domain.refusals import Refusal, RefusalCode, refusal
from domain.sim_replacement import ReplacementReason
from domain.termination import SettlementOrder, SettlementPatience, TerminationOrder
from rules.dates import DateRefused, refused, show
from rules.france.authentication import challenge
from rules.france.calendar import ZONES, ended_on, local_date, local_instant, territory_of
from rules.france.config import CURRENCY, NAME
from rules.france.contract_end_config import DEFAULT_CONTRACT_END, ContractEndConfig
from rules.france.invoice import check_invoice
from rules.france.leaving_cost import leaving_cost
from rules.france.numbering import Territory
from rules.france.refunds import owe_back
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from rules.plans import LineSeen, QuarantineTerms, Refunds, TerminationPlan

_ONE_DAY = timedelta(days=1)
_MIDNIGHT = time(0)


@dataclass(frozen=True)
class ContractEnds:
    """After the Code de la consommation."""

    config: ContractEndConfig = DEFAULT_CONTRACT_END
    sims: SimRulesConfig = DEFAULT_SIM_RULES

    @property
    def patience(self) -> SettlementPatience:
        config = self.config
        return SettlementPatience(
            invoice=config.invoice_patience,
            dispute=config.dispute_patience,
            payment=config.payment_patience,
            item=config.item_patience,
        )

    def last_day(self, receipt: datetime, requested: date | None, territory: str) -> date:
        """The day asked for, else the first that the notice allows. Refused with `date_in_past`, `date_before_notice`
        or `date_too_far`.
        """
        where, config = Territory(territory), self.config
        today = local_date(receipt, where)
        first = today + timedelta(days=config.notice_days)
        if requested is None:
            return first
        if requested < today:
            raise refused("date_in_past", f"{show(requested)} is over", receipt, ZONES[where])
        if requested < first:
            why = f"with {config.notice_days} days' notice the first last day that can be chosen is {show(first)}"
            raise refused("date_before_notice", why, receipt, ZONES[where])
        furthest = today + timedelta(days=config.max_lead_days)
        if requested > furthest:
            why = f"the last day that can be chosen is {show(furthest)}"
            raise refused("date_too_far", why, receipt, ZONES[where])
        return requested

    def effective_at(self, day: date, msisdn: str) -> datetime:
        return local_instant(day + _ONE_DAY, _MIDNIGHT, territory_of(msisdn))

    def ended_on(self, ended_at: datetime, msisdn: str) -> date:
        return ended_on(ended_at, territory_of(msisdn))

    def quarantine(self, ended_at: datetime, msisdn: str) -> QuarantineTerms:
        last_day = self.ended_on(ended_at, msisdn)
        return QuarantineTerms(
            portable_until=self.effective_at(last_day + timedelta(days=self.config.portable_days), msisdn),
            reassignable_from=self.effective_at(last_day + timedelta(days=self.config.quarantine_days), msisdn),
        )

    def plan(
        self, order: TerminationOrder, *, line: LineSeen, contract: Contract, account: Account, facts: LineFacts
    ) -> TerminationPlan | Refusal:
        """The SIM is in the holder's hands, so a code goes where it would for an upgrade: by SMS to the line if that
        works.
        """
        config, msisdn, territory = self.config, order.msisdn, territory_of(order.msisdn)
        try:
            day = self.last_day(order.accepted_at, order.requested_date, territory)
        except DateRefused as error:
            return refusal(RefusalCode.DATE_NOT_POSSIBLE, "rules", raw_code=error.code, raw_text=error.reason)
        line_works = not line.suspended and facts.barred_since is None
        asked = challenge(order.authentication.method, ReplacementReason.UPGRADE, line.has_email, line_works=line_works)
        if isinstance(asked, Refusal):
            return asked
        ends = self.effective_at(day, msisdn)
        return TerminationPlan(
            regime=NAME,
            edition=config.edition,
            zone=ZONES[territory],
            currency=CURRENCY,
            effective_at=ends,
            challenge=asked,
            code_rounds=self.sims.code_rounds,
            code_patience=self.sims.code_patience,
            cost=self.cost(contract, day, account),
            patience=self.patience,
            **self.quarantine(ends, msisdn).model_dump(),
        )

    def cost(self, contract: Contract, last_day: date, account: Account) -> LeavingCost:
        return leaving_cost(contract, last_day, account, self.config)

    def check_invoice(self, order: SettlementOrder, lines: Iterable[InvoiceLine]) -> list[Difference]:
        ends, where = order.effective_at, territory_of(order.msisdn)
        return check_invoice(lines, contract=order.contract, cost=order.cost, effective_at=ends, territory=where)

    def refunds(
        self,
        order: SettlementOrder,
        account: Account,
        now: datetime,
        *,
        returned_at: datetime | None,
        paid_at: datetime | None,
    ) -> Refunds:
        return owe_back(
            account,
            returned_at=returned_at,
            paid_at=paid_at,
            now=now,
            effective_at=order.effective_at,
            config=self.config,
            territory=territory_of(order.msisdn),
        )
