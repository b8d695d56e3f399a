"""What only other systems know of a line, a card or a phone, asked before a SIM replacement is accepted. A system that
is away refuses nothing: the workflow asks again.
"""

import asyncio

from api.context import Context
from api.home_systems import AWAY, Away, answer_of
from api.http.problems import FieldError
from api.lines.line_checks import our_line
from api.sim_replacement.checks import CheckedReplacement
from domain.sims import SimForm
from parties.care import Line


async def party_checks(context: Context, checked: CheckedReplacement) -> tuple[Line | Away | None, list[FieldError]]:
    """The line, and everything that stands against this replacement of its SIM."""
    (line, of_the_line), of_the_card, of_the_phone = await asyncio.gather(
        our_line(context, checked.msisdn, context.home_systems.patience_s),
        _card(context, checked.iccid),
        _phone(context, checked),
    )
    return line, [error for error in (of_the_line, of_the_card, of_the_phone) if error is not None]


async def _card(context: Context, iccid: str | None) -> FieldError | None:
    if iccid is None:
        return None
    home = context.home_systems
    card = await answer_of(home.logistics.card(iccid), home.patience_s)
    if card == AWAY:
        return None
    if card is None or card.form is not SimForm.PHYSICAL:
        return FieldError("iccid", "iccid_unknown", "no card of ours has this number")
    if card.state != "available":
        return FieldError("iccid", "iccid_used", f"this card is {card.state} already; take another")
    return None


async def _phone(context: Context, checked: CheckedReplacement) -> FieldError | None:
    if checked.body.form is not SimForm.ESIM or checked.new_handset is None:
        return None
    home = context.home_systems
    handset = await answer_of(home.equipment.handset(checked.new_handset), home.patience_s)
    if handset == AWAY:
        return None
    if handset.blocked:
        return FieldError("imei", "handset_blocked", "this phone is in the register of stolen handsets")
    if handset.esim:
        return None
    return FieldError("imei", "esim_not_supported", "a phone of this type takes no eSIM; choose physical")
