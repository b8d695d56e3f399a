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
from domain.orders import ACCEPTED, Actor, JournalEntry, OrderState
from domain.updates import NoteRequest, Recorded
from journal import Journal
from tests.support.journal_kit import open_journal
from tests.support.temporal import BUILD_ID
from workflows.asking import RETRY_OR_GIVE_UP, refusal_of_update
from workflows.current_details import Page
from workflows.desk import Desk
from workflows.desk_updates import DeskUpdates
from workflows.stops import GivenUp

QUEUE = "lost-step"
WHY = "nobody knows"
WHAT_NOW = "and what now"
DIE_AT = "die-at"
AWAY = "away"
"""While this file is there, the journal answers no local activity."""

PAGE = Page(stages=("asked", "done"))


@workflow.defn(name="LostStep", sandboxed=False)
class LostStep(DeskUpdates):
    """Asked, then held for a human, who is asked something else after that, unless it was told to stop before."""

    @workflow.init
    def __init__(self, order_id: str) -> None:
        self.desk = Desk(order_id, ACCEPTED, PAGE)

    @workflow.run
    async def run(self, order_id: str) -> None:
        await self.desk.tell("asked", OrderState.IN_PROGRESS, what="asked")
        if self.desk.cancel:
            await self.desk.tell("stopped", OrderState.CANCELLED, what="stopped", by=self.desk.cancel.by)
            return
        try:
            await self.desk.ask_human(WHY, actions=RETRY_OR_GIVE_UP)
            await self.desk.ask_human(WHAT_NOW, actions=RETRY_OR_GIVE_UP)
        except GivenUp:
            await self.desk.tell("done", OrderState.FAILED, what="given up")

    @workflow.update
    def change_mind(self, request: NoteRequest) -> Recorded:
        raise refusal_of_update(f"{request.by} thought too long")

    @workflow.signal
    def stop(self, by: str) -> None:
        self.desk.cancel = Actor(by=by, reason="changed his mind")


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
        self._journal.record(entry, at_legal=now, at_real=now)
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
