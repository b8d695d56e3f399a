"""A worker dies when the journal has what Temporal has not heard of; something comes in before the step is done again.

A real server, a real journal, real kills.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from domain.orders import OrderState
from domain.our_line import OurLineOrder
from domain.updates import NoteRequest, Recorded, ResolveRequest
from journal import Journal
from runtime.relay.gateway import NotAnswering, UpdateRefused
from runtime.relay.temporal_client import TemporalClientGateway
from tests.support.journal_kit import acceptance, open_journal, order_id
from tests.support.lost_step import AWAY, DIE_AT, QUEUE, WHAT_NOW, WHY, LostStep

ORDER = order_id(1)
NOW = datetime.now(UTC)
STARTED = OurLineOrder(
    order_id=ORDER,
    line_hash="c0ffee",
    msisdn="+33639980123",
    zone="Europe/Paris",
    home="ALIZE",
    accepted_at=NOW,
    accepted_at_real=NOW,
)
HELD = f"held for a person: {WHY}"
SOON = timedelta(seconds=1)
"""How long Temporal waits for a step before it gives it to the next worker."""

PATIENCE_S = 90.0


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(tmp_path)
    opened.orders.accept(acceptance())
    yield opened
    opened.close()


@asynccontextmanager
async def working(client: Client, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process, ended at the end if it has not died by then."""
    address = client.service_client.config.target_host
    command = [sys.executable, "-m", "tests.support.lost_step", address, client.namespace, str(folder)]
    worker = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL, env=os.environ)
    try:
        yield worker
    finally:
        if worker.returncode is None:
            worker.kill()
        await worker.wait()


@pytest_asyncio.fixture
async def lost(client: Client, journal: Journal, tmp_path: Path) -> WorkflowHandle:
    """An order whose worker has just died: held for the journal, not even asked for Temporal."""
    (tmp_path / DIE_AT).write_text(HELD)
    handle = await client.start_workflow(LostStep.run, STARTED, id=ORDER, task_queue=QUEUE, task_timeout=SOON)
    async with working(client, tmp_path) as worker:
        async with asyncio.timeout(PATIENCE_S):
            await worker.wait()
    assert state(journal) == (OrderState.HELD, "asked")
    return handle


def state(journal: Journal) -> tuple[OrderState, str]:
    order = journal.orders.read(ORDER)
    assert order is not None
    return order.status.state, order.status.stage


def lines(journal: Journal) -> list[str]:
    return [event.what for event in journal.orders.events(ORDER) if event.what]


async def test_a_remark_that_comes_before_a_lost_step_is_done_again_takes_nobodys_place(
    client: Client, journal: Journal, lost: WorkflowHandle, tmp_path: Path
):
    async def remark(text: str) -> None:
        await lost.execute_update(LostStep.note, NoteRequest(by="Ines", text=text))

    remarks = [asyncio.create_task(remark(text)) for text in ("first", "second")]
    await asyncio.sleep(0.5)
    async with working(client, tmp_path), asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*remarks)
    assert sorted(event.reason for event in journal.orders.events(ORDER) if event.what == "note") == ["first", "second"]
    assert [what for what in lines(journal) if what != "note"] == ["accepted", "asked", HELD]
    assert state(journal) == (OrderState.HELD, "asked")
    assert journal.orders.verify(ORDER).ok


async def test_an_order_that_takes_another_way_when_a_lost_step_is_done_again_shows_where_it_went(
    client: Client, journal: Journal, lost: WorkflowHandle, tmp_path: Path
):
    await lost.signal(LostStep.stop_now, "Camille")
    async with working(client, tmp_path), asyncio.timeout(PATIENCE_S):
        await lost.result()
    assert state(journal) == (OrderState.CANCELLED, "stopped")
    assert lines(journal) == ["accepted", "asked", HELD, "stopped"]
    assert journal.orders.verify(ORDER).ok


async def test_an_order_that_does_a_lost_step_again_says_no_with_the_place_it_knows_of_and_yes_after(
    client: Client, journal: Journal, lost: WorkflowHandle, tmp_path: Path
):
    gateway = TemporalClientGateway(client, QUEUE, update_timeout_s=PATIENCE_S)
    decision = ResolveRequest(by="Ines", reason="called", action="give_up")
    early = asyncio.create_task(answered(gateway, decision))
    await asyncio.sleep(0.5)
    known = journal.orders.read(ORDER)
    assert known is not None
    async with working(client, tmp_path), asyncio.timeout(PATIENCE_S):
        with pytest.raises(UpdateRefused, match="nothing to resolve") as refused:
            await early
        assert refused.value.seq is not None
        assert refused.value.seq < known.entry_seq
        while True:
            try:
                await gateway.update(ORDER, "resolve", decision, "u1")
            except UpdateRefused:
                await asyncio.sleep(0.2)
            else:
                break
        await lost.result()
    assert state(journal) == (OrderState.FAILED, "done")


async def answered(gateway: TemporalClientGateway, decision: ResolveRequest) -> Recorded:
    """The same update again, while no worker answers it."""
    while True:
        try:
            return await gateway.update(ORDER, "resolve", decision, "u1")
        except NotAnswering:
            continue


@pytest_asyncio.fixture
async def held(client: Client, journal: Journal, tmp_path: Path) -> AsyncIterator[WorkflowHandle]:
    """An order that asks its first question, and a worker."""
    async with working(client, tmp_path):
        handle = await client.start_workflow(LostStep.run, STARTED, id=ORDER, task_queue=QUEUE, task_timeout=SOON)
        await until_held(journal)
        yield handle


async def until_held(journal: Journal) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while state(journal)[0] is not OrderState.HELD:
            await asyncio.sleep(0.05)


async def test_remarks_made_at_once_while_the_journal_is_away_are_all_written_once_it_is_back(
    client: Client, journal: Journal, tmp_path: Path
):
    (tmp_path / AWAY).touch()
    handle = await client.start_workflow(LostStep.run, STARTED, id=ORDER, task_queue=QUEUE)
    remarks = [
        asyncio.create_task(handle.execute_update(LostStep.note, NoteRequest(by="Ines", text=text)))
        for text in ("first", "second")
    ]
    await asyncio.sleep(0.5)
    async with working(client, tmp_path), asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*remarks)
    assert sorted(event.reason for event in journal.orders.events(ORDER) if event.what == "note") == ["first", "second"]


async def test_a_no_that_is_recorded_is_for_good(client: Client, held: WorkflowHandle):
    gateway = TemporalClientGateway(client, QUEUE, update_timeout_s=PATIENCE_S)
    with pytest.raises(UpdateRefused, match="too long") as refused:
        await gateway.update(held.id, "change_mind", NoteRequest(by="Camille", text=""), "u1")
    assert refused.value.seq is None


async def test_of_two_decisions_at_once_one_counts_and_the_other_does_not_answer_the_next_question(
    client: Client, journal: Journal, held: WorkflowHandle
):
    gateway = TemporalClientGateway(client, QUEUE, update_timeout_s=PATIENCE_S)
    decisions = [ResolveRequest(by=by, reason="called", action="retry") for by in ("Ines", "Bob")]
    answers = await asyncio.gather(
        *(gateway.update(held.id, "resolve", decision, decision.by) for decision in decisions), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Recorded", "UpdateRefused"]
    async with asyncio.timeout(PATIENCE_S):
        while f"held for a person: {WHAT_NOW}" not in lines(journal):
            await asyncio.sleep(0.05)
    assert lines(journal).count("decided: retry") == 1
    assert state(journal)[0] is OrderState.HELD


async def test_what_a_person_decides_is_in_the_history_before_it_is_in_the_journal(
    client: Client, journal: Journal, held: WorkflowHandle, tmp_path: Path
):
    (tmp_path / DIE_AT).write_text("decided")
    decision = ResolveRequest(by="Ines", reason="called", action="give_up")
    asking = asyncio.create_task(held.execute_update(LostStep.resolve, decision))
    async with asyncio.timeout(PATIENCE_S):
        while (tmp_path / DIE_AT).exists():
            await asyncio.sleep(0.02)
    kinds = {event.event_type async for event in held.fetch_history_events()}
    assert EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED in kinds
    async with working(client, tmp_path), asyncio.timeout(PATIENCE_S):
        await asking
        await held.result()
    assert lines(journal)[-2:] == ["decided: give_up", "given up"]
