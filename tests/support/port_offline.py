"""A port in without a server: its state over a log that only collects, a person who answers as told, and the real rules
at a legal instant of the test's choice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from temporalio.exceptions import ApplicationError

from activities.port_in_plans import PortInPlanActivities
from activities.recorder import Recorder
from domain.authorisation import Authorisation
from domain.clock import LegalClock
from domain.orders import ACCEPTED, Actor, OrderState
from domain.port_in import DossierMessage, Holder, HolderKind, PortInOrder
from domain.refusals import refusal_from_block
from domain.timeline import TimelineCode, TimelineEvent
from domain.updates import ResolveAction
from parties.clearing_house.client import ClearingHouse
from parties.clock import ClockReader
from tests.support.fake_world import NUMBER
from tests.support.france import FRANCE
from tests.support.order_story import WEDNESDAY
from workflows.order.calls import Calls
from workflows.order.human_task import HumanTask
from workflows.order.legal_time import LegalTime
from workflows.order.log import OrderLog
from workflows.order.run_activity import CallFailed
from workflows.order.stops import GivenUp
from workflows.order.transition import Transition
from workflows.port_in.state import PAGE, PortInState


class CollectingLog(OrderLog):
    """Keeps what would go into the journal; `meanwhile` happens while a transition is written down."""

    def __init__(self, order_id: str) -> None:
        super().__init__(order_id, ACCEPTED, PAGE)
        self.transitions: list[Transition] = []
        self.notes: list[TimelineEvent] = []
        self.persisted: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    async def record(self, transition: Transition) -> None:
        self.transitions.append(transition)
        self.status = transition.applied_to(self.status)
        self.meanwhile()

    async def add_note(self, code: TimelineCode, what: str, **fields: Any) -> None:
        self.notes.append(TimelineEvent(code=code, what=what, **fields))

    async def persist(self, decision: str) -> None:
        self.persisted.append(decision)

    def update_refused(self, sentence: str) -> ApplicationError:
        return ApplicationError(sentence, type="refused", non_retryable=True)


class AnsweringPerson(HumanTask):
    """Decides `answers`, one question each. Nobody may be asked more often than that."""

    answers: list[ResolveAction]
    asked: list[str]

    async def ask(self, why: str, **_: Any) -> ResolveAction:
        self.asked.append(why)
        answer = self.answers.pop(0)
        if answer is ResolveAction.GIVE_UP:
            raise GivenUp(Actor(by="desk", reason="no"))
        return answer


class StandingClock(ClockReader):
    """Legal time stands at `legal`; `reachable` takes the clock away, `meanwhile` happens while it is being read."""

    def __init__(self, legal: datetime) -> None:
        self.legal = legal
        self.reachable = True
        self.meanwhile: Callable[[], None] = lambda: None
        self.reads = 0

    async def read(self) -> LegalClock:
        if not self.reachable:
            raise CallFailed("the legal clock does not answer")
        self.reads += 1
        self.meanwhile()
        return LegalClock(legal=self.legal, real=self.legal)


class StandingTime(LegalTime):
    """Legal time by that clock, at pace 1. Each sleep ends with the next of `happenings`, and at its instant if none of
    them was what it waited for.
    """

    def __init__(self, source: StandingClock) -> None:
        super().__init__(LegalClock(legal=source.legal, real=source.legal), _nothing_comes)
        self._source = source
        self.happenings: list[Callable[[], object]] = []

    def now(self) -> datetime:
        return self._source.legal

    real_now = now

    def is_over(self, instant: datetime, *, since: datetime) -> bool:
        return self._source.legal >= instant

    async def until(
        self, instant: datetime, *, unless: Callable[[], bool], summary: str, for_an_answer: bool = False
    ) -> bool:
        self._source.legal = max(self._source.legal, instant)
        if self.happenings:
            self.happenings.pop(0)()
        return not unless()

    async def read(self) -> datetime:
        self.clock = await self._source.read()
        return self.clock.legal


class RulesOnly(Calls):
    """The real rules; no party can be called."""

    rules: PortInPlanActivities

    async def read(self, method: Any, message: Any, **_: Any) -> Any:
        return await method(self.rules, message)

    async def attempt(self, method: Any, message: Any, policy: Any) -> Any:
        return await method(self.rules, message)


class PortOffline(PortInState):
    """One port, accepted on a plain Wednesday and planned for Saturday, 6 June 2026."""

    log: CollectingLog
    human: AnsweringPerson

    def __init__(self) -> None:
        super().__init__(_order())
        self.clock = StandingClock(WEDNESDAY)
        self.log = CollectingLog(self.order.order_id)
        self.human = AnsweringPerson(self.log, self.cancellation)
        self.human.answers, self.human.asked = [], []
        calls = RulesOnly(self.log, self.human, self.cancellation)
        nobody: Any = None
        calls.rules = PortInPlanActivities(self.clock, cast(ClearingHouse, nobody), FRANCE, cast(Recorder, nobody))
        self.calls = calls
        self._time = StandingTime(self.clock)
        self.set_plan(FRANCE.port_in.plan(WEDNESDAY, NUMBER))

    def be(self, state: OrderState, **fields: Any) -> None:
        """Put the order into a state, as other steps would have done."""
        self.log.status = self.log.status.model_copy(update={"state": state, **fields})


def message(
    number: int = 1, type: str = "portingrequestanswer", *, dossier: str = "D-1", block: str = "", **fields: Any
) -> DossierMessage:
    """A message of the clearing house; `block`: an answer that refuses."""
    if block:
        refusal = FRANCE.port_in.judged(refusal_from_block(block, "", "CIRUS"))
        fields |= {"blocked": True, "blocking_code": block, "refusal": refusal}
    return DossierMessage(message_id=number, type=type, dossier_id=dossier, received_at=WEDNESDAY, **fields)


def _order() -> PortInOrder:
    return PortInOrder(
        order_id="pi-1",
        line_hash="c0ffee",
        msisdn=NUMBER,
        zone="Europe/Paris",
        authorisation=Authorisation(kind="rio", value="C1P7K9M2Q000"),
        holder=Holder(kind=HolderKind.CONSUMER, name="Camille Martin"),
        home="ALIZE",
        donor="CIRUS",
        accepted_at=WEDNESDAY,
        accepted_at_real=WEDNESDAY,
    )


async def _nothing_comes() -> None:
    """An empty inbox."""
