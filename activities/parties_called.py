"""Which parties an activity calls, said where the activity is defined."""

from collections.abc import Callable
from typing import Any, TypeVar

from domain.party import Party

Method = TypeVar("Method", bound=Callable[..., Any])

_ATTRIBUTE = "__parties_called__"


def calls_parties(*parties: Party) -> Callable[[Method], Method]:
    """Decorator of an activity. One that calls no party, but only our journal or the rules, names none."""

    def mark(method: Method) -> Method:
        setattr(method, _ATTRIBUTE, parties)
        return method

    return mark


def parties_called(method: Callable[..., Any]) -> tuple[Party, ...]:
    """The parties of an activity; none where it names none."""
    parties: tuple[Party, ...] = getattr(method, _ATTRIBUTE, ())
    return parties
