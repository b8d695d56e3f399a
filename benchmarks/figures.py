"""What a run measured: the form of the JSON that is kept."""

import math
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Figure(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Histories(Figure):
    """Of Temporal's histories: events and bytes, and how often each command appears in a typical one."""

    events_median: float
    events_most: int
    bytes_mean: float
    commands: dict[str, int]


class Load(Figure):
    """One load: `count` orders or sagas. Latencies are seconds from acceptance to the end; CPU is milliseconds per
    order, `cores` how much of a processor each process used; `others_cores`: all other programs of the machine;
    `drain_s`: from the end of the last order to the last message to a customer; `parts`: what else was measured of an
    order's life, by a name with its unit."""

    count: int
    seconds: float
    per_second: float
    p50_s: float
    p95_s: float
    by_state: dict[str, int]
    cpu_ms: dict[str, float]
    cores: dict[str, float]
    others_cores: float
    disk_bytes: dict[str, float]
    drain_s: float
    histories: Histories
    parts: dict[str, float] = {}

    @property
    def cpu_ms_total(self) -> float:
        """Of all our processes, the client among them."""
        return sum(self.cpu_ms.values())


class Machine(Figure):
    """Where it was measured."""

    processors: int
    model: str
    memory_gib: float
    system: str
    versions: dict[str, str]


class Result(Figure):
    """One run of one case. `ratio`: orders per second to bare sagas per second, `cpu_ratio` the same by CPU time."""

    case: str
    at: datetime
    machine: Machine
    settings: dict[str, str]
    real: Load
    bare: Load
    ratio: float
    cpu_ratio: float
    shape_differences: list[str]
    missed: list[str]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1] of all values do not exceed; values must not be empty."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
