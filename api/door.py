"""What only other systems know of a line, a card or a phone, asked before an order is accepted. A system that is away
refuses nothing: the workflow asks again.
"""

import asyncio

from api.context import Context
from api.home_systems import AWAY, Away, asked
from api.problems import FieldError
from api.sim_replacement_checks import CheckedReplacement
from domain.sims import SimForm
from parties.care import Line


async def our_line(here: Context, msisdn: str, patience_s: float) -> tuple[Line | Away | None, FieldError | None]:
    """The line as customer care knows it, and why no order can be about it. Who serves a number that care does not
    have is asked of the reference database; nobody about a number of another territory than ours.
    """
    numbers = here.regime.numbers
    ours = here.directory.by_code(here.settings.home).territory or numbers.main_territory
    if not numbers.may_move_to(msisdn, ours):
        sentence = f"this number is of {numbers.territory_of(msisdn)}, we serve {ours}"
        return None, FieldError("msisdn", "number_other_territory", sentence)
    line = await asked(here.home_systems.care.line(msisdn), patience_s)
    if line == AWAY or (line is not None and not line.has_ended):
        return line, None
    registered = await asked(here.registry.number(msisdn), patience_s)
    if registered != AWAY and registered is not None and registered.operator != here.settings.home:
        return line, FieldError("msisdn", "number_not_ours", "another operator serves this number")
    if line is None:
        return line, FieldError("msisdn", "unknown_line", "no line of ours has this number")
    return line, FieldError("msisdn", "number_inactive", "the line of this number has ended")


async def replacement_at_the_door(
    here: Context, checked: CheckedReplacement
) -> tuple[Line | Away | None, list[FieldError]]:
    """The line, and everything that stands against this replacement of its SIM."""
    (line, of_the_line), of_the_card, of_the_phone = await asyncio.gather(
        our_line(here, checked.msisdn, here.home_systems.patience_s), _card(here, checked.iccid), _phone(here, checked)
    )
    return line, [error for error in (of_the_line, of_the_card, of_the_phone) if error is not None]


async def _card(here: Context, iccid: str | None) -> FieldError | None:
    if iccid is None:
        return None
    home = here.home_systems
    card = await asked(home.logistics.card(iccid), home.patience_s)
    if card == AWAY:
        return None
    if card is None or card.form is not SimForm.PHYSICAL:
        return FieldError("iccid", "iccid_unknown", "no card of ours has this number")
    if card.state != "available":
        return FieldError("iccid", "iccid_used", f"this card is {card.state} already; take another")
    return None


async def _phone(here: Context, checked: CheckedReplacement) -> FieldError | None:
    if checked.body.form is not SimForm.ESIM or checked.new_handset is None:
        return None
    home = here.home_systems
    handset = await asked(home.equipment.handset(checked.new_handset), home.patience_s)
    if handset == AWAY:
        return None
    if handset.blocked:
        return FieldError("imei", "handset_blocked", "this phone is in the register of stolen handsets")
    if handset.esim:
        return None
    return FieldError("imei", "esim_not_supported", "a phone of this type takes no eSIM; choose physical")
