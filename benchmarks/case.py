"""What is measured: one kind of order, how it is offered, and the bare saga it is compared with."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from benchmarks.clients import Body, OpenClient
from benchmarks.shape import Step
from domain.orders import OrderKind
from stack.stack import Stack
from stack.witness import Subscription, Witness


class TooFewLines(Exception):
    """The world has fewer lines than orders were asked for."""


@dataclass(frozen=True)
class Case:
    """One kind of order.

    `bodies` finds so many orders in the stack's world. A `client` may send each once. The journal's state shows when
    an order has ended.
    """

    name: str
    kind: OrderKind
    workflow_type: str
    bodies: Callable[[Stack, int], Awaitable[Sequence[Body]]]
    client: OpenClient
    bare: tuple[Step, ...]
    most_events: int
    least_per_second: float
    least_ratio: float


async def lines_of_ours(stack: Stack, count: int) -> list[Subscription]:
    """So many plain lines of the home operator.

    Raises:
        TooFewLines: says how many there are.
    """
    async with Witness(stack.simulator_url) as witness:
        lines = await witness.plain_lines(stack.settings.home, count)
    if len(lines) < count:
        raise TooFewLines(f"the world has {len(lines)} lines of ours, {count} are needed: ask for fewer")
    return lines
