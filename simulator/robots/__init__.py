"""The porting desks that no engine and no client plays: they answer, act on what is performed, and confirm."""

from simulator.robots.running import Running, running_in, start

__all__ = ["Running", "running_in", "start"]
