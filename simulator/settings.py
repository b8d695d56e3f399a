"""Settings from the environment, each named as the rest of Relais names it."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

HOST = "127.0.0.1"
"""The only address that anything here listens on."""
MAX_PACE = 1_000_000
HLR_COUNT = 5


class Settings(BaseSettings):
    """What the service is told at start. Every field is the environment variable `RELAIS_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix="RELAIS_", hide_input_in_errors=True, env_ignore_empty=True, frozen=True
    )

    simulator_port: int = Field(default=8090, ge=1, le=65535)
    hlr_port: int = Field(default=4259, ge=1, le=65535 - HLR_COUNT + 1)
    state_dir: Path = Path(".relais")
    pace: float | None = Field(default=None, ge=1, le=MAX_PACE)
    """Legal seconds per real second of a new world; None: 1 for a new world, whatever it has for an existing one."""

    @property
    def world_file(self) -> Path:
        """The SQLite file that is the whole state of the world."""
        return self.state_dir / "simulator" / "world.sqlite"

    @property
    def base_url(self) -> str:
        """Where the service answers."""
        return f"http://{HOST}:{self.simulator_port}"
