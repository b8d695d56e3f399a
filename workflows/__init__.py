"""The stories: durable workflows that decide when; rules decide whether, activities do."""

from workflows.line_service import LineService
from workflows.port_in import PortIn
from workflows.port_out import PortOut
from workflows.quarantine import QuarantineRound
from workflows.settlement import Settlement
from workflows.sim_replacement import SimReplacement
from workflows.termination import Termination

ALL_WORKFLOWS: tuple[type, ...] = (
    PortIn,
    PortOut,
    SimReplacement,
    LineService,
    Termination,
    Settlement,
    QuarantineRound,
)
