"""Settings, all from the environment; every default suits `make run` on one machine.

Temporal's own variables (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`) are read by
`runtime.temporal` through Temporal's environment configuration, not here.
"""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PortNumber = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """What a process needs to know about its surroundings. Read once at start, handed down, never global."""

    model_config = SettingsConfigDict(env_prefix="RELAIS_", extra="ignore", frozen=True, hide_input_in_errors=True)

    home: str = Field(default="ALIZE", pattern="^[0-9A-Z]{3,6}$", description="the operator this engine works for")
    state_dir: Path = Field(default=Path(".relais"), description="everything that has to survive")

    temporal_port: PortNumber = 7233
    ui_port: PortNumber = 8233
    api_port: PortNumber = 8080
    simulator_port: PortNumber = 8090
    hlr_port: PortNumber = 4259

    temporal_synchronous: Literal["full", "normal"] = Field(
        default="full", description="SQLite's synchronous of the dev server and of the journal"
    )

    simulator_url: str | None = Field(
        default=None, description="the outside world; default the local simulator; empty: none"
    )
    clock_url: str | None = Field(default=None, description="the legal clock; default the world's; empty: real time")
    clearing_house_url: str | None = None
    clearing_house_dir: Path | None = Field(
        default=None, description="folder with one folder of credentials per consumer"
    )
    hlr_host: str = "127.0.0.1"
    journal_url: str | None = Field(default=None, description="SQLAlchemy URL; default SQLite in the state folder")
    keys_dir: Path | None = None
    api_key: str | None = Field(default=None, repr=False)
    callback_url: str | None = Field(
        default=None, description="where home systems reach this API; default its own address and /callbacks"
    )
    directory_file: Path | None = Field(default=None, description="JSON list of operators instead of the built-in one")
    sim_rules_file: Path | None = Field(
        default=None, description="JSON of the figures of SIM replacement that are not the default ones"
    )
    leaving_rules_file: Path | None = Field(
        default=None, description="JSON of the figures of leaving that are not the default ones"
    )
    port_out_rules_file: Path | None = Field(
        default=None, description="JSON of the figures of ports out that are not the default ones"
    )
    regime: str = Field(default="fr", description="the country whose rules are followed")
    task_queue: str = "relais"
    donor_silence: Literal["hold", "cancel"] = Field(default="hold", description="outcome of a donor's last silence")
    max_starts_per_second: float = Field(default=40.0, gt=0, description="pace at which a process starts workflows")
    log_level: str = "INFO"

    @cached_property
    def world_url(self) -> str:
        """Base URL of the simulated world, '' when there is none."""
        if self.simulator_url is None:
            return f"http://127.0.0.1:{self.simulator_port}"
        return self.simulator_url.rstrip("/")

    @cached_property
    def legal_clock_url(self) -> str:
        """Where legal time is read, '' for real time."""
        if self.clock_url is None:
            return f"{self.world_url}/admin/clock" if self.world_url else ""
        return self.clock_url

    @cached_property
    def clearing_house_base(self) -> str:
        return (self.clearing_house_url or self.world_url).rstrip("/")

    @cached_property
    def home_systems_base(self) -> str:
        """Base URL of the home operator's own systems (docs/home-systems.md)."""
        return f"{self.world_url}/home/{self.home}"

    @cached_property
    def consumer(self) -> str:
        """Our consumer name at the clearing house."""
        return f"relais-{self.home.lower()}"

    @cached_property
    def credentials_dir(self) -> Path:
        """Folder of our own clearing-house credentials: private-key.pem and sharedkey.encrypted."""
        return (self.clearing_house_dir or self.state_dir / "clearing-house") / self.consumer

    @cached_property
    def journal_dsn(self) -> str:
        return self.journal_url or f"sqlite:///{self.state_dir / 'journal.sqlite'}"

    @cached_property
    def keys_folder(self) -> Path:
        return self.keys_dir or self.state_dir / "keys"

    @cached_property
    def api_key_file(self) -> Path:
        return self.state_dir / "api-key"

    @cached_property
    def callback_base(self) -> str:
        """Base URL of the addresses that we register with the home systems."""
        return (self.callback_url or f"http://127.0.0.1:{self.api_port}/callbacks").rstrip("/")

    @cached_property
    def callback_secret_file(self) -> Path:
        """Under its content the home systems sign what they tell us."""
        return self.state_dir / "callback-secret"
