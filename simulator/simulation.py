"""The simulation put together: one world, and the parts that act in it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from simulator.billing import due_changes
from simulator.callbacks.sender import CallbackSender
from simulator.clearing_house import calls, consumers
from simulator.clearing_house.registry import Registry
from simulator.clearing_house.service import ClearingHouse
from simulator.hlr.server import HlrServers
from simulator.home import post
from simulator.phones.phones import Phones
from simulator.robots.donor import Pace
from simulator.robots.robots import Robots
from simulator.smdp.server import SmDpServer
from simulator.world.due_task import DueTask
from simulator.world.reset import Resetter
from simulator.world.world import World

_CLOCK_TICK_S = 1.0


class Simulation:
    """Owns every part and hands each what it needs. Nothing acts by itself outside `running`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.resetter = Resetter(world)
        self.hlrs = HlrServers(world)
        self.callbacks = CallbackSender(world)
        self.phones = Phones(world)
        self.smdp = SmDpServer(world, self.phones.on_release)
        self.clearing_house = ClearingHouse(world.store, world.clock, world.effects, world.numbers, world.operators)
        self.registry = Registry(world.store, world.numbers, self.clearing_house)
        self.consumers = consumers.register(
            world.settings.state_dir, [(operator.code, operator.consumer) for operator in world.operators.values()]
        )
        calls.register(world.faults)
        world.faults.on_change(self.clearing_house.mailboxes.wake_all)
        self.robots = Robots(world, self.clearing_house, Pace())
        self.post = DueTask("post", world.store, partial(post.work, world), partial(post.seconds_left, world))
        self.billing = DueTask(
            "billing", world.store, partial(due_changes.work, world), partial(due_changes.seconds_left, world)
        )
        self._clock = DueTask("clock", world.store, self._persist_clock, lambda: _CLOCK_TICK_S)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start the parts; stop them in the opposite order. Raises PortBusy when an HLR's port is taken."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.hlrs.stop)
            await self.hlrs.start()
            stack.callback(self.clearing_house.mailboxes.close)
            tasks = (self._clock, self.phones.task, self.robots.task, self.post, self.billing)
            for part in (self.callbacks, *tasks):
                stack.push_async_callback(part.stop)
                part.start()
            yield

    def _persist_clock(self) -> bool:
        self.world.clock.persist()
        return False
