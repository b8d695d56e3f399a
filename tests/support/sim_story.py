"""One SIM replacement, or one line service, under test: started, and spoken to as customer, phone and post."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.authentication import Authentication, AuthenticationMethod, CodeVerdict
from domain.deliveries import DeliveryKind
from domain.lines import LineServiceOrder
from domain.orders import ACCEPTED, OrderKind, OrderStatus
from domain.sim_replacement import SimReplacementOrder
from domain.sims import ShipmentProgress, ShipmentStage
from domain.updates import ActivateRequest, DeclareRequest, Recorded, ReviewRequest
from tests.support.order_story import OrderStory
from tests.support.sim_activities import sim_activities
from tests.support.sim_world import SimWorld
from workflows.line_service import LineService
from workflows.sim_replacement import SimReplacement


class LineStory(OrderStory[SimWorld]):
    """Orders about one line of ALIZE."""

    world_at = SimWorld

    @staticmethod
    def activities(world: SimWorld) -> list[Callable[..., Any]]:
        return sim_activities(world)

    async def fields(self, method: str) -> dict[str, Any]:
        """What every order about the line has."""
        await self.world.clock.now()
        return {
            "line_hash": "c0ffee",
            "msisdn": self.world.number,
            "zone": self.world.zone,
            "authentication": Authentication(method=AuthenticationMethod(method), agent="ada"),
            "home": "ALIZE",
            "accepted_at": self.accepted_at,
            "accepted_at_real": await self.env.get_current_time(),
        }


class SimStory(LineStory):
    """The replacement of one line's SIM."""

    kind = OrderKind.SIM_REPLACEMENT

    async def start(self, reason: str = "upgrade", form: str = "esim", method: str = "in_shop", **more: Any) -> None:
        """Accepted and started; `more` are fields of the order."""
        fields = await self.fields(method) | {"order_id": "sr-1", "reason": reason, "form": form} | more
        await self.start_order(SimReplacement.run, SimReplacementOrder.model_validate(fields), ACCEPTED)

    async def waits(self, reason: str = "upgrade", form: str = "esim", method: str = "in_shop") -> OrderStatus:
        """Up to the wait for the phone or the post."""
        await self.start(reason, form, method)
        return await self.stage("on_the_way")

    async def post(self, stage: str, *, attempt: int = 1, at: datetime | None = None) -> None:
        """Logistics tells how far the card is."""
        at = at or await self.world.clock.now()
        progress = ShipmentProgress(attempt=attempt, stage=ShipmentStage(stage), at=at)
        await self.deliver(DeliveryKind.SHIPMENT_PROGRESS, progress)

    def phone_is_quick(self) -> None:
        """The customer's phone fetches the profile as soon as it can."""

        async def fetched() -> None:
            await self.phone("enabled")

        self.world.after_effect("smdp_order_profile", fetched)

    async def code(self, *, right: bool, number: int = 1, locked_until: datetime | None = None) -> None:
        """The API has checked a code that the customer sent."""
        checked = CodeVerdict(right=right, number=number, locked_until=locked_until)
        await self.deliver(DeliveryKind.CODE_CHECKED, checked)

    async def activate(self) -> Recorded:
        return await self.update("activate", ActivateRequest(by="customer"))

    async def release(self) -> Recorded:
        return await self.update("release", ReviewRequest(by="desk", reason="called the holder back"))

    async def refuse(self) -> Recorded:
        return await self.update("refuse", ReviewRequest(by="desk", reason="the holder knows nothing"))


class ServiceStory(LineStory):
    """One line service."""

    kind = OrderKind.LINE_SERVICE

    async def start(self, action: str, **more: Any) -> None:
        """Accepted and started; `more` are fields of the order."""
        fields = await self.fields("portal") | {"order_id": "ls-1", "action": action} | more
        await self.start_order(LineService.run, LineServiceOrder.model_validate(fields), ACCEPTED)

    async def declare(self, filed_at: datetime | None, *, by: str = "marie", reference: str = "PV 1") -> Recorded:
        return await self.update("declare", DeclareRequest(by=by, reference=reference, filed_at=filed_at))
