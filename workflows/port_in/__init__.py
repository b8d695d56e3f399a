"""Port in: a customer brings a number to the home operator."""

from workflows.port_in.workflow import PortIn

__all__ = ["PortIn"]
