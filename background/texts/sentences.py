"""What texts are made of: sentences, each in every language, some only where a field calls for them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Fields = Mapping[str, str]


def _always(fields: Fields) -> bool:  # noqa: ARG001 - the shape of a condition
    return True


@dataclass(frozen=True)
class Sentence:
    """One thought. `$name` is a field; `when`: whether this message's fields call for it."""

    fr: str
    en: str
    when: Callable[[Fields], bool] = _always

    def text_in(self, language: str) -> str:
        """French unless English is asked for."""
        return self.en if language == "en" else self.fr


Text = tuple[Sentence, ...]


@dataclass(frozen=True)
class Texts:
    """All texts about one kind of order.

    `kinds` are named without the order's kind. A name ending in `_{n}` stands for every number: what may happen again
    is told each time. `reasons`: what stands for the values of the field `reason`.
    """

    subject: Sentence
    kinds: Mapping[str, Text]
    reasons: Mapping[str, Sentence]
    other_reason: Sentence


def has(*names: str) -> Callable[[Fields], bool]:
    """All these fields are there."""
    return lambda fields: all(fields.get(name) for name in names)


def says(name: str, value: str) -> Callable[[Fields], bool]:
    """This field has this value."""
    return lambda fields: fields.get(name) == value


def says_not(name: str, value: str) -> Callable[[Fields], bool]:
    """This field has another value or is missing."""
    return lambda fields: fields.get(name) != value
