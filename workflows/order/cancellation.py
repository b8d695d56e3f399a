"""The customer's cancel of an order: accepted by an update, and carried out at the next place where that is safe."""

from domain.orders import Actor
from workflows.order.stops import Withdrawn


class Cancellation:
    """Whether the order is to be stopped, and on whose word."""

    def __init__(self) -> None:
        self.by: Actor | None = None

    @property
    def is_requested(self) -> bool:
        return self.by is not None

    def request(self, actor: Actor) -> None:
        """The order is to stop."""
        self.by = actor

    def stop_if_requested(self) -> None:
        """The next safe place is here.

        Raises:
            Withdrawn: a cancel was requested.
        """
        if self.by:
            raise Withdrawn(self.by)
