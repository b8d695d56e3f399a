"""The numbering plan of the world: which operator was first given which range.

Each operator holds a part of the fiction range 06 39 98 xx xx, which small worlds use first, and whole blocks 07 9x
xx xx xx for larger ones. Of every block the first 75 % are for lines that stay with the range holder, the next 10 %
for lines that a new world shows as ported away, and the last 15 % are free in a new world.
"""

from dataclasses import dataclass

_OWN, _AWAY = 0.75, 0.85


@dataclass(frozen=True)
class Block:
    """Consecutive numbers of one holder, all that begin with `prefix` (national digits)."""

    holder: str
    prefix: str

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return int(10 ** (10 - len(self.prefix)))

    @property
    def own(self) -> range:
        """Indices of numbers that begin life with the holder."""
        return range(int(self.size * _OWN))

    @property
    def away(self) -> range:
        """Indices of numbers that begin life ported away."""
        return range(int(self.size * _OWN), int(self.size * _AWAY))

    def number(self, index: int) -> str:
        """The E.164 number at an index."""
        return f"+33{self.prefix[1:]}{index:0{10 - len(self.prefix)}d}"


_FICTION = {"ALIZE": "01", "BOREA": "23", "CIRUS": "45", "DUNE": "67", "EOLE": "8", "FJORD": "9"}
_LARGE = {"ALIZE": "012", "BOREA": "34", "CIRUS": "56", "DUNE": "7", "EOLE": "8", "FJORD": "9"}

PLAN: dict[str, tuple[Block, ...]] = {
    holder: (
        *(Block(holder, f"063998{digit}") for digit in _FICTION[holder]),
        *(Block(holder, f"079{digit}") for digit in _LARGE[holder]),
    )
    for holder in _FICTION
}
"""The blocks of each operator, in the order in which they are used."""

MAX_SUBSCRIBERS = 6_000_000
"""The largest world for which the plan has numbers."""

_BY_PREFIX = {f"+33{block.prefix[1:]}": block.holder for blocks in PLAN.values() for block in blocks}
_LENGTHS = sorted({len(prefix) for prefix in _BY_PREFIX}, reverse=True)


def range_holder(msisdn: str) -> str | None:
    """The operator whose range an E.164 number is in; None outside the plan."""
    for length in _LENGTHS:
        holder = _BY_PREFIX.get(msisdn[:length])
        if holder is not None:
            return holder
    return None
