"""The application put together: the world, its routes, its HLRs and the tasks that run beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI

from simulator.admin.routes import router as admin
from simulator.edge import errors
from simulator.edge.faulting import Faulting, OpenRequests
from simulator.hlr.server import HlrServers
from simulator.home import routes as home
from simulator.settings import Settings
from simulator.world.reset import Resetter
from simulator.world.world import World

_CLOCK_TICK_S = 1.0
_DESCRIPTION = (
    "The outside world of a number-portability engine, played: a clearing house, six operators and their home systems. "
    "Instants are UTC with `Z`; numbers are E.164. Errors are `{code, message, field?}`."
)


def create_app(settings: Settings) -> FastAPI:
    """The service; its lifespan opens the world into `app.state.world` and closes it.

    Starting raises PaceMismatch, and PortBusy when an HLR's port is taken.
    """
    requests = OpenRequests()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        world = World(settings)
        app.state.world = world
        app.state.resetter = Resetter(world)
        world.faults.on_change(lambda: requests.cut(world.faults))
        home.prepare(world)
        async with AsyncExitStack() as stack:
            stack.callback(world.close)
            ticking = asyncio.create_task(_keep_time(world))
            stack.callback(ticking.cancel)
            hlrs = HlrServers(world)
            stack.push_async_callback(hlrs.stop)
            await hlrs.start()
            for package in ("simulator.clearing_house", "simulator.robots"):
                if _present(f"{package}.routes"):
                    running = import_module(package).start(world)
                    stack.push_async_callback(running.stop)
            yield

    app = FastAPI(title="Relais simulator", description=_DESCRIPTION, version="1", lifespan=lifespan)
    errors.install(app)
    app.add_middleware(Faulting, requests=requests)
    app.include_router(admin)
    app.include_router(home.router)
    for package in ("simulator.clearing_house", "simulator.robots"):
        if _present(f"{package}.routes"):
            app.include_router(import_module(f"{package}.routes").router)
    return app


async def _keep_time(world: World) -> None:
    while True:
        await asyncio.sleep(_CLOCK_TICK_S)
        world.clock.persist()


def _present(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
