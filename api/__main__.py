"""`python -m api`: the REST API on 127.0.0.1, with the relay that starts accepted orders."""

import asyncio
import socket
import sys
from types import FrameType

import uvicorn
import uvloop

from api.app import create_app
from api.callbacks.registration import CallbackRegistration
from api.home_systems import HomeSystems
from api.http.access import api_key
from api.number_registry import LazyNumberRegistry
from api.orders.event_feed import Feed
from journal import UnusableJournal
from runtime import logging, temporal
from runtime.codec import EncryptionCodec
from runtime.engine import UnknownRegime, open_engine
from runtime.keys import KeysUnreadable, load_or_make
from runtime.relay.temporal_client import TemporalClientGateway
from runtime.secret_file import token_in
from runtime.settings import Settings

HOST = "127.0.0.1"
SHUTDOWN_S = 3
IN_USE = "port {port} of 127.0.0.1 is in use: set RELAIS_API_PORT to a free one"


def main() -> int:
    """Runs until SIGINT or SIGTERM; 1 when it cannot start."""
    settings = Settings()
    try:
        listening = _listen(settings.api_port)
    except OSError as error:
        sys.stderr.write(f"{IN_USE.format(port=settings.api_port)} ({error.strerror})\n")
        return 1
    logging.configure(settings, process="api")
    try:
        with listening, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(settings, listening))
    except (KeysUnreadable, UnusableJournal, UnknownRegime) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise
    return listening


class Server(uvicorn.Server):
    """Ends open event streams as soon as it is told to stop, or each would hold up the stop."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._feed.close()
        super().handle_exit(sig, frame)


async def _serve(settings: Settings, listening: socket.socket) -> None:
    ring = load_or_make(settings.keys_folder)
    secret = token_in(settings.callback_secret_file)
    async with open_engine(settings, ring) as engine:
        parties = engine.parties
        registration = CallbackRegistration(parties.callbacks, settings.callback_base, secret)
        app = create_app(
            settings,
            engine.journal,
            parties.clock,
            TemporalClientGateway(lambda: temporal.connect(settings, ring=ring), settings.task_queue),
            LazyNumberRegistry(lambda: parties.clearing_house),
            HomeSystems(parties.care, parties.logistics, parties.equipment, parties.billing),
            api_key=api_key(settings),
            callback_secret=secret,
            codec=EncryptionCodec(ring),
            directory=engine.directory,
            namespace=temporal.connection(settings)["namespace"],
            regime=engine.regime,
            registration=registration if settings.world_url else None,
        )
        config = uvicorn.Config(
            app,
            http="httptools",
            access_log=False,  # addresses hold numbers
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_S,
        )
        await Server(config, app.state.context.feed).serve(sockets=[listening])


if __name__ == "__main__":
    sys.exit(main())
