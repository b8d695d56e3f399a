"""Port out: another operator asks for one of our numbers."""

from workflows.port_out.workflow import PortOut

__all__ = ["PortOut"]
