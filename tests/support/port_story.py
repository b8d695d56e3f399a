"""One port in under test: started, and spoken to as the donor, the customer or the desk."""

import itertools
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from temporalio.testing import WorkflowEnvironment

from domain.deliveries import DeliveryKind
from domain.orders import ACCEPTED, OrderKind, OrderStatus
from domain.port_in import DossierMessage, Holder, HolderKind, PortInOrder
from domain.refusals import refusal_from_block
from domain.updates import Recorded, RescheduleRequest
from rules.france.refusals import judged
from rules.france.rio import sealed
from tests.support.order_story import PARIS, WEDNESDAY, OrderStory, paris
from tests.support.port_activities import fake_activities
from tests.support.port_clearing_house import dossier_of
from tests.support.port_world import PortWorld
from workflows.port_in import PortIn

__all__ = ["PARIS", "WEDNESDAY", "Story", "paris"]


class Story(OrderStory[PortWorld]):
    """A port in of one number from CIRUS to ALIZE."""

    kind = OrderKind.PORT_IN
    world_at = PortWorld

    def __init__(self, env: WorkflowEnvironment, world: PortWorld, task_queue: str, accepted_at: datetime) -> None:
        super().__init__(env, world, task_queue, accepted_at)
        self._message_ids = itertools.count(1)

    @staticmethod
    def activities(world: PortWorld) -> list[Callable[..., Any]]:
        return fake_activities(world, "ALIZE")

    async def start(self, *, donor: str = "CIRUS", requested: date | None = None, **more: Any) -> None:
        """Accepted and started; `more` are fields of the order."""
        await self.world.clock.now()
        fields = {
            "order_id": "pi-1",
            "line_hash": "c0ffee",
            "msisdn": self.world.number,
            "zone": self.world.zone,
            "authorisation": sealed("C1P7K9M2Q000"),
            "holder": Holder(kind=HolderKind.CONSUMER, name="Camille Martin"),
            "requested_date": requested,
            "home": "ALIZE",
            "donor": donor,
            "accepted_at": self.accepted_at,
            "accepted_at_real": await self.env.get_current_time(),
        }
        await self.start_order(PortIn.run, PortInOrder.model_validate(fields | more), ACCEPTED)

    async def dossier_message(
        self, type: str = "portingrequestanswer", *, attempt: int = 1, wakes: bool = True, **fields: Any
    ) -> None:
        """A message of the clearing house comes for the order; `wakes`: the signal that says so is not lost."""
        message = DossierMessage(
            **{
                "message_id": next(self._message_ids),
                "type": type,
                "dossier_id": dossier_of(attempt),
                "received_at": await self.world.clock.now(),
                **fields,
            }
        )
        self.world.deliver(DeliveryKind.DOSSIER_MESSAGE, message)
        if wakes:
            await self.handle.signal("wake")

    async def donor_accepts(self, first_possible: datetime | None = None, *, attempt: int = 1) -> None:
        dossier = self.world.dossiers[dossier_of(attempt)]
        dossier.status, dossier.first_possible = "agreed", first_possible
        await self.dossier_message(attempt=attempt, first_possible=first_possible)

    async def donor_refuses(self, block: str, text: str = "", *, attempt: int = 1) -> None:
        self.world.dossiers[dossier_of(attempt)].status = "refused"
        await self.dossier_message(
            attempt=attempt, blocked=True, blocking_code=block, refusal=judged(refusal_from_block(block, text, "CIRUS"))
        )

    async def agreed(self, first_possible: datetime | None = None) -> OrderStatus:
        """Through the donor's yes, to the wait for the day."""
        await self.stage("waiting_for_donor")
        await self.donor_accepts(first_possible)
        return await self.stage("waiting_for_day")

    async def reschedule(self, when: str) -> Recorded:
        return await self.update("reschedule", RescheduleRequest(by="marie", reason="away", date=when))
