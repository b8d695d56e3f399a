"""Numbers for a new world, in the order of the numbering plan."""

from collections.abc import Callable, Iterator

from simulator.world.ranges import PLAN, Block


class NumberSequences:
    """Of each range holder one sequence of numbers that stay with it, and one of numbers that are ported away."""

    def __init__(self) -> None:
        self._own = {holder: _walk(blocks, lambda block: block.own) for holder, blocks in PLAN.items()}
        self._away = {holder: _walk(blocks, lambda block: block.away) for holder, blocks in PLAN.items()}

    def own(self, holder: str) -> str:
        """The next number that begins life with its range holder."""
        return next(self._own[holder])

    def away(self, holder: str) -> str:
        """The next number that begins life ported away."""
        return next(self._away[holder])


def _walk(blocks: tuple[Block, ...], part: Callable[[Block], range]) -> Iterator[str]:
    for block in blocks:
        width = 10 - len(block.prefix)
        head = f"+33{block.prefix[1:]}"
        for index in part(block):
            yield f"{head}{index:0{width}d}"
