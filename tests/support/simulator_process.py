"""The real simulator as a process of its own, on free ports."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.support.ports import free_ports

ROOT = Path(__file__).parents[2]
HLRS = 5
START_PATIENCE_S = 30.0
POLL_S = 0.02
PORT_TRIES = 3
PORT_BUSY = "is not free"


@dataclass
class SimulatorProcess:
    """Starts, stops and kills the service; the same ports and state folder throughout."""

    state_dir: Path
    pace: float | None = None
    port: int = field(default_factory=free_ports)
    hlr_port: int = field(default_factory=lambda: free_ports(HLRS))
    process: subprocess.Popen[bytes] | None = None
    _has_served: bool = False

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.state_dir / "simulator.log"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
        ours = {
            "RELAIS_SIMULATOR_PORT": str(self.port),
            "RELAIS_HLR_PORT": str(self.hlr_port),
            "RELAIS_STATE_DIR": str(self.state_dir),
        }
        return kept | ours | ({} if self.pace is None else {"RELAIS_PACE": str(self.pace)})

    def run_to_its_end(self) -> subprocess.CompletedProcess[str]:
        """For a start that is refused."""
        return subprocess.run(
            [sys.executable, "-m", "simulator"],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=START_PATIENCE_S,
            check=False,
        )

    def start(self) -> None:
        """Return when it answers. A first start may find a port taken that was free a moment ago: it tries others."""
        self.state_dir.mkdir(parents=True, exist_ok=True)
        for left in reversed(range(PORT_TRIES)):
            if self._answers():
                self._has_served = True
                return
            if self._has_served or left == 0 or PORT_BUSY not in self.log.read_text("utf-8"):
                raise AssertionError(f"the simulator does not answer:\n{self.log.read_text('utf-8')}")
            self.port, self.hlr_port = free_ports(), free_ports(HLRS)

    def _answers(self) -> bool:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "simulator"], cwd=ROOT, env=self.environment(), stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.base_url}/healthz", trust_env=False).is_success:
                    return True
            time.sleep(POLL_S)
        return False

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to stop, or kill it, and wait until it is gone."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(START_PATIENCE_S)
            self.process = None
