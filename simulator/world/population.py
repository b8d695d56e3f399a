"""The lines of a new world, operator by operator: the same for the same seed and size.

The first hundred of each operator are plain: active consumers in its own range, no commitment, no subsidised handset.
After them comes a mix: lines ported in, business holders, commitments signed around the turn of 2022 to 2023 (the
rule for leaving fees changed on 1 January 2023), subsidised handsets, suspended lines, and lines that ended less and
more than 40 days ago.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from simulator.world import identifiers
from simulator.world.bulk_identifiers import iccid, rio
from simulator.world.clock import iso
from simulator.world.holder_names import company, person
from simulator.world.number_sequences import NumberSequences
from simulator.world.operators import OPERATORS, Operator
from simulator.world.subscriber import ACTIVE, ENDED, SUSPENDED
from simulator.world.subscriber_table import ids_of

PLAIN = 100
_FEE_RULE_CHANGED = date(2023, 1, 1)
_OLDEST_CONTRACT = date(2019, 1, 1)
_CONTRACT_DAYS = (date(2026, 6, 30) - _OLDEST_CONTRACT).days
_PRICES = ("4.99", "9.99", "14.99", "19.99", "24.99", "29.99", "39.99", "49.99")
_COMMITMENTS = (0, 0, 0, 0, 12, 24, 24, 24)

SubscriberRow = tuple[int, str, str, str, str, str, str, str, str, str, str, int, str, int, str | None]


@dataclass(frozen=True)
class Line:
    """One line of a new world: its row at care, and whether it is ported in."""

    row: SubscriberRow
    ported_in: bool


def sizes(subscribers: int) -> dict[str, int]:
    """How many lines each operator gets, in the operators' order. The first also gets what rounding leaves."""
    shares = {operator.code: subscribers * operator.share // 100 for operator in OPERATORS.values()}
    first = next(iter(shares))
    shares[first] += subscribers - sum(shares.values())
    return shares


def lines(seed: int, subscribers: int, now: datetime) -> Iterator[Line]:
    """All lines, operator after operator. `now` (legal) is what \"ended 12 days ago\" counts from."""
    sequences = NumberSequences()
    for code, size in sizes(subscribers).items():
        yield from _of_operator(OPERATORS[code], size, random.Random(f"{seed}:{code}"), sequences, now)


def _of_operator(
    operator: Operator, size: int, chance: random.Random, sequences: NumberSequences, now: datetime
) -> Iterator[Line]:
    first = ids_of(operator.code)[0]
    others = [code for code in OPERATORS if code != operator.code]
    for serial in range(size):
        # One draw a line, cut into independent slices: drawing for every field would double the time of a large world.
        bits = chance.getrandbits(64)
        plain = serial < PLAIN
        ported_in = not plain and (bits & 0xFF) < 20  # 8 %
        business = not plain and (bits >> 8 & 0xFF) < 64  # a quarter
        holder = others[(bits >> 16 & 0xFF) % len(others)] if ported_in else operator.code
        msisdn = sequences.away(holder) if ported_in else sequences.own(holder)
        state, ended_at = (ACTIVE, None) if plain else _state(bits >> 24 & 0xFF, bits >> 32 & 0xFF, now)
        commitment = 0 if plain else _COMMITMENTS[bits >> 40 & 0x7]
        subsidised = commitment == 24 and (bits >> 43 & 1) == 1
        imsi = identifiers.imsi(operator.imsi_network, serial)
        yield Line(
            row=(
                first + serial,
                msisdn,
                operator.code,
                state,
                rio(operator.rio_code, business, identifiers.reference_number(serial), msisdn),
                "business" if business else "consumer",
                company(bits >> 44) if business else person(bits >> 44),
                iccid(operator.imsi_network, serial),
                imsi,
                f"{operator.code}-{serial:010d}",
                _signed_on(bits >> 16, plain),
                commitment,
                _PRICES[bits >> 61],
                int(subsidised),
                ended_at,
            ),
            ported_in=ported_in,
        )


def _state(draw: int, days: int, now: datetime) -> tuple[str, str | None]:
    if draw < 5:
        return SUSPENDED, None
    if draw < 8:
        return ENDED, iso(now - timedelta(days=1 + days % 39))
    if draw < 11:
        return ENDED, iso(now - timedelta(days=41 + days % 80))
    return ACTIVE, None


def _signed_on(bits: int, plain: bool) -> str:
    if not plain and (bits >> 28 & 0x7) == 0:
        day = _FEE_RULE_CHANGED + timedelta(days=(bits & 0x3) - 2)  # 30 December to 2 January
    else:
        day = _OLDEST_CONTRACT + timedelta(days=(bits & 0xFFFF) % _CONTRACT_DAYS)
    return day.isoformat()
