"""The customers' phones: what becomes of an eSIM profile that is released, and of a card that comes by post."""

from simulator.phones.behaviours import behaviour_of

__all__ = ["behaviour_of"]
