"""What only other systems know of a line, asked before an order about it is accepted. A system that is away refuses
nothing: the workflow asks again.
"""

from api.context import Context
from api.home_systems import AWAY, Away, answer_of
from api.http.problems import FieldError
from parties.care import Line


async def our_line(context: Context, msisdn: str, patience_s: float) -> tuple[Line | Away | None, FieldError | None]:
    """The line as customer care knows it, and why no order can be about it. Who serves a number that care does not
    have is asked of the reference database; nobody about a number of another territory than ours.
    """
    numbers = context.regime.numbers
    ours = context.directory.by_code(context.settings.home).territory or numbers.main_territory
    if not numbers.may_move_to(msisdn, ours):
        sentence = f"this number is of {numbers.territory_of(msisdn)}, we serve {ours}"
        return None, FieldError("msisdn", "number_other_territory", sentence)
    line = await answer_of(context.home_systems.care.line(msisdn), patience_s)
    if line == AWAY or (line is not None and not line.has_ended):
        return line, None
    registered = await answer_of(context.registry.number(msisdn), patience_s)
    if registered != AWAY and registered is not None and registered.operator != context.settings.home:
        return line, FieldError("msisdn", "number_not_ours", "another operator serves this number")
    if line is None:
        return line, FieldError("msisdn", "unknown_line", "no line of ours has this number")
    return line, FieldError("msisdn", "number_inactive", "the line of this number has ended")
