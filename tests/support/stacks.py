"""Settings of stacks that tests start."""

from pathlib import Path
from typing import Any

from runtime.settings import Settings
from stack.stack import PORTS, free_settings
from tests.support.ports import free_ports


def own_settings(state_dir: Path, **overrides: Any) -> Settings:
    """A state folder of its own, and ports that no test of another worker process chooses."""
    return free_settings(state_dir, first_port=free_ports(PORTS), **overrides)
