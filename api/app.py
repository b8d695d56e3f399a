"""Builds the application: the one place where routes meet what they work with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from temporalio.converter import PayloadCodec

from api.callbacks import routes as callbacks
from api.callbacks.registration import CallbackRegistration
from api.context import Context, LegalClockReader, NumberRegistry
from api.home_systems import HomeSystems
from api.http import openapi, problems, status, web_ui_codec
from api.http.access import Bearer
from api.http.errors import UnexpectedErrors
from api.lines import numbers
from api.lines import routes as lines
from api.orders import dead_letters
from api.orders import events as order_events
from api.orders import routes as orders
from api.orders.event_feed import Feed
from api.port_in import port_back
from api.port_in import routes as port_ins
from api.sim_replacement import routes as sim_replacements
from api.termination import routes as terminations
from api.updates import changes, codes
from api.updates import port_out as port_out_updates
from api.updates import sim_replacement as sim_replacement_updates
from domain.directory import DEFAULT_DIRECTORY, Directory
from journal import Journal
from rules.regime import Regime
from runtime.relay.gateway import TemporalGateway
from runtime.relay.relay import Relay
from runtime.settings import Settings

DESCRIPTION = (
    "Ports numbers to and from the home operator, replaces SIMs, ends contracts, bars and locks lines. Errors are "
    "RFC 9457 problems with a stable `code`."
)


def create_app(
    settings: Settings,
    journal: Journal,
    clock: LegalClockReader,
    temporal_gateway: TemporalGateway,
    clearing_house: NumberRegistry,
    home_systems: HomeSystems,
    *,
    regime: Regime,
    api_key: str,
    callback_secret: str,
    codec: PayloadCodec,
    directory: Directory = DEFAULT_DIRECTORY,
    namespace: str = "default",
    registration: CallbackRegistration | None = None,
) -> FastAPI:
    """The application. Its relay, its feed and the registration of its callbacks run from its start to its end; all
    that it is given belongs to the caller, who closes it.
    """
    context = Context(
        settings=settings,
        journal=journal,
        clock=clock,
        temporal=temporal_gateway,
        registry=clearing_house,
        home_systems=home_systems,
        directory=directory,
        regime=regime,
        callback_secret=callback_secret.encode(),
        feed=Feed(journal),
        relay=Relay(journal, temporal_gateway, settings.max_starts_per_second),
        ui_url=f"http://127.0.0.1:{settings.ui_port}/namespaces/{namespace}/workflows",
    )
    app = FastAPI(
        title="Relais",
        version="1",
        description=DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,  # their pages load scripts from the internet
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.context = context
    app.state.running = [context.relay.run, context.feed.run, *([registration.run] if registration else [])]
    bearer = Bearer(api_key)
    for module in (
        port_ins,
        sim_replacements,
        terminations,
        lines,
        order_events,
        orders,
        changes,
        sim_replacement_updates,
        port_out_updates,
        port_back,
        codes,
        dead_letters,
        numbers,
    ):
        app.include_router(module.router, dependencies=[Depends(bearer)])
    app.include_router(callbacks.router)  # signed by the parties, who have no key
    app.include_router(status.clock_router, dependencies=[Depends(bearer)])
    app.include_router(status.health_router)
    origins = web_ui_codec.ui_origins(settings.ui_port)
    app.include_router(web_ui_codec.codec_router(codec, origins, bearer))
    app.add_middleware(web_ui_codec.CodecCors, origins=origins)
    app.add_middleware(UnexpectedErrors)  # the last one added is the outermost
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    problems.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(run()) for run in app.state.running]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
