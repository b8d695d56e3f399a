"""The old SIM goes out of service at once, because it is lost, stolen or in a fraudster's hands."""

from activities.hlr import HlrActivities, Number
from domain.lines import LineChange
from domain.orders import OrderState
from domain.timeline import TimelineCode
from workflows.order.transition import Transition
from workflows.sim_replacement.state import SimReplacementState


class Bar:
    """Comes before everything else, as soon as the person has shown who he is. The order never undoes it."""

    def __init__(self, state: SimReplacementState) -> None:
        self._state = state

    async def run(self) -> None:
        """Barred, once. A SIM that is in its holder's hands is left alone."""
        state = self._state
        if state.barred or not state.order.reason.bars_the_old_sim:
            return
        done = await state.calls.write(
            HlrActivities.bar, Number(msisdn=state.order.msisdn), name="bar", forward_only=True
        )
        if done.refusal:
            await state.log.add_note(TimelineCode.NOT_BARRED, f"nothing to bar: {done.refusal.raw_text}", by="hlr")
            return
        state.barred = True
        await state.log.record(
            Transition(
                code=TimelineCode.BARRED,
                what="the old SIM is out of service",
                state=OrderState.IN_PROGRESS,
                line_changes=[LineChange.BARRED],
            )
        )
