"""Termination: a contract of ours ends, and the line with it."""

from workflows.termination.workflow import Termination

__all__ = ["Termination"]
