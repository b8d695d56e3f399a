"""The HTTP server around the application."""

import socket
import sys

import uvicorn

from simulator.app import create_app
from simulator.edge.protocol import BreakableProtocol
from simulator.settings import HLR_COUNT, Settings
from simulator.world.world import World

_SHUTDOWN_S = 1
# Longer than clients keep an idle connection, or a request now and then meets one that is just being closed.
_KEEP_ALIVE_S = 75


def serve(settings: Settings, listening: socket.socket) -> bool:
    """Run on a listening socket until a signal; False when it did not come up. Raises what opening the world raises."""
    World(settings).close()  # inside the server's lifespan a refusal would be a traceback
    app = create_app(settings)

    class Server(uvicorn.Server):
        """Says when it is ready, in one line."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                _announce(app.state.simulation.world)

    config = uvicorn.Config(
        app,
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
    server = Server(config)
    server.run(sockets=[listening])
    return server.started


def _announce(world: World) -> None:
    settings, about = world.settings, world.about
    last = settings.hlr_port + HLR_COUNT - 1
    sys.stdout.write(
        f"simulator ready at {settings.base_url}, HLRs on ports {settings.hlr_port} to {last}, "
        f"{about.subscribers} subscribers, seed {about.seed}, pace {about.pace:g}\n"
    )
    sys.stdout.flush()
