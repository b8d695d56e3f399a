"""The application put together: the world, its routes, its HLRs and the tasks that run beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI

from simulator.settings import Settings
from simulator.world.world import World

_CLOCK_TICK_S = 1.0


async def _keep_time(world: World) -> None:
    while True:
        await asyncio.sleep(_CLOCK_TICK_S)
        world.clock.persist()


def _present(module: str) -> bool:
    return find_spec(module) is not None


def create_app(settings: Settings) -> FastAPI:
    """The service; its lifespan opens the world into `app.state.world` and closes it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        world = World(settings)
        app.state.world = world
        async with AsyncExitStack() as stack:
            stack.callback(world.close)
            ticking = asyncio.create_task(_keep_time(world))
            stack.callback(ticking.cancel)
            for package in ("simulator.clearing_house", "simulator.robots"):
                if _present(f"{package}.routes"):
                    running = import_module(package).start(world)
                    stack.push_async_callback(running.stop)
            yield

    app = FastAPI(title="Relais simulator", lifespan=lifespan)
    for package in ("simulator.clearing_house", "simulator.robots"):
        if _present(f"{package}.routes"):
            app.include_router(import_module(f"{package}.routes").router)
    return app
