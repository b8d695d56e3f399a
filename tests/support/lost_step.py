"""A worker that dies once, when the journal has an entry that Temporal does not know of: `lost_step ADDRESS
NAMESPACE FOLDER`.

Its one workflow tells the journal twice in one step, the second time that it is held. The worker is killed between the
entry that begins with the words in the folder's file `die-at`, and the end of the step.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.journal import Decided, Kept
from domain.orders import Actor, JournalEntry, OrderState
from domain.our_line import OurLineOrder
from domain.stages import Stage
from domain.timeline import TimelineCode
from domain.updates import NoteRequest, Recorded
from journal import Journal
from tests.support.journal_kit import open_journal
from tests.support.temporal import BUILD_ID
from workflows.order.context import OrderContext
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.page import Page
from workflows.order.stops import GivenUp
from workflows.order.transition import Transition
from workflows.order.workflow import OrderWorkflow

QUEUE = "lost-step"
WHY = "nobody knows"
WHAT_NOW = "and what now"
DIE_AT = "die-at"
AWAY = "away"
"""While this file is there, the journal answers no local activity."""


class Stages(Stage):
    """Of the one workflow."""

    ASKED = "asked", "a person is asked"
    STOPPED = "stopped", "it was told to stop before"
    DONE = "done", "given up"


PAGE = Page(stages=tuple(Stages))


@workflow.defn(name="LostStep", sandboxed=False)
class LostStep(OrderWorkflow):
    """Asked, then held for a person, who is asked something else after that, unless it was told to stop before."""

    @workflow.init
    def __init__(self, order: OurLineOrder) -> None:
        self.context = OrderContext(order, PAGE)

    @workflow.run
    async def run(self, order: OurLineOrder) -> None:
        log, human, cancellation = self.context.log, self.context.human, self.context.cancellation
        await log.record(
            Transition(code=TimelineCode.ASKED, what="asked", stage=Stages.ASKED, state=OrderState.IN_PROGRESS)
        )
        if cancellation.by:
            stopped = Transition(
                code=TimelineCode.CLOSED,
                what="stopped",
                by=cancellation.by.by,
                stage=Stages.STOPPED,
                state=OrderState.CANCELLED,
            )
            await log.record(stopped)
            return
        try:
            await human.ask(WHY, actions=RETRY_OR_GIVE_UP)
            await human.ask(WHAT_NOW, actions=RETRY_OR_GIVE_UP)
        except GivenUp:
            await log.record(
                Transition(code=TimelineCode.CLOSED, what="given up", stage=Stages.DONE, state=OrderState.FAILED)
            )

    @workflow.update
    def change_mind(self, request: NoteRequest) -> Recorded:
        raise self.context.log.update_refused(f"{request.by} thought too long")

    @workflow.signal
    def stop_now(self, by: str) -> None:
        self.context.cancellation.request(Actor(by=by, reason="changed his mind"))


class Recording:
    """The journal, and one death behind it."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self._journal = journal
        self._folder = folder

    @activity.defn(name="journal_keep_decision")
    async def keep_decision(self, decided: Decided) -> Kept:
        return Kept()

    @activity.defn(name="journal_record")
    async def record(self, entry: JournalEntry) -> None:
        if (self._folder / AWAY).exists() and activity.info().is_local:
            raise ApplicationError("the journal is away")
        now, die_at = datetime.now(UTC), self._folder / DIE_AT
        self._journal.orders.record(entry, at_legal=now, at_real=now)
        if die_at.exists() and any(event.what.startswith(die_at.read_text()) for event in entry.events):
            die_at.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


async def main(address: str, namespace: str, folder: Path) -> None:
    """Work until killed."""
    client = await Client.connect(address, namespace=namespace, data_converter=pydantic_data_converter)
    recording = Recording(open_journal(folder), folder)
    await Worker(
        client,
        task_queue=QUEUE,
        build_id=BUILD_ID,
        workflows=[LostStep],
        activities=[recording.record, recording.keep_decision],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
