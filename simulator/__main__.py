"""Start the simulator: `python -m simulator`. Settings come from the environment."""

import logging
import socket
import sys

from pydantic import ValidationError

from simulator.lock import Unusable
from simulator.settings import HLR_COUNT, HOST, Settings

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_BACKLOG = 2048


def main() -> int:
    """Run until a signal. 1 when it cannot start; standard error says why, naming the setting."""
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            _complain(f"RELAIS_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}")
        return 1
    if not _hlr_ports_free(settings):
        return 1
    listening = _bound(settings.simulator_port, "RELAIS_SIMULATOR_PORT")
    if listening is None:
        return 1
    with listening:
        # From here on clients that reconnect after a restart wait to be served instead of being refused. The imports
        # that follow take a second or more of processor time.
        listening.listen(_BACKLOG)
        from simulator.serve import serve

        try:
            return 0 if serve(settings, listening) else 1
        except Unusable as problem:
            _complain(str(problem))
            return 1


def _bound(port: int, setting: str) -> socket.socket | None:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError as error:
        bound.close()
        _complain(
            f"{setting}: port {port} on {HOST} is not free ({error.strerror}); stop what uses it or set {setting}"
        )
        return None
    return bound


def _hlr_ports_free(settings: Settings) -> bool:
    for port in range(settings.hlr_port, settings.hlr_port + HLR_COUNT):
        probe = _bound(port, "RELAIS_HLR_PORT")
        if probe is None:
            return False
        probe.close()
    return True


def _complain(text: str) -> None:
    sys.stderr.write(f"simulator: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
