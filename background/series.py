"""The numbers that a message of the clearing house names."""

from collections.abc import Callable, Iterable

from background.undeliverable import Undeliverable
from domain.identifier_error import IdentifierError
from parties.clearing_house.wire import NumberRepeat, NumberSeries, PerformedRepeat

LONGEST_SERIES = 500
"""Numbers that one message may name; COIN's own limit of a porting is far below."""


def numbers_of(repeats: Iterable[NumberRepeat | PerformedRepeat], parse: Callable[[str], str]) -> list[str]:
    """Every number, E.164 and once each, in the order of the message; `parse` is the country's. Raises
    `Undeliverable`.
    """
    found: dict[str, None] = {}
    for repeat in repeats:
        found.update(dict.fromkeys(_numbers(repeat.seq.numberseries, parse)))
        if len(found) > LONGEST_SERIES:
            raise _too_many()
    return list(found)


def _numbers(series: NumberSeries, parse: Callable[[str], str]) -> list[str]:
    """Start and end are equal for one."""
    first, last, width = int(series.start), int(series.end), len(series.start)
    if not 0 <= last - first < LONGEST_SERIES:
        raise _too_many()
    try:
        return [parse(f"{digits:0{width}d}") for digits in range(first, last + 1)]
    except IdentifierError as error:
        raise Undeliverable(f"its numbers are not mobile numbers: {error.code}") from None


def _too_many() -> Undeliverable:
    return Undeliverable(f"names more than {LONGEST_SERIES} numbers at once, or none")
