"""The clearing house: the national hub that all porting messages pass through, and its reference database."""

from simulator.clearing_house.running import Running, running_in, start

__all__ = ["Running", "running_in", "start"]
