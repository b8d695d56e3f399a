"""What only other systems know of a line, asked before an order about it is accepted. A system that is away refuses
nothing: the workflow asks again.
"""

from api.context import Context
from api.home_systems import AWAY, Away, answer_of
from api.http.problems import FieldError
from parties.care import Line
from rules.france.calendar import territory_of


async def our_line(here: Context, msisdn: str, patience_s: float) -> tuple[Line | Away | None, FieldError | None]:
    """The line as customer care knows it, and why no order can be about it. Who serves a number that care does not
    have is asked of the reference database; nobody about a number of another territory than ours.
    """
    territory, ours = territory_of(msisdn), here.directory.by_code(here.settings.home).territory
    if territory is not ours:
        return None, FieldError("msisdn", "number_other_territory", f"this number is of {territory}, we serve {ours}")
    line = await answer_of(here.home_systems.care.line(msisdn), patience_s)
    if line == AWAY or (line is not None and not line.has_ended):
        return line, None
    registered = await answer_of(here.registry.number(msisdn), patience_s)
    if registered != AWAY and registered is not None and registered.operator != here.settings.home:
        return line, FieldError("msisdn", "number_not_ours", "another operator serves this number")
    if line is None:
        return line, FieldError("msisdn", "unknown_line", "no line of ours has this number")
    return line, FieldError("msisdn", "number_inactive", "the line of this number has ended")
