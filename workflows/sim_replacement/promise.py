"""What was promised: an eSIM in minutes, a card by the next working day. A promise that is not kept is shown and
counted.
"""

import asyncio

from workflows.asking import LATE
from workflows.sim_replacement.replacement import Replacement


class Promise:
    """Watched beside the story, from the plan to the end."""

    def __init__(self, replacement: Replacement) -> None:
        self._replacement = replacement
        self._watch: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """From here on it counts."""
        self._watch = asyncio.create_task(self._until_kept())

    async def end(self) -> None:
        """The order has ended, and the watch with it."""
        if self._watch:
            await self._watch

    async def _until_kept(self) -> None:
        """Late, a person is told, and whom the order waits for stays said."""
        replacement, desk = self._replacement, self._replacement.desk
        late = await replacement.time.until(
            replacement.plan.due,
            unless=lambda: desk.status.state.is_final,
            summary="the promise to the customer",
            for_an_answer=True,
        )
        if late and not desk.status.state.is_final:
            await desk.tell(
                what="later than promised",
                late=True,
                needs_attention=True,
                attention=desk.status.attention or LATE,
                waiting_for=desk.status.waiting_for,
            )
