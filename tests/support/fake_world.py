"""The outside world of one order, as its fake activities know it: parties that can be down, refuse or lose a reply, and
what they were brought to do.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.conversion import UNAVAILABLE
from domain.clock import LegalClock
from domain.deliveries import Delivery, DeliveryKind
from domain.model import Model
from domain.orders import CustomerMessage, JournalEntry, OrderStatus
from domain.timeline import TimelineEvent
from rules.france.regime import FRANCE
from rules.regime import Regime, zone_of
from tests.support.fake_sims import Sims

Answer = TypeVar("Answer")

NUMBER = "+33639980123"


class FakeClock:
    """The legal clock over the test server's time. `jump_back` makes the next reading an earlier one, as when the
    world stood still; `reachable` takes it away.
    """

    def __init__(self, server_now: Callable[[], Awaitable[datetime]], starts: datetime, pace: float = 1.0) -> None:
        self._server_now = server_now
        self._starts = starts.astimezone(UTC)
        self._began: datetime | None = None
        self._lost = timedelta(0)
        self.pace = pace
        self.reachable = True
        self.retry_after = timedelta(minutes=5)

    async def now(self) -> datetime:
        """Legal now."""
        return (await self._reading()).legal

    async def read(self) -> LegalClock:
        if not self.reachable:
            raise down("the legal clock", self.retry_after)
        return await self._reading()

    recent = read

    def stand_still(self, real: timedelta) -> None:
        """So much real time passed without the world: legal time is that much behind."""
        self._lost += real

    async def _reading(self) -> LegalClock:
        real = await self._server_now()
        self._began = self._began or real
        return LegalClock(legal=self.legal_at(real), real=real, pace=self.pace)

    def legal_at(self, real: datetime) -> datetime:
        """Legal time at an instant of the test server, once the clock has been read."""
        assert self._began is not None
        return self._starts + (real - self._began - self._lost) * self.pace


class FakeRecorder:
    """A journal of one order, with the real one's rules: once per key, the newest status wins, a remark sets none."""

    def __init__(self) -> None:
        self.entries: list[JournalEntry] = []
        self.status: OrderStatus | None = None
        self.newest = 0
        self.released = False
        self.messages: list[CustomerMessage] = []

    async def record(self, entry: JournalEntry | None, *, due: datetime | None = None) -> None:
        if entry is None:
            return
        if due is not None:
            entry = entry.due_at(due)
        if any(known.key == entry.key for known in self.entries):  # told again: at most its status counts
            entry = JournalEntry(
                order_id=entry.order_id, key=f"{entry.key}@{entry.seq}", seq=entry.seq, status=entry.status
            )
        self.entries.append(entry)
        self.released = self.released or entry.release_line
        for message in entry.messages:
            if all((known.kind, known.channel) != (message.kind, message.channel) for known in self.messages):
                self.messages.append(message)
        if not entry.is_note and entry.seq > self.newest:
            self.status, self.newest = entry.status, entry.seq

    @property
    def timeline(self) -> list[TimelineEvent]:
        return [event for entry in self.entries for event in entry.events]


class FakeWorld:
    """Parties and their state. `effects` are the (effect, key) that happened, in order, each key once; `at` the legal
    instant of each effect's last time. `regime`: the rules of the country that the number belongs to.
    """

    regime: Regime = FRANCE
    number = NUMBER

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.recorder = FakeRecorder()
        self.inbox: list[Delivery] = []
        self.sims = Sims()
        self.hlr: dict[str, str] = {}
        self.effects: list[tuple[str, str]] = []
        self.retry_after = timedelta(minutes=5)
        self.at: dict[str, datetime] = {}
        self.calls: Counter[str] = Counter()
        self.requests: dict[str, list[Any]] = defaultdict(list)
        self._scripted: dict[str, deque[Any]] = defaultdict(deque)
        self._following: dict[str, deque[Callable[[], Awaitable[None]]]] = defaultdict(deque)
        self._down: dict[str, datetime | None] = {}

    @property
    def zone(self) -> str:
        """The number's."""
        return zone_of(self.regime, self.number)

    # What a test arranges.

    def next_call(self, name: str, *outcomes: Any) -> None:
        """The next calls of an activity raise or return these without an effect, one each; None goes as usual."""
        self._scripted[name].extend(outcomes)

    def take_down(self, *activities: str, until: datetime | None = None) -> None:
        """These calls fail without an effect until a legal instant, or until `bring_back`."""
        self._down |= dict.fromkeys(activities, until)

    def bring_back(self, *activities: str) -> None:
        for each in activities:
            del self._down[each]

    def after_effect(self, name: str, follow: Callable[[], Awaitable[None]]) -> None:
        """Run this once when a call has had its effect and its reply has not left yet."""
        self._following[name].append(follow)

    def deliver(self, kind: DeliveryKind, content: Model) -> None:
        """Something comes for the order: into its inbox, which it reads once it is woken."""
        self.inbox.append(Delivery(n=len(self.inbox) + 1, kind=kind, content=content.model_dump(mode="json")))

    def lose_reply(self, name: str) -> None:
        """The next call has its effect, but its caller sees only a failure."""

        async def lost() -> None:
            raise down(f"{name}, its reply lost,")

        self.after_effect(name, lost)

    # What the fake activities ask for.

    async def act(self, name: str, request: Any, do: Callable[[], Awaitable[Answer]]) -> Answer:
        """One call: noted, failed or answered as arranged, else done; then what was arranged to follow the effect."""
        self.calls[name] += 1
        self.requests[name].append(request)
        if name in self._down:
            until = self._down[name]
            if until is None or await self.clock.now() < until:
                raise down(name, self.retry_after)
        if self._scripted[name]:
            outcome = self._scripted[name].popleft()
            if isinstance(outcome, BaseException):
                raise outcome
            if outcome is not None:
                return cast(Answer, outcome)
        before, now = len(self.effects), await self.clock.now()
        answer = await do()
        self.at |= {effect: now for effect, _ in self.effects[before:]}
        if self._following[name]:
            await self._following[name].popleft()()
        return answer

    def effect(self, name: str, key: str) -> bool:
        """Have an effect once per key; whether it is the first time."""
        if any(known == key for _, known in self.effects):
            return False
        self.effects.append((name, key))
        return True

    # What a test asks about afterwards.

    @property
    def done(self) -> list[str]:
        """The effects by name, in order."""
        return [name for name, _ in self.effects]

    @property
    def status(self) -> OrderStatus:
        assert self.recorder.status is not None, "nothing recorded yet"
        return self.recorder.status

    @property
    def told(self) -> list[str]:
        """The kinds of the messages owed to the customer, in order."""
        return [message.kind.partition(".")[2] for message in self.recorder.messages]

    @property
    def lines(self) -> list[str]:
        """The timeline, one text per line."""
        return [event.what for event in self.recorder.timeline]


def down(what: str, retry_after: timedelta = timedelta(minutes=5)) -> ApplicationError:
    """A party that does not answer; retried when it says, so that hours of it cost a test few calls. A local activity
    does not wait for it, as in the real conversion.
    """
    is_local = activity.in_activity() and activity.info().is_local
    delay = None if is_local else retry_after
    return ApplicationError(f"{what} does not answer", type=UNAVAILABLE, next_retry_delay=delay)
