"""Ends of contracts of every way and every ending, through settlement to the number's fate, asked at once."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from tests.support.living_ends import billing, commit, freed, settlement_of, terminate
from tests.support.living_relais import HOME, LivingRelais
from tests.support.living_sims import BY_CODE, PORTAL, show_who_he_is
from tests.support.persistence import PATIENCE_S, insist


@dataclass
class EndBatch:
    """Orders by how they are to end; a settlement is known once its termination has completed."""

    relais: LivingRelais
    completed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    by_code: list[str] = field(default_factory=list)

    @classmethod
    async def ask(cls, relais: LivingRelais) -> Self:
        """Everything is accepted; what else customers do is in `customers`."""
        batch = cls(relais)
        ported_in = await relais.foreign_line(HOME, "CIRUS")
        plain, billed, texted, staying = await relais.lines(4, HOME)
        await commit(relais, billed)
        wrong = ["fee_twice", "charge_after_end"]
        await billing(relais, billed, errors=wrong, deposit="50.00", deposit_item="box", advances="12.00")
        batch.by_code = [await terminate(relais, texted, BY_CODE)]
        batch.completed = [
            await terminate(relais, billed),
            await terminate(relais, plain, PORTAL),
            await terminate(relais, ported_in),
            *batch.by_code,
        ]
        batch.cancelled = [await terminate(relais, staying, requested_date="+200d")]
        return batch

    @property
    def all(self) -> list[str]:
        return [*self.completed, *self.cancelled, *self.settled]

    def customers(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What customers do meanwhile, and what becomes of their numbers."""
        return [
            *(show_who_he_is(self.relais, order_id) for order_id in self.by_code),
            *(self._see_off(order_id) for order_id in self.completed),
            *(self._stay(order_id) for order_id in self.cancelled),
        ]

    def ended_wrong(self, done: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Orders that ended otherwise than they were to."""
        expected = dict.fromkeys([*self.completed, *self.settled], "completed")
        expected |= dict.fromkeys(self.cancelled, "cancelled")
        return [f"{i} {done[i]['state']}, not {state}" for i, state in expected.items() if done[i]["state"] != state]

    async def _see_off(self, order_id: str) -> None:
        """The money is settled, and the number goes where it belongs."""
        assert await self.relais.states([order_id], PATIENCE_S) == ["completed"]
        settlement = settlement_of(order_id)
        self.settled.append(settlement)
        await self.relais.ended([settlement], PATIENCE_S)
        await freed(self.relais, self.relais.leaving[order_id].line.msisdn, PATIENCE_S)

    async def _stay(self, order_id: str) -> None:
        await self.relais.until(order_id, "notice", within_s=PATIENCE_S)
        await insist(self.relais, order_id, "cancel")
