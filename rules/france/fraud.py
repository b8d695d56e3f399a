"""What makes a person look at a SIM replacement before it is done.

No French text was found [NF]: figures are configuration, "ours", after the seven days that the FCC and India's TRAI
let pass after a change of SIM; that a port in counts as a change of SIM is CAMARA's SimSwap. Sentences name no number,
name or device: they are shown in timelines and Temporal.
"""

from datetime import datetime, timedelta

from domain.identifier_error import IdentifierError
from domain.lines import LineFacts
from domain.sim_replacement import SimReplacementOrder
from rules.france.msisdn import parse_msisdn
from rules.france.sim_config import SimRulesConfig
from rules.plans import LineSeen

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def review(
    order: SimReplacementOrder, facts: LineFacts, line: LineSeen, config: SimRulesConfig, now: datetime
) -> tuple[str, ...]:
    """Why a person looks at this order first, one sentence each; empty: nobody has to. `now` is legal time."""
    return (
        *_recent(line.contact_changed_at, config.review_contact_changed_within, now, "the contact was changed"),
        *_recent(_last_swap(facts, line), config.review_replaced_within, now, "the line's SIM was changed"),
        *_on_barred_list(order, config),
        *_barred_by_another(order, facts),
    )


def is_barred_number(msisdn: str, config: SimRulesConfig) -> bool:
    """Whether an E.164 number is on the barred list, however it is typed there."""
    return _normal(msisdn) in {_normal(entry) for entry in config.barred_list}


def _last_swap(facts: LineFacts, line: LineSeen) -> datetime | None:
    """The last change of number and IMSI, a port in included, by the journal or by customer care."""
    return max((at for at in (facts.swapped_at, line.sim_since) if at is not None), default=None)


def _recent(at: datetime | None, within: timedelta, now: datetime, what: str) -> list[str]:
    return [f"{what} less than {_span(within)} ago"] if at is not None and now - at < within else []


def _on_barred_list(order: SimReplacementOrder, config: SimRulesConfig) -> list[str]:
    barred = {_normal(entry) for entry in config.barred_list} - {""}
    asked = {
        "the number": order.msisdn,
        "the phone for the eSIM (EID)": order.eid,
        "the handset (IMEI)": order.imei,
        "the shop's agent": order.authentication.agent,
    }
    return [f"{what} is on the barred list" for what, value in asked.items() if value and _normal(value) in barred]


def _barred_by_another(order: SimReplacementOrder, facts: LineFacts) -> list[str]:
    if order.reason.bars_the_old_sim or facts.barred_since is None or facts.barred_by == order.order_id:
        return []
    return [f"the line was barred by another order, yet the reason given is {order.reason}"]


def _normal(text: str) -> str:
    """The same for `06 39 98 00 01` and `+33639980001`, for capitals and small letters, with dashes and without."""
    try:
        return parse_msisdn(text)
    except IdentifierError:
        return "".join(character for character in text.casefold() if character.isalnum())


def _span(length: timedelta) -> str:
    return f"{length // _DAY} days" if length % _DAY == timedelta(0) else f"{length / _HOUR:g} hours"
