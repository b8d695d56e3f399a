"""Port out: what a donor may refuse, what makes it wait, and until when it has to answer.

Sources: decision 2006-0381, chapter II article 4 (a donor's grounds of refusal), 2012-0576, chapter IV article 10 (the
answer is due on the second working day). That a lock, a change of SIM or of contact lets an answer wait is ours: debts
and commitments are no ground, and nothing here asks for them. Sentences name no number: they are shown in timelines
and on the wire.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import accumulate, repeat

from domain.lines import LineFacts
from domain.port_out import Hold, PortOutOrder, Slot
from domain.refusals import Refusal, RefusalCode, block_code, refusal
from rules.france.calendar import ZONES, Territory, add_working_days, local_date, local_instant, next_working_day
from rules.france.config import CURRENCY, NAME
from rules.france.dates import earliest_day
from rules.france.fraud import hold_port_out_until
from rules.france.port_out_config import DEFAULT_PORT_OUT, PortOutConfig
from rules.france.rio import RioError, check_rio, parse_rio
from rules.france.sim_config import DEFAULT_SIM_RULES, SimRulesConfig
from rules.plans import LineAsked, PortOutPlan


def plan_port_out(
    received_at: datetime,
    config: PortOutConfig = DEFAULT_PORT_OUT,
    territory: Territory = Territory.METROPOLE,
    now: datetime | None = None,
) -> PortOutPlan:
    """The deadlines of a request received at this legal instant. `now`: of the planning, where it is later."""
    due = _answer_time(received_at, config.answer_working_days, config, territory)
    return PortOutPlan(
        regime=NAME,
        edition=config.edition,
        zone=ZONES[territory],
        currency=CURRENCY,
        warn_at=max(due - config.warn_before, received_at),
        answer_due=due,
        delayed_to=_answer_time(max(due, now or due), config.delay_working_days, config, territory),
        agreement_valid_days=config.agreement_valid_days,
    )


def ground_to_refuse(order: PortOutOrder, line: LineAsked) -> Refusal | None:
    """The legal ground on which the request is refused; None: the number must be let go.

    The days to port a number count up to the request's receipt: that we judge it later takes nobody's right away.
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


def holds(
    order: PortOutOrder,
    line: LineAsked,
    now: datetime,
    config: PortOutConfig = DEFAULT_PORT_OUT,
    sim_rules: SimRulesConfig = DEFAULT_SIM_RULES,
) -> list[Hold]:
    """Why the answer waits at legal `now`; none: it does not. What left by mistake is held by a lock alone."""
    found = [*_locked(line, now)]
    if not _is_port_back(order, line):
        found += [*_changing(line, now, config, sim_rules)]
    return found


def delayed_until(
    held: Sequence[Hold],
    now: datetime,
    config: PortOutConfig = DEFAULT_PORT_OUT,
    territory: Territory = Territory.METROPOLE,
) -> datetime:
    """The legal instant that is announced for the answer, always after `now`: the end of the last reason where each
    ends by itself, else some working days on.
    """
    ends = [each.until for each in held if each.until is not None]
    if ends and len(ends) == len(held) and max(ends) > now:
        return max(ends)
    return _answer_time(now, config.delay_working_days, config, territory)


def slots_from(
    now: datetime, config: PortOutConfig = DEFAULT_PORT_OUT, territory: Territory = Territory.METROPOLE
) -> list[Slot]:
    """The slots in which a number may leave, the first possible one first; `now` is legal time. They are all on
    working days after today.
    """
    first = earliest_day(now, territory=territory)
    days = accumulate(
        repeat(territory, config.most_days_ahead - 1), lambda day, there: next_working_day(day, there), initial=first
    )
    return [
        Slot(day=day.isoformat(), start=local_instant(day, time(hour), territory))
        for day in days
        for hour in sorted(set(config.slot_hours))
    ]


def _answer_time(after: datetime, working_days: int, config: PortOutConfig, territory: Territory) -> datetime:
    day = add_working_days(local_date(after, territory), working_days, territory)
    return local_instant(day, config.answer_time, territory)


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


def _changing(line: LineAsked, now: datetime, config: PortOutConfig, sim_rules: SimRulesConfig) -> Iterator[Hold]:
    if line.being_replaced:
        yield Hold(kind="sim_being_replaced", why="the line's SIM is being replaced")
    swapped_until = hold_port_out_until(LineFacts(swapped_at=line.swapped_at), sim_rules)
    if swapped_until is not None and now < swapped_until:
        yield Hold(kind="sim_replaced", why="the line's SIM was changed a short time ago", until=swapped_until)
    if line.contact_changed_at is not None:
        contact_until = line.contact_changed_at + config.review_contact_changed_within
        if now < contact_until:
            why = "the holder's contact was changed a short time ago"
            yield Hold(kind="contact_changed", why=why, until=contact_until)
    if line.on_barred_list:
        yield Hold(kind="barred_list", why="the number is on the barred list")


def _no(code: RefusalCode, text: str) -> Refusal:
    return refusal(code, "rules", raw_code=block_code(code) or "", raw_text=text)
