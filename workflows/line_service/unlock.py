"""A lock opens only after a delay: the holder is told at once, and who did not ask for it can lock again."""

from activities.clock import ClockActivities, LookAtClock
from domain.orders import Actor, OrderState, WaitingFor
from domain.stages import LineServiceStage
from domain.timeline import TimelineCode
from workflows.line_service.state import LineServiceState
from workflows.order.stops import Withdrawn
from workflows.order.transition import Transition


class UnlockDelay:
    """Waits for the lock's opening, unless somebody locks again or cancels."""

    def __init__(self, state: LineServiceState) -> None:
        self._state = state

    async def run(self) -> None:
        """The delay is over.

        Raises:
            Withdrawn: cancelled, or locked again meanwhile.
        """
        state, order = self._state, self._state.order
        opens = order.effective_at or order.accepted_at
        local = state.local(opens)
        state.set_clock(await state.calls.read(ClockActivities.look, LookAtClock(), name="legal-clock"))
        await state.log.record(
            Transition(
                code=TimelineCode.UNLOCK_WAITS,
                what="the lock opens after a delay",
                stage=LineServiceStage.WAITING,
                state=OrderState.PENDING,
                messages=state.messages("unlock_asked", day=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}"),
                waiting_for=WaitingFor(
                    party="the delay", what="time for the holder to lock again", until=opens, then="the lock opens"
                ),
                due=opens,
            )
        )
        await state.time.until(opens, unless=lambda: state.cancellation.is_requested, summary="the lock opens")
        state.cancellation.stop_if_requested()
        facts = await state.look_at_line()
        if facts.locked_since is not None and facts.locked_since > order.accepted_at:
            raise Withdrawn(Actor(by="holder", reason="locked again"))
