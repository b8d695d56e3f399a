"""One port in under test: started, waited for, spoken to as the donor, the customer or the desk."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.orders import OrderKind, OrderStatus
from domain.port_in import DossierMessage, Holder, HolderKind, PortInOrder, PortInResult
from domain.refusals import refusal_from_block
from domain.updates import CancelRequest, NoteRequest, Recorded, RescheduleRequest, ResolveRequest
from tests.support.port_clearing_house import dossier_of
from tests.support.port_world import NUMBER, FakeWorld
from workflows.port_in import PortIn
from workflows.port_in.workflow import ACCEPTED
from workflows.search_attributes import initial

PARIS = ZoneInfo("Europe/Paris")
WEDNESDAY = datetime(2026, 6, 3, 10, 0, tzinfo=PARIS)
"""A plain week: accepted on Wednesday 3 June 2026, the last day in time is Saturday 6 June."""

AT_REST = (
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_TIMER_CANCELED,
    EventType.EVENT_TYPE_MARKER_RECORDED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
)
"""Last events of a history that waits for something to come."""

PATIENCE = 10.0
"""Real seconds for something that needs no legal time to pass."""


def paris(day: int, hour: int = 10, minute: int = 0, *, month: int = 6) -> datetime:
    """A legal instant of 2026, June unless told otherwise."""
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)


class Story:
    """A port in of one number from CIRUS to ALIZE."""

    def __init__(self, env: WorkflowEnvironment, world: FakeWorld, task_queue: str, accepted_at: datetime) -> None:
        self.env = env
        self.world = world
        self._task_queue = task_queue
        self._accepted_at = accepted_at
        self._message_ids = itertools.count(1)
        self._handle: WorkflowHandle[PortIn, PortInResult] | None = None

    @property
    def handle(self) -> WorkflowHandle[PortIn, PortInResult]:
        assert self._handle is not None, "not started"
        return self._handle

    async def start(self, *, donor: str = "CIRUS", requested: date | None = None, **more: Any) -> None:
        """Start the workflow as the outbox does; `more` are fields of the order."""
        await self.world.clock.now()
        order = PortInOrder(
            order_id="pi-1",
            line_hash="c0ffee",
            msisdn=NUMBER,
            rio="C1P7K9M2Q000",
            holder=Holder(kind=HolderKind.CONSUMER, name="Camille Martin"),
            requested_date=requested,
            home="ALIZE",
            donor=donor,
            accepted_at=self._accepted_at,
            accepted_at_real=await self.env.get_current_time(),
            **more,
        )
        attributes = initial(
            kind=OrderKind.PORT_IN, donor=donor, recipient="ALIZE", line_hash=order.line_hash, status=ACCEPTED
        )
        self._handle = await self.env.client.start_workflow(
            PortIn.run,
            order,
            id=order.order_id,
            task_queue=self._task_queue,
            search_attributes=attributes,
        )

    # Waiting.

    async def until(self, happened: Callable[[], bool], what: str = "that") -> None:
        """Wait, without legal time passing, until the world shows it."""
        for _ in range(int(PATIENCE / 0.005)):
            if happened():
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"waited in vain for {what}; timeline: {self.world.lines}")

    async def stage(self, name: str) -> OrderStatus:
        """Wait, without legal time passing, until the order is at this stage or, by its name, in this state."""

        def there() -> bool:
            status = self.world.recorder.status
            return status is not None and name in (status.stage, status.state.value)

        await self.until(there, name)
        await self.quiet()
        return await self.status()

    async def quiet(self) -> None:
        """Wait until the workflow has nothing to do at once: the journal is a moment ahead of it, and a query in that
        moment would cost it a task.
        """
        for _ in range(int(PATIENCE / 0.005)):
            events = (await self.handle.fetch_history()).events
            if events[-1].event_type in AT_REST:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"the workflow does not come to rest; timeline: {self.world.lines}")

    async def line(self, text: str) -> None:
        """Wait until the timeline holds this text."""
        await self.until(lambda: any(text in line for line in self.world.lines), text)

    async def event(self, kind: "EventType.ValueType") -> None:
        """Wait until the history holds such an event."""
        for _ in range(int(PATIENCE / 0.005)):
            if any(event.event_type == kind for event in (await self.handle.fetch_history()).events):
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"no event {EventType.Name(kind)}")

    async def pass_time(self, **duration: float) -> None:
        """Let real time pass in the server, skipped; at pace 1 as much legal time."""
        await self.env.sleep(timedelta(**duration))

    async def pass_until(self, instant: datetime) -> None:
        """Let legal time pass until this instant (pace 1)."""
        await self.env.sleep(instant - await self.world.clock.now())

    async def ends(self) -> str:
        """Let time pass until the order ends; its final state."""
        return (await self.handle.result()).state

    # Speaking.

    async def hear(self, type: str = "portingrequestanswer", *, attempt: int = 1, **fields: Any) -> None:
        """A message of the clearing house reaches the order, as the inbox brings it."""
        message = DossierMessage(
            **{
                "message_id": next(self._message_ids),
                "type": type,
                "dossier_id": dossier_of(attempt),
                "received_at": await self.world.clock.now(),
                **fields,
            }
        )
        await self.handle.signal(PortIn.dossier_message, message)

    async def donor_accepts(self, first_possible: datetime | None = None, *, attempt: int = 1) -> None:
        dossier = self.world.dossiers[dossier_of(attempt)]
        dossier.status, dossier.first_possible = "agreed", first_possible
        await self.hear(attempt=attempt, first_possible=first_possible)

    async def donor_refuses(self, block: str, text: str = "", *, attempt: int = 1) -> None:
        self.world.dossiers[dossier_of(attempt)].status = "refused"
        await self.hear(
            attempt=attempt, blocked=True, blocking_code=block, refusal=refusal_from_block(block, text, "CIRUS")
        )

    async def agreed(self, first_possible: datetime | None = None) -> OrderStatus:
        """Through the donor's yes, to the wait for the day."""
        await self.stage("waiting_for_donor")
        await self.donor_accepts(first_possible)
        return await self.stage("waiting_for_day")

    async def cancel(self) -> Recorded:
        return await self.handle.execute_update(PortIn.cancel, CancelRequest(by="marie", reason="changed her mind"))

    async def reschedule(self, when: str) -> Recorded:
        return await self.handle.execute_update(
            PortIn.reschedule, RescheduleRequest(by="marie", reason="away", date=when)
        )

    async def resolve(self, action: str) -> Recorded:
        return await self.handle.execute_update(
            PortIn.resolve, ResolveRequest(by="desk", reason="looked into it", action=action)
        )

    async def note(self, text: str) -> Recorded:
        return await self.handle.execute_update(PortIn.note, NoteRequest(by="desk", text=text))

    async def refused(self, update: Any) -> str:
        """The sentence with which an update is refused."""
        try:
            answer = await update
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            return cause.message if isinstance(cause, ApplicationError) else repr(cause)
        raise AssertionError(f"not refused: {answer}")

    async def status(self) -> OrderStatus:
        return await self.handle.query(PortIn.status)
