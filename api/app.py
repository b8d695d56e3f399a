"""Builds the application: the one place where routes meet what they work with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from temporalio.converter import PayloadCodec

from api import codec as web_ui_codec
from api import desk, messages, numbers, openapi, order_events, orders, port_ins, problems, status
from api.access import Bearer
from api.context import Clock, Context, NumberRegistry
from api.feed import Feed
from api.gateway import TemporalGateway
from api.relay import StartRelay
from api.unforeseen import Unforeseen
from domain.directory import DEFAULT_DIRECTORY, Directory
from journal import Journal
from rules.france.config import DEFAULT_RULES, RulesConfig
from runtime.settings import Settings

DESCRIPTION = "Ports numbers to the home operator. Errors are RFC 9457 problems with a stable `code`."


def create_app(
    settings: Settings,
    journal: Journal,
    clock: Clock,
    temporal_gateway: TemporalGateway,
    clearing_house: NumberRegistry,
    *,
    api_key: str,
    codec: PayloadCodec,
    directory: Directory = DEFAULT_DIRECTORY,
    namespace: str = "default",
    rules: RulesConfig = DEFAULT_RULES,
) -> FastAPI:
    """The application. Its relay and feed run from its start to its end; all that it is given belongs to the caller,
    who closes it.
    """
    context = Context(
        settings=settings,
        journal=journal,
        clock=clock,
        temporal=temporal_gateway,
        registry=clearing_house,
        directory=directory,
        rules=rules,
        feed=Feed(journal),
        relay=StartRelay(journal, temporal_gateway, settings.max_starts_per_second),
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
    bearer = Bearer(api_key)
    for module in (port_ins, order_events, orders, desk, messages, numbers):
        app.include_router(module.router, dependencies=[Depends(bearer)])
    app.include_router(status.clock_router, dependencies=[Depends(bearer)])
    app.include_router(status.health_router)
    origins = web_ui_codec.ui_origins(settings.ui_port)
    app.include_router(web_ui_codec.codec_router(codec, origins, bearer))
    app.add_middleware(web_ui_codec.CodecCors, origins=origins)
    app.add_middleware(Unforeseen)  # the last one added is the outermost
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    problems.install(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: Context = app.state.context
    tasks = [asyncio.create_task(context.relay.run()), asyncio.create_task(context.feed.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
