"""One termination, one settlement or one round of the quarantine under test."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from domain.authentication import CodeVerdict
from domain.contracts import LeavingCost
from domain.deliveries import DeliveryKind
from domain.orders import ACCEPTED, OrderKind, OrderStatus
from domain.termination import SettlementOrder, TerminationOrder
from rules.dates import local_date
from runtime.activity_list import activities_of
from tests.support.end_activities import INVOICE, FakeQuarantine, end_activities
from tests.support.end_world import CONTRACT, EndWorld, RoundWorld
from tests.support.fake_keeping import FakeKeeping
from tests.support.order_story import OrderStory
from tests.support.sim_story import LineStory
from workflows.quarantine import QuarantineRound, QuarantineRoundInput
from workflows.quarantine.workflow import QuarantineRoundResult
from workflows.settlement import Settlement
from workflows.termination import Termination


class EndStory(LineStory):
    """Orders about the end of one contract of ALIZE."""

    world: EndWorld
    world_at = EndWorld

    @staticmethod
    def activities(world: Any) -> list[Callable[..., Any]]:
        return end_activities(world)


class TerminationStory(EndStory):
    """The end of one contract."""

    kind = OrderKind.TERMINATION

    async def start(self, method: str = "in_shop", **more: Any) -> None:
        """Accepted and started; `more` are fields of the order."""
        fields = await self.fields(method) | {"order_id": "te-1"} | more
        await self.start_order(Termination.run, TerminationOrder.model_validate(fields), ACCEPTED)

    async def waits(self, method: str = "in_shop", **more: Any) -> OrderStatus:
        """Up to the wait for the last day."""
        await self.start(method, **more)
        return await self.stage("notice")

    async def code(self, *, right: bool, number: int = 1, locked_until: Any = None) -> None:
        """The API has checked a code that the customer sent."""
        checked = CodeVerdict(right=right, number=number, locked_until=locked_until)
        await self.deliver(DeliveryKind.CODE_CHECKED, checked)


class SettlementStory(EndStory):
    """The money of one contract, which ended at the story's acceptance."""

    kind = OrderKind.SETTLEMENT

    async def start(self, **more: Any) -> None:
        """Accepted and started, the invoice asked for; `more` are fields of the order."""
        fields = await self.fields("in_shop")
        del fields["authentication"]
        world = self.world
        last_day = world.regime.leaving.ended_on(self.accepted_at, world.number)
        assert local_date(self.accepted_at, world.zone) > last_day, "ends at midnight"
        world.bill.asked_at = self.accepted_at
        known = {
            "order_id": "st-1",
            "ended_by": "te-1",
            "contract": CONTRACT,
            "account": world.bill.account,
            "cost": LeavingCost(last_day=last_day, currency=world.regime.currency),
            "effective_at": self.accepted_at,
            "email": "camille@example.org",
            "invoice_id": INVOICE,
            "invoice_expected_at": self.accepted_at + timedelta(days=2),
        }
        order = SettlementOrder.model_validate(fields | known | more)
        await self.start_order(Settlement.run, order, ACCEPTED)


class RoundStory(OrderStory[RoundWorld]):
    """One round of the quarantine."""

    world_at = RoundWorld

    @staticmethod
    def activities(world: RoundWorld) -> list[Callable[..., Any]]:
        return [method for party in (FakeKeeping(world), FakeQuarantine(world)) for method in activities_of(party)]

    async def start(self) -> None:
        """Started as the schedule does."""
        self._handle = await self.env.client.start_workflow(
            QuarantineRound.run, QuarantineRoundInput(home="ALIZE"), id="quarantine-round", task_queue=self._task_queue
        )

    async def ends(self) -> str:
        """A round ends in one way only."""
        await self.handle.result()
        return "completed"

    async def round(self) -> QuarantineRoundResult:
        """A whole round."""
        await self.start()
        return cast(QuarantineRoundResult, await self.handle.result())
