"""Why an order stops before its point of no return. Raised inside a story, caught in one place, which undoes and
closes.
"""

from domain.orders import Actor, OrderState
from domain.refusals import Refusal


class OrderStopped(Exception):
    """The order ends here, before the point of no return; everything done so far is undone."""

    state: OrderState = OrderState.FAILED

    def __init__(self, actor: Actor, *, refusal: Refusal | None = None) -> None:
        super().__init__(actor.reason)
        self.actor = actor
        self.refusal = refusal


class Refused(OrderStopped):
    """The donor or the rules said no."""

    state = OrderState.REJECTED


class Withdrawn(OrderStopped):
    """The customer cancelled in time."""

    state = OrderState.CANCELLED


class GivenUp(OrderStopped):
    """A human decided that it cannot be done."""

    state = OrderState.FAILED


class Expired(OrderStopped):
    """An agreement was not made use of in time."""

    state = OrderState.CANCELLED


class Folded(OrderStopped):
    """Another order has brought about what this one was for."""

    state = OrderState.CANCELLED


class DayMissed(Exception):
    """The cut-over could not start within its slot; nothing has been declared, the day is planned again."""


class TakenBack(Exception):
    """The donor refused after its yes, before the cut-over: the dossier is closed, a person looks."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code.value)
        self.refusal = refusal


class PerformedMeanwhile(Exception):
    """An undo found the port performed: the point of no return has been passed, from here only forward."""
