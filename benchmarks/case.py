"""What is measured: one kind of order, how it is offered, and the bare saga it is compared with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.shape import Step
from domain.orders import OrderKind
from stack.stack import Stack

if TYPE_CHECKING:
    from benchmarks.desk import OpenDesk


class TooFewLines(Exception):
    """The world has fewer lines than orders were asked for."""


class Refused(Exception):
    """An order that should be good was not taken."""


Body = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One kind of order.

    `bodies` finds so many orders in the stack's world, each good for being asked for once at a `desk`. How an order is
    waited for needs no word here: the journal says the state of every kind alike.
    """

    name: str
    kind: OrderKind
    workflow_type: str
    bodies: Callable[[Stack, int], Awaitable[Sequence[Body]]]
    desk: "OpenDesk"
    bare: tuple[Step, ...]
    most_events: int
    least_per_second: float
    least_ratio: float
