"""What was promised: an eSIM in minutes, a card by the next working day. A broken promise is shown and counted."""

import asyncio

from domain.timeline import TimelineCode
from workflows.order.log import LATE
from workflows.order.transition import Transition
from workflows.sim_replacement.state import SimReplacementState


class PromiseWatch:
    """Runs beside the process, from the plan to the end."""

    def __init__(self, state: SimReplacementState) -> None:
        self._state = state
        self._watch: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """From here on the promise counts."""
        self._watch = asyncio.create_task(self._until_kept())

    async def end(self) -> None:
        """The order has ended, and the watch ends with it."""
        if self._watch:
            await self._watch

    async def _until_kept(self) -> None:
        """When it is late a person is told. Whom the order waits for stays shown."""
        state = self._state
        is_late = await state.time.until(
            state.plan.due,
            unless=lambda: state.status.state.is_final,
            summary="the promise to the customer",
            for_an_answer=True,
        )
        if is_late:
            await state.log.record(
                Transition(
                    code=TimelineCode.LATE,
                    what="later than promised",
                    late=True,
                    attention=state.status.attention or LATE,
                    waiting_for=state.status.waiting_for,
                )
            )
