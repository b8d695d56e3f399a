"""The journal as an activity; run locally, since it is ours."""

from temporalio import activity

from activities.recorder import Recorder
from domain.orders import JournalEntry


class JournalActivities:
    """Writes what the workflow tells."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @activity.defn(name="journal_record")
    async def record(self, entry: JournalEntry) -> None:
        """Append the entry's events, update the order's status, queue its messages, let go of the line; once per
        entry key.
        """
        await self._recorder.record(entry)
