"""The SM-DP+ of every operator: the server from which phones fetch eSIM profiles (GSMA SGP.22, interface ES2+)."""

from simulator.smdp.running import Running, running_in, start

__all__ = ["Running", "running_in", "start"]
