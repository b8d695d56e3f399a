"""RIO, ICCID and IMSI: how the world makes them.

A card's two identifiers come from one serial number, so either can be computed from the other.
"""

import re

RIO_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+"
RIO_MODULUS = len(RIO_ALPHABET)
REFERENCES = 36**6
"""How many six-character contract references there are."""

# Odd and not a multiple of 3, so coprime with 36**6: consecutive contracts get distinct references, far apart.
_SCATTER = 1_180_591_621
_OFFSET = 60_466_177
_REFERENCE_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IMSI = re.compile(r"208[0-9]{12}")


def rio_key(head: str, national: str) -> str:
    """The three-character key over operator, quality and reference (nine characters) and the national digits.

    The algorithm of the French code: three sums over the position of each character in the alphabet, modulo 37, in
    which the sum so far is multiplied by 1, 2 and 4.
    """
    a = b = c = 0
    for character in head + national:
        position = RIO_ALPHABET.index(character)
        a = (a + position) % RIO_MODULUS
        b = (2 * b + position) % RIO_MODULUS
        c = (4 * c + position) % RIO_MODULUS
    return RIO_ALPHABET[a] + RIO_ALPHABET[b] + RIO_ALPHABET[c]


def rio(rio_code: str, *, business: bool, reference: str, national: str) -> str:
    """The RIO of a contract: `OO Q RRRRRR CCC`, twelve characters without spaces."""
    head = f"{rio_code}{'E' if business else 'P'}{reference}"
    return head + rio_key(head, national)


def reference_number(serial: int) -> int:
    """The contract reference of an operator's n-th contract as a number below `REFERENCES`.

    Distinct for distinct serials.
    """
    return (serial * _SCATTER + _OFFSET) % REFERENCES


def reference_text(number: int) -> str:
    """A contract reference as the six characters of a RIO."""
    digits = []
    for _ in range(6):
        number, digit = divmod(number, 36)
        digits.append(_REFERENCE_DIGITS[digit])
    return "".join(reversed(digits))


def luhn_digit(digits: str) -> int:
    """The check digit that makes `digits` valid under Luhn's formula."""
    total = 0
    for index, character in enumerate(reversed(digits)):
        value = int(character) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def imsi(network: str, serial: int) -> str:
    """The IMSI of a card: 208 (France), two digits of network, ten of serial."""
    return f"208{network}{serial:010d}"


def iccid_of(imsi_digits: str) -> str | None:
    """The 19-digit ICCID of the card with that IMSI.

    89 (telecom), 33 (France), network, serial, check digit. None for a foreign IMSI.
    """
    if not _IMSI.fullmatch(imsi_digits):
        return None
    body = f"8933{imsi_digits[3:5]}{int(imsi_digits[5:]):012d}"
    return f"{body}{luhn_digit(body)}"
