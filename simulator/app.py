"""The application: routes and faults over one simulation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from fastapi import FastAPI

from simulator.admin.routes import router as admin
from simulator.billing import routes as billing
from simulator.callbacks.routes import router as callbacks
from simulator.clearing_house.routes import router as clearing_house
from simulator.edge import errors
from simulator.edge.fault_middleware import FaultMiddleware, OpenRequests
from simulator.home import routes as home
from simulator.phones.routes import router as phones
from simulator.robots.routes import router as robots
from simulator.settings import Settings
from simulator.simulation import Simulation
from simulator.smdp.routes import router as smdp
from simulator.world.world import World

_DESCRIPTION = (
    "The outside world of a number-portability engine, played: a clearing house, six operators and their home systems. "
    "Instants are UTC with `Z`; numbers are E.164. Errors are `{code, message, field?}`."
)


def create_app(settings: Settings) -> FastAPI:
    """The service; its lifespan opens the world, runs `app.state.simulation` over it and closes both.

    Starting raises PaceMismatch, and PortBusy when an HLR's port is taken.
    """
    requests = OpenRequests()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with closing(World(settings)) as world:
            home.prepare(world)
            billing.prepare(world)
            app.state.simulation = Simulation(world)
            world.faults.on_change(lambda: requests.cut(world.faults))
            async with app.state.simulation.running():
                yield

    app = FastAPI(title="Relais simulator", description=_DESCRIPTION, version="1", lifespan=lifespan)
    errors.install(app)
    app.add_middleware(FaultMiddleware, requests=requests)
    for router in (admin, home.router, billing.router, smdp, callbacks, clearing_house, robots, phones):
        app.include_router(router)
    return app
