"""One port out under test: asked for by BOREA, spoken to as the clearing house, the holder and the desk."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Self

from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from domain.authentication import Authentication, AuthenticationMethod, CodeVerdict
from domain.deliveries import DeliveryKind
from domain.orders import ACCEPTED, OrderKind, OrderStatus
from domain.port_in import DossierMessage
from domain.port_out import PortOutOrder
from domain.updates import FreezeRequest, Recorded, ReviewRequest
from tests.support.france import with_rio
from tests.support.order_story import OrderStory
from tests.support.out_activities import out_activities
from tests.support.out_world import DOSSIER, RIO, OutWorld
from tests.support.temporal import BUILD_ID
from workflows.port_out import PortOut


class OutStory(OrderStory[OutWorld]):
    """The departure of one number."""

    kind = OrderKind.PORT_OUT
    world_at = OutWorld

    def __init__(self, env: WorkflowEnvironment, world: OutWorld, task_queue: str, accepted_at: datetime) -> None:
        super().__init__(env, world, task_queue, accepted_at)
        self._message_ids = itertools.count(1)

    @staticmethod
    def activities(world: Any) -> list[Callable[..., Any]]:
        return out_activities(world)

    async def order(self, **more: Any) -> PortOutOrder:
        """BOREA's request; `more` are fields of the order."""
        await self.world.clock.now()
        fields = {
            "order_id": "po-1",
            "line_hash": "c0ffee",
            "msisdn": self.world.number,
            "zone": self.world.zone,
            "home": "ALIZE",
            "recipient": "BOREA",
            "dossier_id": DOSSIER,
            "rio": RIO,
            "accepted_at": self.accepted_at,
            "accepted_at_real": await self.env.get_current_time(),
        }
        return PortOutOrder.model_validate(with_rio(fields | more))

    async def start(self, **more: Any) -> None:
        """Accepted and started."""
        order = await self.order(**more)
        self.world.dossier.numbers[order.order_id] = order.msisdn
        await self.start_order(PortOut.run, order, ACCEPTED)

    async def agreed(self, **more: Any) -> OrderStatus:
        """Up to the wait for the port."""
        await self.start(**more)
        return await self.stage("agreed")

    async def held(self, **more: Any) -> OrderStatus:
        """Up to a reason to wait, with its announcement sent."""
        await self.start(**more)
        await self.line("answer announced for")
        return await self.stage("held")

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[Self]:
        """Another order of the same dossier, with a world of its own but for the dossier."""
        world = OutWorld(self.world.clock)
        world.dossiers = self.world.dossiers
        world.dossier.numbers = dict.fromkeys(("po-1", "po-2"), self.world.number)
        async with Worker(self.env.client, task_queue="beside", build_id=BUILD_ID, activities=out_activities(world)):
            yield type(self)(self.env, world, "beside", self.accepted_at)

    # Speaking.

    async def hear(self, type: str, **fields: Any) -> None:
        """A message of the clearing house reaches the order, as the journal brings it."""
        message = DossierMessage(
            **{
                "message_id": next(self._message_ids),
                "type": type,
                "dossier_id": DOSSIER,
                "received_at": await self.world.clock.now(),
                **fields,
            }
        )
        await self.deliver(DeliveryKind.DOSSIER_MESSAGE, message)

    async def is_performed(self) -> datetime:
        """The recipient serves the number; our order has not heard of it."""
        dossier = self.world.dossier
        dossier.status, dossier.actual = "performed", await self.world.clock.now()
        self.world.served_by = "BOREA"
        return dossier.actual

    async def performed(self) -> datetime:
        """The recipient has ported the number, and the order hears of it; the port's legal instant."""
        at = await self.is_performed()
        await self.hear("portingperformed", actual=at)
        return at

    async def withdrawn(self) -> None:
        """The recipient cancels."""
        self.world.dossier.status = "cancelled"
        await self.hear("cancel", note="the customer stays")

    async def freeze(self, method: str = "in_shop") -> Recorded:
        shown = Authentication(method=AuthenticationMethod(method), agent="ada")
        return await self.update("freeze", FreezeRequest(by="ada", reason="asked for nothing", authentication=shown))

    async def code(self, *, right: bool, number: int = 1) -> None:
        """The API has checked a code that the holder sent."""
        await self.deliver(DeliveryKind.CODE_CHECKED, CodeVerdict(right=right, number=number))

    async def release(self) -> Recorded:
        return await self.update("release", ReviewRequest(by="desk", reason="called the holder back"))

    async def refuse(self) -> Recorded:
        return await self.update("refuse", ReviewRequest(by="desk", reason="the holder knows nothing"))
