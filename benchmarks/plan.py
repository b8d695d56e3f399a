"""What a run is asked to do."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.figures import Histories, Load, percentile
from benchmarks.meter import Used

Progress = Callable[[str, int, int], None]
"""Told what is under way, how far it is, and how far it has to go."""


@dataclass(frozen=True)
class Plan:
    """`warm_up` orders go before and are not counted."""

    count: int
    bare_count: int
    in_flight: int
    warm_up: int
    pace: float
    synchronous: str
    progress: Progress


def load_of(
    *,
    seconds: float,
    latencies_s: list[float],
    by_state: dict[str, int],
    used: Used,
    histories: Histories,
    drain_s: float = 0.0,
    parts: dict[str, float] | None = None,
) -> Load:
    """The figures of one load, per order where they add up."""
    count = len(latencies_s)
    return Load(
        count=count,
        seconds=seconds,
        per_second=count / seconds,
        p50_s=percentile(latencies_s, 0.5),
        p95_s=percentile(latencies_s, 0.95),
        by_state=by_state,
        cpu_ms={name: 1000 * spent / count for name, spent in used.cpu_s.items()},
        cores={name: spent / used.seconds for name, spent in used.cpu_s.items()},
        others_cores=used.others_cpu_s / used.seconds,
        disk_bytes={name: size / count for name, size in used.disk_bytes.items()},
        drain_s=drain_s,
        histories=histories,
        parts=parts or {},
    )
