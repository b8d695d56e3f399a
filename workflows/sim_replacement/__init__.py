"""SIM replacement: a line gets a new SIM."""

from workflows.sim_replacement.workflow import SimReplacement

__all__ = ["SimReplacement"]
