"""Start the simulator: `python -m simulator`. Settings come from the environment."""

import logging
import socket
import sys

import uvicorn
from pydantic import ValidationError

from simulator.app import create_app
from simulator.edge.protocol import BreakableProtocol
from simulator.hlr.server import HOST, hlr_port
from simulator.lock import StateBusy
from simulator.settings import HLR_COUNT, Settings
from simulator.world.operators import OPERATORS
from simulator.world.world import PaceMismatch, World

_SHUTDOWN_S = 1
# Longer than clients keep an idle connection, or a request now and then meets one that is just being closed.
_KEEP_ALIVE_S = 75
_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _Server(uvicorn.Server):
    """Says when it is ready, in one line."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.should_exit:
            return
        app = self.config.loaded_app
        while not hasattr(app, "state"):
            app = app.app
        world: World = app.state.world
        settings, about = world.settings, world.about
        last = settings.hlr_port + HLR_COUNT - 1
        sys.stdout.write(
            f"simulator ready at {settings.base_url}, HLRs on ports {settings.hlr_port} to {last}, "
            f"{about.subscribers} subscribers, seed {about.seed}, pace {about.pace:g}\n"
        )
        sys.stdout.flush()


def main() -> int:
    """Run until a signal. 1 when it cannot start; standard error says why, naming the setting."""
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            _complain(f"RELAIS_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}")
        return 1
    listening = _listen(settings.simulator_port, "RELAIS_SIMULATOR_PORT", "the simulator")
    if listening is None or not _hlr_ports_free(settings):
        return 1
    try:
        World(settings).close()
    except (PaceMismatch, StateBusy) as problem:
        _complain(str(problem))
        return 1
    config = uvicorn.Config(
        create_app(settings),
        loop="uvloop",
        http=BreakableProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    server = _Server(config)
    with listening:
        server.run(sockets=[listening])
    return 0 if server.started else 1


def _listen(port: int, setting: str, what: str) -> socket.socket | None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        _complain(
            f"{setting}: port {port} on {HOST}, for {what}, is not free ({error.strerror}); "
            f"stop what uses it or set {setting}"
        )
        return None
    return listener


def _hlr_ports_free(settings: Settings) -> bool:
    for code in OPERATORS:
        port = hlr_port(settings, code)
        if port is None:
            continue
        probe = _listen(port, "RELAIS_HLR_PORT", f"the HLR of {code}")
        if probe is None:
            return False
        probe.close()
    return True


def _complain(text: str) -> None:
    sys.stderr.write(f"simulator: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
