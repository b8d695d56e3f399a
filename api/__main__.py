"""`python -m api`: the REST API on 127.0.0.1, with the relay that starts accepted orders."""

import asyncio
import socket
import sys
from types import FrameType

import httpx
import uvicorn
import uvloop

from api.app import create_app
from api.callbacks.registration import CallbackRegistration
from api.home_systems import HomeSystems
from api.http.access import api_key
from api.number_registry import LazyNumberRegistry
from api.orders.event_feed import Feed
from journal import FieldCipher, Journal, LineIndex, UnusableJournal
from parties.billing import Billing
from parties.callbacks import Callbacks
from parties.care import Care
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.signature import Credentials
from parties.clock import ClockReader
from parties.equipment import Equipment
from parties.http import make_http_client
from parties.logistics import Logistics
from rules.regime import Regime
from runtime import logging, temporal
from runtime.codec import EncryptionCodec
from runtime.engine import UnknownRegime, directory_of, regime_of, wire_form
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
    regime = regime_of(settings)
    ring = load_or_make(settings.keys_folder)
    journal = Journal.open(
        settings.journal_dsn, FieldCipher(ring), LineIndex(ring.index_key), synchronous=settings.temporal_synchronous
    )
    http = make_http_client()
    home_http = make_http_client()  # a home system that hangs cannot use up the connections of the clock
    home = settings.home_systems_base
    callbacks = Callbacks(home_http, home, settings.home)
    secret = token_in(settings.callback_secret_file)
    app = create_app(
        settings,
        journal,
        ClockReader(http, settings.legal_clock_url),
        TemporalClientGateway(lambda: temporal.connect(settings, ring=ring), settings.task_queue),
        LazyNumberRegistry(lambda: _clearing_house(settings, http, regime)),
        HomeSystems(
            Care(home_http, home), Logistics(home_http, home), Equipment(home_http, home), Billing(home_http, home)
        ),
        api_key=api_key(settings),
        callback_secret=secret,
        codec=EncryptionCodec(ring),
        directory=directory_of(settings),
        namespace=temporal.connection(settings)["namespace"],
        regime=regime,
        registration=CallbackRegistration(callbacks, settings.callback_base, secret) if settings.world_url else None,
    )
    config = uvicorn.Config(
        app,
        http="httptools",
        access_log=False,  # addresses hold numbers
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    try:
        await Server(config, app.state.context.feed).serve(sockets=[listening])
    finally:
        await http.aclose()
        await home_http.aclose()
        journal.close()


def _clearing_house(settings: Settings, http: httpx.AsyncClient, regime: Regime) -> ClearingHouse:
    credentials = Credentials.load(settings.credentials_dir)
    return ClearingHouse(http, settings.clearing_house_base, credentials, settings.consumer, wire_form(regime))


if __name__ == "__main__":
    sys.exit(main())
