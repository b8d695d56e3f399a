"""The application put together: the world, its routes, its HLRs and the tasks that run beside them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from simulator import billing, callbacks, clearing_house, phones, robots, smdp
from simulator.admin.routes import router as admin
from simulator.billing import routes as billing_routes
from simulator.callbacks.routes import router as callbacks_router
from simulator.clearing_house.routes import router as clearing_house_router
from simulator.edge import errors
from simulator.edge.faulting import Faulting, OpenRequests
from simulator.hlr.server import HlrServers
from simulator.home import post
from simulator.home import routes as home
from simulator.phones.routes import router as phones_router
from simulator.robots.routes import router as robots_router
from simulator.settings import Settings
from simulator.smdp.routes import router as smdp_router
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
        billing_routes.prepare(world)
        async with AsyncExitStack() as stack:
            stack.callback(world.close)
            ticking = asyncio.create_task(_keep_time(world))
            stack.callback(ticking.cancel)
            hlrs = HlrServers(world)
            stack.push_async_callback(hlrs.stop)
            await hlrs.start()
            for part in (callbacks, smdp, phones, clearing_house, robots, post, billing):
                stack.push_async_callback(part.start(world).stop)
            yield

    app = FastAPI(title="Relais simulator", description=_DESCRIPTION, version="1", lifespan=lifespan)
    errors.install(app)
    app.add_middleware(Faulting, requests=requests)
    for router in (
        admin,
        home.router,
        billing_routes.router,
        smdp_router,
        callbacks_router,
        clearing_house_router,
        robots_router,
        phones_router,
    ):
        app.include_router(router)
    return app


async def _keep_time(world: World) -> None:
    while True:
        await asyncio.sleep(_CLOCK_TICK_S)
        world.clock.persist()
