"""Ports out of every ending, asked for at once by one recipient, alone and beside other orders of the line."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from tests.support.living_departures import PATIENCE_S, departs
from tests.support.living_ends import settlement_of, terminate
from tests.support.living_relais import HOME, Line, LivingRelais
from tests.support.living_sims import ADA, BY_CODE, phone, replace_sim, serve, show_who_he_is
from tests.support.neighbour import Neighbour
from tests.support.persistence import insist


@dataclass
class OutBatch:
    """Orders by how they are to end; a port out is known once its request has been taken."""

    relais: LivingRelais
    fjord: Neighbour
    completed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    _plain: list[Line] = field(default_factory=list)
    _locked: list[Line] = field(default_factory=list)
    _ending: list[tuple[Line, str]] = field(default_factory=list)
    _swapping: list[tuple[Line, str]] = field(default_factory=list)

    @classmethod
    async def ask(cls, relais: LivingRelais, fjord: Neighbour) -> Self:
        """What is there before anybody asks for the numbers; that is in `others`."""
        batch = cls(relais, fjord)
        batch._plain = await relais.lines(5, HOME)
        batch._locked = await relais.lines(3, HOME)
        for line in batch._locked:
            batch.completed.append(await serve(relais, line, "lock"))
        ending, swapping = await relais.lines(2, HOME)
        await phone(relais, swapping, download="never")
        batch._ending = [(ending, await terminate(relais, ending, requested_date="+300d"))]
        batch._swapping = [(swapping, await replace_sim(relais, swapping, "upgrade", "esim"))]
        return batch

    @property
    def all(self) -> list[str]:
        return [*self.completed, *self.cancelled, *self.rejected]

    def others(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What the recipient does, and the people of ours that it makes busy."""
        leaving, also, wrong, withdrawn, lost = self._plain
        opened, frozen, by_code = self._locked
        return [
            *(self._leave(line) for line in (leaving, also)),
            self._be_refused(wrong, rio=leaving.rio),
            self._be_withdrawn(withdrawn),
            self._lose_the_sim(lost),
            self._be_released(opened),
            self._be_stopped(frozen, ADA),
            self._be_stopped(by_code, BY_CODE),
            *(self._fold(line, order_id) for line, order_id in self._ending),
            *(self._outrun(line, order_id) for line, order_id in self._swapping),
        ]

    def ended_wrong(self, done: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Orders that ended otherwise than they were to."""
        expected = dict.fromkeys(self.completed, "completed") | dict.fromkeys(self.cancelled, "cancelled")
        expected |= dict.fromkeys(self.rejected, "rejected")
        return [f"{i} {done[i]['state']}, not {state}" for i, state in expected.items() if done[i]["state"] != state]

    async def _asked(self, line: Line, ending: list[str], rio: str | None = None) -> tuple[str, str]:
        dossier = await self.fjord.ask_for(line, rio)
        order_id = await departs(self.relais, line, dossier, self.fjord.code, set())
        ending.append(order_id)
        return order_id, dossier

    async def _perform(self, order_id: str, dossier: str, line: Line) -> None:
        await self.fjord.perform(dossier, line, PATIENCE_S)
        assert await self.relais.states([order_id], PATIENCE_S) == ["completed"]
        self.completed.append(settlement_of(order_id))

    async def _leave(self, line: Line) -> None:
        order_id, dossier = await self._asked(line, self.completed)
        await self._perform(order_id, dossier, line)

    async def _be_refused(self, line: Line, rio: str) -> None:
        await self._asked(line, self.rejected, rio)

    async def _be_withdrawn(self, line: Line) -> None:
        _, dossier = await self._asked(line, self.cancelled)
        await self.fjord.until(dossier, "agreed", within_s=PATIENCE_S)
        await self.fjord.withdraw(dossier, HOME)

    async def _lose_the_sim(self, line: Line) -> None:
        """While the port waits for its day."""
        order_id, dossier = await self._asked(line, self.completed)
        await self.relais.until(order_id, "agreed", within_s=PATIENCE_S)
        swap = await replace_sim(self.relais, line, "damaged", "esim")
        self.completed.append(swap)
        await self.relais.ended([swap], PATIENCE_S)
        await self._perform(order_id, dossier, line)

    async def _be_released(self, line: Line) -> None:
        order_id, dossier = await self._asked(line, self.completed)
        await self.relais.until(order_id, "held", within_s=PATIENCE_S)
        await insist(self.relais, order_id, "release")
        await self._perform(order_id, dossier, line)

    async def _be_stopped(self, line: Line, authentication: dict[str, str]) -> None:
        order_id, _ = await self._asked(line, self.rejected)
        await self.relais.until(order_id, "held", within_s=PATIENCE_S)
        await insist(self.relais, order_id, "freeze", authentication=authentication)
        if authentication == BY_CODE:
            await show_who_he_is(self.relais, order_id)

    async def _fold(self, line: Line, ending: str) -> None:
        self.cancelled.append(ending)
        await self.relais.until(ending, "notice", within_s=PATIENCE_S)
        order_id, dossier = await self._asked(line, self.completed)
        await self._perform(order_id, dossier, line)

    async def _outrun(self, line: Line, swap: str) -> None:
        """A replacement that never ends by itself, and a person who lets the number go all the same."""
        self.cancelled.append(swap)
        order_id, dossier = await self._asked(line, self.completed)
        await self.relais.until(order_id, "held", within_s=PATIENCE_S)
        await insist(self.relais, order_id, "release")
        await self._perform(order_id, dossier, line)
