"""Quarantine: numbers whose contract has ended, given back when their time has come."""

from workflows.quarantine.workflow import QuarantineRound, QuarantineRoundInput

__all__ = ["QuarantineRound", "QuarantineRoundInput"]
