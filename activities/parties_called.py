"""Which parties an activity calls, said where the activity is defined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from domain.party import Party

Method = TypeVar("Method", bound=Callable[..., Any])

LEGAL_CLOCK = "legal clock"
JOURNAL = "journal"

_ATTRIBUTE = "__parties_called__"


@dataclass(frozen=True)
class Called:
    """The parties of an activity, and what people read of them."""

    parties: tuple[Party, ...]
    label: str


def calls_parties(*parties: Party, own: str = LEGAL_CLOCK) -> Callable[[Method], Method]:
    """Decorator of an activity. `own` names what an activity depends on that calls no party: the legal clock of the
    rules, or our journal.
    """

    def mark(method: Method) -> Method:
        setattr(method, _ATTRIBUTE, Called(parties, _listed([party.label for party in parties]) or own))
        return method

    return mark


def called(method: Callable[..., Any]) -> Called:
    """What an activity calls. Raises `AttributeError` for one that does not say so."""
    said: Called = getattr(method, _ATTRIBUTE)
    return said


def _listed(labels: Sequence[str]) -> str:
    """As a person writes it: `HLR`, `care and HLR`, `care, HLR and clearing house`."""
    return " and ".join(filter(None, (", ".join(labels[:-1]), *labels[-1:])))
