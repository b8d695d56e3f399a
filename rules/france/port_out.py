"""Port out: what a donor may refuse, what makes it wait, and until when it has to answer.

Sources: decision 2006-0381, chapter II article 4 (a donor's grounds of refusal), 2012-0576, chapter IV article 10 (the
answer is due on the second working day). That a lock, a change of SIM or of contact lets an answer wait is ours: debts
and commitments are no ground, and nothing here asks for them. Sentences name no number: they are shown in timelines
and on the wire.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import accumulate, repeat

from domain.port_out import Hold, PortOutOrder, Slot
from domain.refusals import Refusal, RefusalCode, block_code, refusal
from rules.france.calendar import ZONES, add_working_days, local_date, local_instant, next_working_day, territory_of
from rules.france.config import CURRENCY, NAME
from rules.france.dates import earliest_day
from rules.france.numbering import Territory
from rules.france.port_out_config import DEFAULT_PORT_OUT, PortOutConfig
from rules.france.rio import RioError, check_rio, parse_rio
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from rules.plans import LineAsked, PortOutPlan, SlotCapacity


@dataclass(frozen=True)
class PortOut:
    """Home is donor."""

    config: PortOutConfig = DEFAULT_PORT_OUT
    sims: SimRulesConfig = DEFAULT_SIM_RULES

    @property
    def capacity(self) -> SlotCapacity:
        config = self.config
        return SlotCapacity(
            per_day=config.capacity_per_day, per_slot=config.capacity_per_slot, days_ahead=config.most_days_ahead
        )

    def plan(self, order: PortOutOrder, now: datetime) -> PortOutPlan:
        """Counted from the request's receipt; an announced delay from `now`, where the answer is already overdue."""
        config, territory, received_at = self.config, territory_of(order.msisdn), order.accepted_at
        due = self._answer_time(received_at, config.answer_working_days, territory)
        return PortOutPlan(
            regime=NAME,
            edition=config.edition,
            zone=ZONES[territory],
            currency=CURRENCY,
            warn_at=max(due - config.warn_before, received_at),
            answer_due=due,
            delayed_to=self._answer_time(max(due, now), config.delay_working_days, territory),
            agreement_valid_days=config.agreement_valid_days,
        )

    def ground_to_refuse(self, order: PortOutOrder, line: LineAsked) -> Refusal | None:
        """The days to port a number count up to the request's receipt: that we judge it later takes nobody's right
        away.
        """
        if not line.is_ours:
            return _no(RefusalCode.NUMBER_NOT_AT_DONOR, "no contract of ours has this number")
        if line.ended and (line.portable_until is None or order.accepted_at >= line.portable_until):
            return _no(RefusalCode.NUMBER_INACTIVE, "the contract has ended and its days to port the number are over")
        if line.other_dossier:
            return _no(RefusalCode.ALREADY_IN_PROGRESS, "another porting of the number is under way")
        if not _is_port_back(order, line) and not _names_the_contract(order, line):
            return _no(RefusalCode.TRANSFER_CODE_INVALID, "the RIO is missing or not that of the number's contract")
        return None

    def holds(self, order: PortOutOrder, line: LineAsked, now: datetime) -> list[Hold]:
        """What left by mistake is held by a lock alone."""
        found = [*_locked(line, now)]
        if not _is_port_back(order, line):
            found += [*self._recent_changes(line, now)]
        return found

    def delayed_until(self, held: Sequence[Hold], now: datetime, msisdn: str) -> datetime:
        """The end of the last reason where each ends by itself, else some working days on."""
        ends = [each.until for each in held if each.until is not None]
        if ends and len(ends) == len(held) and max(ends) > now:
            return max(ends)
        return self._answer_time(now, self.config.delay_working_days, territory_of(msisdn))

    def slots(self, now: datetime, msisdn: str) -> list[Slot]:
        """They are all on working days after today."""
        territory = territory_of(msisdn)
        first, later = earliest_day(now, territory=territory), repeat(territory, self.config.most_days_ahead - 1)
        return [
            Slot(day=day.isoformat(), start=local_instant(day, time(hour), territory))
            for day in accumulate(later, next_working_day, initial=first)
            for hour in sorted(set(self.config.slot_hours))
        ]

    def _answer_time(self, after: datetime, working_days: int, territory: Territory) -> datetime:
        day = add_working_days(local_date(after, territory), working_days, territory)
        return local_instant(day, self.config.answer_time, territory)

    def _recent_changes(self, line: LineAsked, now: datetime) -> Iterator[Hold]:
        if line.being_replaced:
            yield Hold(kind="sim_being_replaced", why="the line's SIM is being replaced")
        swapped_until = None if line.swapped_at is None else line.swapped_at + self.sims.port_out_hold
        if swapped_until is not None and now < swapped_until:
            yield Hold(kind="sim_replaced", why="the line's SIM was changed a short time ago", until=swapped_until)
        if line.contact_changed_at is not None:
            contact_until = line.contact_changed_at + self.config.review_contact_changed_within
            if now < contact_until:
                why = "the holder's contact was changed a short time ago"
                yield Hold(kind="contact_changed", why=why, until=contact_until)
        if line.on_barred_list:
            yield Hold(kind="barred_list", why="the number is on the barred list")


def _is_port_back(order: PortOutOrder, line: LineAsked) -> bool:
    return bool(order.back_of) and line.port_back_is_due


def _names_the_contract(order: PortOutOrder, line: LineAsked) -> bool:
    try:
        asked = parse_rio(order.authorisation.value)
        check_rio(asked, order.msisdn)
        return asked.text == parse_rio(line.code).text
    except RioError:
        return False


def _locked(line: LineAsked, now: datetime) -> Iterator[Hold]:
    """An unlocking that is due by now, and not done yet, says no more when the lock will open."""
    if line.locked:
        until = line.unlocks_at if line.unlocks_at is not None and line.unlocks_at > now else None
        yield Hold(kind="locked", why="the holder has locked the line", until=until)


def _no(code: RefusalCode, text: str) -> Refusal:
    return refusal(code, "rules", raw_code=block_code(code) or "", raw_text=text)
