"""The RIO, the French porting code: 12 characters that name a contract at the donor, the last three a key over code
and number.

Structure `OO Q RRRRRR CCC`: operator, `P` (consumer) or `E` (enterprise), the donor's contract reference, key.
Source: Arcep decision 2012-0576, chapter V article 13; article 13 III makes the recipient check form and key at the
moment of the request. The key finds typing errors and proves nothing about who asks: anyone who knows the number can
compute it.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import combinations
from typing import Self

from domain.authorisation import Authorisation, AuthorisationRefused
from domain.model import Model
from rules.france.msisdn import national

KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+"
_RANK = {character: rank for rank, character in enumerate(KEY_ALPHABET)}

# Seen before upper-casing: str.upper() turns some foreign letters (dotless i, long s) into Latin ones.
_TYPED = re.compile(r"[0-9A-Za-z+ ]{12,40}")
_FORM = re.compile(r"([0-9A-Z]{2})([A-Z])([0-9A-Z]{6})([0-9A-Z+]{3})")

MAX_SWAPS = 3
"""Most O/0 confusions a suggestion mends: with more, a wrong guess would begin to fit the key by chance."""

_SWAP = {"O": "0", "0": "O"}


class RioError(AuthorisationRefused):
    """A RIO that cannot be used."""

    def __init__(self, reason: str, suggestion: str | None = None) -> None:
        super().__init__("rio_invalid", reason, suggestion)


class RioKind(StrEnum):
    """The offer's market, mobile lines."""

    CONSUMER = "P"
    ENTERPRISE = "E"


class Rio(Model):
    """A RIO taken apart; its form is right, its key unchecked until `check_rio`. Printing it shows the operator
    only.
    """

    operator_code: str
    kind: RioKind
    contract_reference: str
    key: str

    @property
    def text(self) -> str:
        """The 12 characters."""
        return f"{self.operator_code}{self.kind}{self.contract_reference}{self.key}"

    def __repr__(self) -> str:
        return f"Rio({self.operator_code}{self.kind}*********)"

    __str__ = __repr__

    @classmethod
    def of(cls, operator_code: str, kind: str, contract_reference: str, msisdn: str) -> Self:
        """The RIO of a contract, its key computed. `msisdn` is E.164. Raises `RioError` if a part has the wrong
        form.
        """
        parsed = parse_rio(f"{operator_code}{kind}{contract_reference}+++")
        key = rio_key(parsed.operator_code, parsed.kind, parsed.contract_reference, national(msisdn))
        return cls(
            operator_code=parsed.operator_code, kind=parsed.kind, contract_reference=parsed.contract_reference, key=key
        )


def sealed(text: str) -> Authorisation:
    """A RIO as the rest of the engine keeps it."""
    return Authorisation(kind="rio", value=text)


def as_typed(text: str) -> str:
    """Capitals without spaces; as it is where a foreign letter's capital would turn it into another RIO."""
    return "".join(text.split()).upper() if text.isascii() else text


def parse_rio(text: str) -> Rio:
    """Take a typed RIO apart: case and plain spaces (U+0020) are normalised and nothing else. O and 0 are both
    letters of the alphabet and never swapped. Raises `RioError`.
    """
    if not _TYPED.fullmatch(text):
        raise RioError("a RIO has 12 characters: the letters A to Z, the digits 0 to 9 and, in its key, +")
    form = _FORM.fullmatch(text.replace(" ", "").upper())
    if form is None:
        raise RioError("a RIO has 12 characters: operator (2), P or E, contract reference (6), key (3)")
    operator_code, kind, contract_reference, key = form.groups()
    if kind not in ("P", "E"):
        raise RioError("the third character of a mobile line's RIO is P or E")
    return Rio(operator_code=operator_code, kind=RioKind(kind), contract_reference=contract_reference, key=key)


def rio_key(operator_code: str, kind: str, contract_reference: str, national_number: str) -> str:
    """The three characters of the key. `national_number` has 10 or 14 digits, leading 0.

    Three sums modulo 37 over the ranks of all characters, doubling 0, 1 and 2 times at each step. Six published
    implementations agree (e.g. gist.github.com/Zenithar/1597257, gist.github.com/dolmen/1800884). Raises `RioError`
    on a character outside the alphabet.
    """
    once = twice = fourfold = 0
    try:
        for character in f"{operator_code}{kind}{contract_reference}{national_number}":
            rank = _RANK[character]
            once += rank
            twice = (2 * twice + rank) % 37
            fourfold = (4 * fourfold + rank) % 37
    except KeyError:
        raise RioError("a RIO's key is computed over A to Z, 0 to 9 and + only") from None
    return KEY_ALPHABET[once % 37] + KEY_ALPHABET[twice] + KEY_ALPHABET[fourfold]


def check_rio(rio: Rio, msisdn: str) -> None:
    """Check the key against the number (E.164); raises `RioError`, with a suggestion if confusing O and 0 would
    explain it.
    """
    national_number = national(msisdn)
    if not _fits(rio.text, national_number):
        raise RioError(
            "the RIO does not belong to this number: its key does not fit", _swap_that_fits(rio.text, national_number)
        )


def _fits(text: str, national_number: str) -> bool:
    return rio_key(text[:2], text[2], text[3:9], national_number) == text[9:]


def _swap_that_fits(text: str, national_number: str) -> str | None:
    """The text with the fewest O/0 swaps that fits the number; None if none does, or several with equally few."""
    places = [place for place, character in enumerate(text) if character in _SWAP]
    for swaps in range(1, MAX_SWAPS + 1):
        fitting = [candidate for candidate in _swapped(text, places, swaps) if _fits(candidate, national_number)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _swapped(text: str, places: list[int], swaps: int) -> Iterator[str]:
    for chosen in combinations(places, swaps):
        yield "".join(_SWAP[character] if place in chosen else character for place, character in enumerate(text))
