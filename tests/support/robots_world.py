"""A whole world inside the test's own event loop: clearing house and robots at work, no HTTP."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from simulator.clearing_house import consumers
from simulator.clearing_house.envelope import Message
from simulator.clearing_house.registry import Registry
from simulator.clearing_house.service import ClearingHouse
from simulator.numbers import national
from simulator.robots.behaviours import AnswerKind, DonorBehaviour
from simulator.robots.donor import Pace
from simulator.robots.robots import Robots
from simulator.settings import Settings
from simulator.world.build import build_world
from simulator.world.operators import OPERATORS
from simulator.world.subscriber import Subscriber
from simulator.world.world import World
from tests.support.clearing_house_world import acceptance, performed, request

QUICK = Pace(answer=0.0, delayed=0.05, late=0.2)
PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.01


@dataclass
class RobotsWorld:
    """The world and what tests ask of it."""

    world: World
    house: ClearingHouse
    registry: Registry
    robots: Robots

    def line(self, operator: str, index: int = 0) -> Subscriber:
        """A plain active line."""
        row = self.world.store.execute(
            "SELECT msisdn FROM subscribers WHERE operator = ? ORDER BY id LIMIT 1 OFFSET ?", (operator, index)
        ).fetchone()
        line = self.world.subscribers.get(row["msisdn"], operator)
        assert line is not None
        return line

    def send(self, sender: str, message: Message) -> None:
        self.house.submit(OPERATORS[sender], message)

    def ask(self, dossierid: str, line: Subscriber, rio: str | None = None) -> None:
        """FJORD asks for a line."""
        number = national(line.msisdn)
        self.send("FJORD", request(dossierid, "FJORD", line.operator, number, rio=line.rio if rio is None else rio))

    def behave(self, line: Subscriber, answer: AnswerKind, code: str | None = None) -> None:
        self.robots.behaviours.put(line.msisdn, DonorBehaviour(answer=answer, code=code))

    def inbox(self, operator: str = "FJORD") -> list[str]:
        return [delivery.type for delivery in self.house.mailboxes.after(operator, -1, (), False, 1000)]

    def dossier(self, dossierid: str, asker: str = "FJORD") -> dict[str, Any]:
        now = self.world.clock.legal_now()
        return self.registry.dossier(dossierid, OPERATORS[asker], now)

    def hand_over(self, dossierid: str, line: Subscriber, recipient: str) -> None:
        """A port in no time: its donor agrees and its recipient performs it, both in the same breath."""
        number = national(line.msisdn)
        self.send(recipient, request(dossierid, recipient, line.operator, number))
        self.send(line.operator, acceptance(dossierid, line.operator, recipient, number))
        self.send(recipient, performed(dossierid, recipient, line.operator, number))
        assert self.dossier(dossierid, recipient)["status"] == "performed"

    def moved(self, line: Subscriber, operator: str) -> Subscriber:
        """The same line with another operator."""
        return replace(line, operator=operator)

    def acknowledged(self, dossierid: str) -> set[str]:
        return {one["operator"] for one in self.dossier(dossierid)["acknowledgements"] if one["at"]}

    async def port(self, dossierid: str, line: Subscriber) -> None:
        """FJORD ports a line; returns when its *performed* is accepted."""
        self.ask(dossierid, line)
        await self.until(lambda: self.dossier(dossierid)["status"] == "agreed")
        later = self.world.clock.legal_now().replace(year=2030)
        self.send("FJORD", performed(dossierid, "FJORD", line.operator, national(line.msisdn), at=later))
        assert self.dossier(dossierid)["status"] == "performed"

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await asyncio.sleep(POLL_SECONDS)


def make_state(folder: Path, *, pace: float) -> Path:
    """A state folder with a new world of 600 lines and everybody's credentials."""
    file = Settings(state_dir=folder).world_file
    file.parent.mkdir(parents=True)
    build_world(file, seed=1, subscribers=600, pace=pace)
    consumers.register(folder, [(one.code, one.consumer) for one in OPERATORS.values()])
    return folder


def copy_of(state: Path, folder: Path) -> Path:
    return Path(shutil.copytree(state, folder / "state"))


@asynccontextmanager
async def open_robots(state: Path, pace: Pace = QUICK) -> AsyncIterator[RobotsWorld]:
    """The world of a state folder, at work."""
    world = World(Settings(state_dir=state))
    house = ClearingHouse(world.store, world.clock, world.effects, world.numbers, world.operators)
    robots = Robots(world, house, pace)
    robots.task.start()
    try:
        yield RobotsWorld(world, house, Registry(world.store, world.numbers, house), robots)
    finally:
        await robots.task.stop()
        house.mailboxes.close()
        world.close()
