"""What the parts of one running order share."""

from datetime import datetime
from typing import ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from activities.journal import JournalActivities, LookAtLine
from domain.clock import LegalClock
from domain.lines import LineFacts
from domain.orders import ACCEPTED, CustomerMessage, Order, OrderKind, OrderState, OrderStatus
from domain.stages import Stage
from domain.timeline import TimelineCode
from workflows.order.calls import Calls
from workflows.order.cancellation import Cancellation
from workflows.order.human_task import HumanTask
from workflows.order.inbox import Inbox
from workflows.order.legal_time import LegalTime
from workflows.order.log import OrderLog
from workflows.order.page import Page
from workflows.order.stops import OrderStopped
from workflows.order.transition import Transition
from workflows.order.undo import UndoStack

OrderT = TypeVar("OrderT", bound=Order)
Value = TypeVar("Value")


class OrderContext(Generic[OrderT]):
    """One order's log, human task, calls to parties, inbox and clock. Each kind of order adds its own state.

    `order` is the workflow's input. An attribute that a step finds out is a property that refuses to be read before.
    """

    kind: ClassVar[OrderKind]

    def __init__(self, order: OrderT, page: Page, *, status: OrderStatus = ACCEPTED, seq: int = 0) -> None:
        """`status` and `seq`: where an earlier run of the same order ended."""
        self.order = order
        self.cancellation = Cancellation()
        self.log = OrderLog(order.order_id, status, page.local_to(order.zone), seq=seq)
        self.human = HumanTask(self.log, self.cancellation)
        self.calls = Calls(self.log, self.human, self.cancellation)
        self.inbox = Inbox(order.order_id)
        self._time: LegalTime | None = None

    @property
    def time(self) -> LegalTime:
        """Known from the first reading of the clock on."""
        return known(self._time, "time")

    def set_clock(self, reading: LegalClock) -> None:
        """A step has read the legal clock."""
        if self._time is None:
            self._time = LegalTime(reading, self.inbox.read)
        else:
            self._time.clock = reading

    @property
    def status(self) -> OrderStatus:
        """Where the order stands."""
        return self.log.status

    def key(self, step: str, number: int = 1) -> str:
        """The idempotency key of a write: order, step and number of the try; never a run, an attempt or a fresh
        value.
        """
        return f"{self.order.order_id}:{step}:{number}"

    def local_day(self, instant: datetime) -> str:
        """The calendar day of a legal instant in the number's territory, as an ISO date."""
        return instant.astimezone(ZoneInfo(self.order.zone)).date().isoformat()

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """What the customer is told, on each channel that counts for it."""
        raise NotImplementedError

    def messages_to(
        self, kind: str, fields: dict[str, str], language: str, *, email: str | None = None, sms: str | None = None
    ) -> list[CustomerMessage]:
        """The message by e-mail and by SMS, each where there is an address."""
        name = f"{self.kind.value}.{kind}"
        return [
            CustomerMessage(kind=name, channel=channel, to=to, language=language, fields=fields)
            for channel, to in (("email", email), ("sms", sms))
            if to
        ]

    def stopped(self, stage: Stage, stop: OrderStopped, what: str, *, message: str = "", **fields: str) -> Transition:
        """The last transition of an order that was stopped: it lets go of the line and tells the customer why.
        `message`: its kind, where the state does not name it.
        """
        code = stop.refusal.code.value if stop.refusal else ""
        return Transition(
            code=TimelineCode.CLOSED,
            what=f"{stop.state.value}; {what}",
            by=stop.actor.by,
            reason=stop.actor.reason,
            stage=stage,
            state=stop.state,
            messages=self.messages(message or stop.state.value, reason=code, **fields),
            release_line=True,
            refusal=stop.refusal,
            attention="",
            due=None,
        )

    async def look_at_line(self, name: str = "look-at-line", *, forward_only: bool = False) -> LineFacts:
        """What the journal knows about the order's line now."""
        request = LookAtLine(order_id=self.order.order_id)
        return await self.calls.read(JournalActivities.look_at_line, request, name=name, forward_only=forward_only)

    def check_actor(self, by: str, reason: str) -> None:
        """Who asks for something says who he is and why.

        Raises:
            ApplicationError: he does not.
        """
        if not by.strip() or not reason.strip():
            raise self.log.update_refused("by and reason must say who asks and why")

    def check_running(self) -> None:
        """Nothing can be asked of an order that has ended.

        Raises:
            ApplicationError: it has.
        """
        if self.status.state.is_final:
            raise self.log.update_refused(f"the order is {self.status.state.value} already")


class UndoableContext(OrderContext[OrderT]):
    """Of an order whose steps can be undone before its point of no return."""

    def __init__(self, order: OrderT, page: Page, undoing: Stage) -> None:
        """`undoing`: the stage in which steps are undone."""
        super().__init__(order, page)
        self.undo = UndoStack()
        self._undoing = undoing

    @property
    def is_undoing(self) -> bool:
        return self.status.stage == self._undoing

    async def undo_all(self, stop: OrderStopped) -> None:
        """Everything that was done so far, newest first."""
        if self.undo.names:
            state = OrderState.PENDING_CANCELLATION if stop.state is OrderState.CANCELLED else OrderState.IN_PROGRESS
            what = f"undoing, newest first: {', '.join(reversed(self.undo.names))}"
            await self.log.record(
                Transition(code=TimelineCode.UNDOING, what=what, stage=self._undoing, state=state, refusal=stop.refusal)
            )
        await self.undo.run_all()


def known(value: Value | None, name: str) -> Value:
    """What a step has found out. To read it before is a bug in the order of the steps."""
    assert value is not None, f"{name} is not known yet"
    return value
