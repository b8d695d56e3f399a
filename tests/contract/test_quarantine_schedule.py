"""The quarantine's schedule on a real Temporal server: made once, changed by the next start."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, ScheduleActionStartWorkflow, ScheduleDescription, ScheduleOverlapPolicy
from temporalio.service import RPCError, RPCStatusCode

from background import quarantine
from background.quarantine import QuarantineSchedule, between_rounds
from domain.clock import LegalClock
from parties.errors import PartyUnavailable
from runtime.temporal import data_converter
from tests.support.api_kit import RING
from tests.support.temporal import Temporal
from workflows import ALL_WORKFLOWS
from workflows.order.search_attributes import ORDER_KIND
from workflows.quarantine import QuarantineRoundInput

QUEUE = "quarantine-test"


class Clock:
    """A legal clock of some pace, away for its first readings."""

    def __init__(self, pace: float = 1, away: int = 0) -> None:
        self.pace = pace
        self.away = away

    async def read(self) -> LegalClock:
        if self.away:
            self.away -= 1
            raise PartyUnavailable("clock", "read", "refused or unreachable")
        now = datetime.now(UTC)
        return LegalClock(legal=now, real=now, pace=self.pace)


@pytest.fixture
async def client(temporal: Temporal) -> Client:
    """As the worker's, with sealed payloads."""
    return await temporal.connect(data_converter(RING))


def schedule(client: Client, clock: Clock, home: str = "ALIZE") -> QuarantineSchedule:
    return QuarantineSchedule(client, clock, home, QUEUE)  # type: ignore[arg-type]


async def there(client: Client) -> ScheduleDescription:
    return await client.get_schedule_handle("quarantine-ALIZE").describe()


async def test_the_schedule_is_made_once_and_changed_by_the_next_start_but_stays_paused(client: Client):
    await asyncio.gather(*(schedule(client, Clock()).establish() for _ in range(4)))
    await schedule(client, Clock(), "BOREA").establish()
    made = (await there(client)).schedule
    assert [spec.every for spec in made.spec.intervals] == [timedelta(hours=1)]
    assert made.policy.overlap is ScheduleOverlapPolicy.SKIP
    handle = client.get_schedule_handle("quarantine-ALIZE")
    await handle.pause(note="somebody looks into it")
    await schedule(client, Clock(pace=120)).run()
    changed = (await there(client)).schedule
    assert [spec.every for spec in changed.spec.intervals] == [timedelta(seconds=30)]
    assert changed.state.paused


async def test_its_rounds_are_started_as_the_worker_runs_them_and_sealed(client: Client):
    await schedule(client, Clock()).establish()
    action = (await there(client)).schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert (action.workflow, action.task_queue, action.id) == ("QuarantineRound", QUEUE, "quarantine-ALIZE")
    assert action.workflow in {workflow._Definition.must_from_class(each).name for each in ALL_WORKFLOWS}
    assert action.typed_search_attributes[ORDER_KIND] == "quarantine_round"
    sealed = [Payload.FromString(payload.SerializeToString()) for payload in action.args]
    assert b"ALIZE" not in sealed[0].data
    (given,) = await client.data_converter.decode(sealed, [QuarantineRoundInput])
    assert given == QuarantineRoundInput(home="ALIZE")


@pytest.mark.parametrize(
    ("pace", "every"),
    [
        (1, timedelta(hours=1)),
        (60, timedelta(minutes=1)),
        (360, timedelta(seconds=10)),
        (20_000, timedelta(seconds=10)),
        (0.5, timedelta(hours=2)),
    ],
)
async def test_a_round_is_made_every_legal_hour_and_never_more_often_than_every_ten_seconds(pace, every: timedelta):
    assert between_rounds(await Clock(pace).read()) == every


async def test_what_is_away_at_the_start_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(quarantine, "RETRY_FIRST", 0.0)
    made: list[str] = []

    class Temporal:
        trouble = 2

        async def create_schedule(self, schedule_id: str, _schedule: object) -> None:
            if self.trouble:
                self.trouble -= 1
                raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
            made.append(schedule_id)

    await schedule(Temporal(), Clock(away=2)).run()  # type: ignore[arg-type]
    assert made == ["quarantine-ALIZE"]
