"""SIM replacements and line services of every way and every ending, asked at once."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from tests.support.living_relais import HOME, Line, LivingRelais
from tests.support.living_sims import (
    BY_CODE,
    PORTAL,
    drawer_card,
    phone,
    replace_sim,
    serve,
    show_who_he_is,
)
from tests.support.persistence import PATIENCE_S, insist, send_until_answered, until_told

IMEI = "356938035643809"


@dataclass
class SimBatch:
    """Orders by how they are to end; the line services complete."""

    relais: LivingRelais
    completed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    by_code: list[str] = field(default_factory=list)
    reminded: list[str] = field(default_factory=list)
    found_again: list[Line] = field(default_factory=list)

    @classmethod
    async def ask(cls, relais: LivingRelais) -> Self:
        """Everything is accepted; what else customers do is in `customers`."""
        batch = cls(relais)
        await batch._good()
        await batch._changed_their_mind()
        await batch._services()
        return batch

    @property
    def all(self) -> list[str]:
        return [*self.completed, *self.cancelled, *self.services]

    def customers(self) -> Sequence[Coroutine[Any, Any, None]]:
        """What customers do meanwhile."""
        return [
            *(show_who_he_is(self.relais, order_id) for order_id in self.by_code),
            *(self._cancel_on_the_way(order_id) for order_id in self.cancelled),
            *(self._put_the_card_in(order_id) for order_id in self.reminded),
            *(self._find_the_phone(line) for line in self.found_again),
        ]

    def ended_wrong(self, done: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Orders that ended otherwise than they were to."""
        expected = dict.fromkeys([*self.completed, *self.services], "completed")
        expected |= dict.fromkeys(self.cancelled, "cancelled")
        return [f"{i} {done[i]['state']}, not {state}" for i, state in expected.items() if done[i]["state"] != state]

    async def _good(self) -> None:
        relais = self.relais
        upgraded, broken, shop, stolen, fraud, texted, mailed, failing, slow = await relais.lines(9, HOME)
        await phone(relais, failing, download="error")
        await phone(relais, slow, inserts=False)
        declaration = {"reference": "PV 2026/7", "filed_at": (await relais.look("/admin/clock"))["legal"]}
        iccid = await drawer_card(relais)
        self.reminded = [await replace_sim(relais, slow, "upgrade", "physical", PORTAL)]  # first: it takes longest
        self.by_code = [
            await replace_sim(relais, texted, "upgrade", "esim", BY_CODE),
            await replace_sim(relais, mailed, "lost", "physical", BY_CODE),
        ]
        robbed = await replace_sim(relais, stolen, "stolen", "physical", PORTAL, imei=IMEI, declaration=declaration)
        self.completed = [
            *self.by_code,
            *self.reminded,
            robbed,
            await replace_sim(relais, upgraded, "upgrade", "esim", PORTAL),
            await replace_sim(relais, broken, "damaged", "physical", PORTAL),
            await replace_sim(relais, shop, "damaged", "physical", iccid=iccid),
            await replace_sim(relais, fraud, "fraud", "esim"),
            await replace_sim(relais, failing, "lost", "esim", PORTAL),
        ]
        handset = (await relais.order(robbed))["links"]["handset"].rpartition("/")[2]
        self.services.append(handset)

    async def _changed_their_mind(self) -> None:
        relais = self.relais
        no_phone, no_post = await relais.lines(2, HOME)
        await phone(relais, no_phone, download="never")
        await phone(relais, no_post, inserts=False)
        self.cancelled = [
            await replace_sim(relais, no_phone, "lost", "esim", PORTAL),
            await replace_sim(relais, no_post, "damaged", "physical", PORTAL),
        ]

    async def _services(self) -> None:
        line = await self.relais.line(HOME)
        self.services.append(await serve(self.relais, line, "bar"))
        self.found_again = [line]

    async def _cancel_on_the_way(self, order_id: str) -> None:
        await self.relais.until(order_id, "on_the_way", within_s=PATIENCE_S)
        await insist(self.relais, order_id, "cancel")

    async def _put_the_card_in(self, order_id: str) -> None:
        """Only once he is reminded, which is after a real minute at any pace."""
        await until_told(self.relais, order_id, "reminded of the card")
        await send_until_answered(self.relais, f"/v1/orders/{order_id}/activate", {"by": "Ines"})

    async def _find_the_phone(self, line: Line) -> None:
        bars = list(self.services)
        while (await self.relais.order(bars[-1]))["state"] != "completed":
            await asyncio.sleep(0.5)
        self.services.append(await serve(self.relais, line, "unbar"))
