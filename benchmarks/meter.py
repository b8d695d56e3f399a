"""CPU by process and bytes on disk, between two moments."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

CLIENT = "client"
"""This process: it offers the load and watches it."""


class Meter:
    """Reads the CPU times of processes (their living children included) and the sizes of SQLite databases."""

    def __init__(self, pids: Mapping[str, int], databases: Sequence[Path]) -> None:
        self._pids = pids
        self._databases = databases
        self._start = self._read()

    def _read(self) -> tuple[float, float, dict[str, float], dict[str, int]]:
        cpu = {name: _cpu_seconds(psutil.Process(pid), children=True) for name, pid in self._pids.items()}
        cpu[CLIENT] = _cpu_seconds(psutil.Process(), children=False)
        disk = {path.name: _size(path) for path in self._databases}
        return time.monotonic(), _busy_seconds(), cpu, disk

    def stop(self) -> "Used":
        """What was used since this meter was made."""
        start, busy, cpu, disk = self._start
        now, busy_now, cpu_now, disk_now = self._read()
        by_process = {name: cpu_now[name] - seconds for name, seconds in cpu.items()}
        return Used(
            seconds=now - start,
            cpu_s=by_process,
            others_cpu_s=max(0.0, busy_now - busy - sum(by_process.values())),
            disk_bytes={name: disk_now[name] - size for name, size in disk.items()},
        )


class Used:
    """Wall seconds, CPU seconds by process and of all other programs on the machine, bytes by database."""

    def __init__(
        self, seconds: float, cpu_s: dict[str, float], others_cpu_s: float, disk_bytes: dict[str, int]
    ) -> None:
        self.seconds = seconds
        self.cpu_s = cpu_s
        self.others_cpu_s = others_cpu_s
        self.disk_bytes = disk_bytes


def _cpu_seconds(process: psutil.Process, *, children: bool) -> float:
    family = [process, *(process.children(recursive=True) if children else [])]
    return float(sum(times.user + times.system for times in (member.cpu_times() for member in family)))


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _size(database: Path) -> int:
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
