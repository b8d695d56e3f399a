"""Number series: national digits from start to end, as the numbers that they mean."""

from collections.abc import Iterable, Iterator

from simulator.clearing_house.functional_refusals import FunctionalRefusal
from simulator.clearing_house.messages import Series
from simulator.clearing_house.vocabulary import MAX_NUMBERS, ErrorCode
from simulator.numbers import e164


def expand(series: Iterable[Series]) -> Iterator[str]:
    """Every number of the series as E.164, in order; raises FunctionalRefusal for digits that are no number here."""
    count = 0
    for one in series:
        start, end = one.numberseries.start, one.numberseries.end
        first, last = int(_number(start)[1:]), int(_number(end)[1:])
        if last < first:
            raise FunctionalRefusal(ErrorCode.NUMBER_UNKNOWN, start)
        count += last - first + 1
        if count > MAX_NUMBERS:
            raise FunctionalRefusal(ErrorCode.TOO_MANY_NUMBERS, start)
        for digits in range(first, last + 1):
            yield f"+{digits}"


def _number(national_digits: str) -> str:
    try:
        return e164(national_digits)
    except ValueError:
        raise FunctionalRefusal(ErrorCode.NUMBER_UNKNOWN, national_digits) from None
