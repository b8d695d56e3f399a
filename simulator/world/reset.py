"""Make a fresh world while the present one goes on answering."""

import asyncio
import logging
import secrets
import sys

from simulator.world.world import World

_log = logging.getLogger("simulator.reset")


class Busy(Exception):
    """Another reset is under way."""


class BuildFailed(Exception):
    """The new world could not be built; the old one stays."""


class Resetter:
    """Builds the new world in a process of its own, so that the event loop is not blocked, then swaps the files."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._building = False

    async def reset(self, *, seed: int, subscribers: int, pace: float) -> None:
        """Returns when the new world is in place.

        Raises Busy; BuildFailed when the build failed, the old world then stays.
        """
        if self._building:
            raise Busy
        self._building = True
        file = self._world.settings.world_file
        fresh = file.with_name(f"{file.stem}-{secrets.token_hex(4)}.building")
        try:
            await self._build(str(fresh), str(seed), str(subscribers), repr(pace))
            self._world.store.replace_with(fresh)
        finally:
            self._building = False
            fresh.unlink(missing_ok=True)

    async def _build(self, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "simulator.world.build", *arguments, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            async for line in process.stdout:
                _log.info("new world: %s", line.decode().strip())
            if await process.wait() != 0:
                raise BuildFailed("the new world could not be built; see the log")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
