"""Settlement: the money of a contract that has ended."""

from workflows.settlement.workflow import Settlement

__all__ = ["Settlement"]
