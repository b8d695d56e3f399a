"""One order under test: waited for, and spoken to as people speak to any order."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.deliveries import DeliveryKind
from domain.lines import LineNews, LineNewsKind
from domain.model import Model
from domain.orders import OrderKind, OrderStatus, WaitingFor
from domain.sims import ProfileProgress, ProfileStage
from domain.updates import CancelRequest, NoteRequest, Recorded, ResolveRequest
from tests.support.fake_world import FakeClock, FakeWorld
from workflows.order.search_attributes import initial

World = TypeVar("World", bound=FakeWorld)

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


def to_the_minute(instant: datetime | None) -> datetime:
    """As people read it: steps of a test take milliseconds."""
    assert instant is not None
    return instant.astimezone(PARIS).replace(second=0, microsecond=0)


class OrderStory(Generic[World]):
    """One order of one number. Each kind of order says what its world is and how it starts."""

    kind: ClassVar[OrderKind]

    def __init__(self, env: WorkflowEnvironment, world: World, task_queue: str, accepted_at: datetime) -> None:
        self.env = env
        self.world = world
        self.accepted_at = accepted_at
        self._task_queue = task_queue
        self._handle: WorkflowHandle[Any, Any] | None = None

    @staticmethod
    def world_at(clock: FakeClock) -> Any:
        """A new world of this kind of order."""
        raise NotImplementedError

    @staticmethod
    def activities(world: Any) -> list[Callable[..., Any]]:
        """Everything that this kind of order calls."""
        raise NotImplementedError

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        assert self._handle is not None, "not started"
        return self._handle

    async def start_order(self, run: Any, order: Any, accepted: OrderStatus) -> None:
        """Start the workflow as the outbox does."""
        attributes = initial(
            kind=self.kind, donor=order.donor, recipient=order.recipient, line_hash=order.line_hash, status=accepted
        )
        self._handle = await self.env.client.start_workflow(
            run, order, id=order.order_id, task_queue=self._task_queue, search_attributes=attributes
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

    async def stuck(self) -> None:
        """Wait until a call has failed and is to be tried again: this server cannot cancel one that is just ending."""
        for _ in range(int(PATIENCE / 0.005)):
            described = await self.handle.describe()
            if any(call.HasField("last_failure") for call in described.raw_description.pending_activities):
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"no call waits for its next try; timeline: {self.world.lines}")

    async def pass_time(self, **duration: float) -> None:
        """Let real time pass in the server, skipped; at pace 1 as much legal time."""
        await self.env.sleep(timedelta(**duration))

    async def pass_until(self, instant: datetime) -> None:
        """Let legal time pass until this instant (pace 1)."""
        await self.env.sleep(instant - await self.world.clock.now())

    async def ends(self) -> str:
        """Let time pass until the order ends; its final state."""
        return (await self.handle.result()).state

    async def ended_at(self) -> datetime:
        """The legal instant at which the order ended; the test server's time may have run on for years since."""
        last = (await self.handle.fetch_history()).events[-1]
        return self.world.clock.legal_at(last.event_time.ToDatetime(UTC))

    # Speaking.

    async def deliver(self, kind: DeliveryKind, content: Model) -> None:
        """Something comes for the order: the journal has it, and wakes the order."""
        self.world.deliver(kind, content)
        await self.handle.signal("wake")

    async def phone(self, stage: str, *, attempt: int = 1, text: str = "", at: datetime | None = None) -> None:
        """The SM-DP+ tells what the customer's phone did with the eSIM."""
        if stage in ("downloaded", "installed", "enabled"):
            self.world.sims.on_a_phone(attempt)
        at = at or await self.world.clock.now()
        progress = ProfileProgress(attempt=attempt, stage=ProfileStage(stage), at=at, text=text)
        await self.deliver(DeliveryKind.PROFILE_PROGRESS, progress)

    async def line_news(self, what: LineNewsKind, by: str = "po-9", kind: str = "port_out") -> None:
        """The journal tells what has happened to the order's line."""
        await self.deliver(DeliveryKind.LINE_NEWS, LineNews(what=what, by=by, kind=kind))

    async def cancel(self) -> Recorded:
        return await self.update("cancel", CancelRequest(by="marie", reason="changed her mind"))

    async def resolve(self, action: str) -> Recorded:
        return await self.update("resolve", ResolveRequest(by="desk", reason="looked into it", action=action))

    async def note(self, text: str) -> Recorded:
        return await self.update("note", NoteRequest(by="desk", text=text))

    async def update(self, name: str, request: Any) -> Recorded:
        return await self.handle.execute_update(name, request, result_type=Recorded)

    async def refused(self, update: Any) -> str:
        """The sentence with which an update is refused."""
        try:
            answer = await update
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            return cause.message if isinstance(cause, ApplicationError) else repr(cause)
        raise AssertionError(f"not refused: {answer}")

    async def status(self) -> OrderStatus:
        return await self.handle.query("status", result_type=OrderStatus)

    async def waiting(self) -> WaitingFor:
        """Whom the order waits for."""
        waits = (await self.status()).waiting_for
        assert waits is not None, "it waits for nobody"
        return waits

    async def commands(self) -> list[str]:
        """What the workflow asked for, in order; without what the server or others did."""
        events = (await self.handle.fetch_history()).events
        return [one for one in (command(event) for event in events) if one]


def command(event: HistoryEvent) -> str | None:
    """What the workflow asked for in this event; None for what the server or others did."""
    match event.WhichOneof("attributes"):
        case "activity_task_scheduled_event_attributes":
            asked = event.activity_task_scheduled_event_attributes
            return f"activity {asked.activity_type.name} {asked.activity_id}"
        case "marker_recorded_event_attributes":
            details = event.marker_recorded_event_attributes.details["data"].payloads[0]
            return f"local {json.loads(details.data)['activity_type']}"
        case "timer_started_event_attributes":
            return "timer"
        case "timer_canceled_event_attributes":
            return "timer cancelled"
        case "upsert_workflow_search_attributes_event_attributes":
            listed = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
            return f"list {' '.join(sorted(listed))}"
        case "workflow_execution_completed_event_attributes":
            return "completed"
        case _:
            return None
