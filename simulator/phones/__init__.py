"""The customers' phones: what becomes of an eSIM profile that is released, and of a card that comes by post."""

from simulator.phones.behaviours import behaviour_of
from simulator.phones.running import Running, running_in, start

__all__ = ["Running", "behaviour_of", "running_in", "start"]
