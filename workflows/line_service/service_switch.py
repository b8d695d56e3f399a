"""Out of service and in service again, at the HLR: whatever SIM carries the number, whatever else runs on the line."""

from collections.abc import Awaitable, Callable

from temporalio import workflow

from activities.hlr import Barring, HlrActivities, Number
from domain.lines import LineAction, LineChange
from domain.orders import Actor, OrderState
from domain.refusals import RefusalCode, refusal
from domain.timeline import TimelineCode
from workflows.line_service.state import LineServiceState
from workflows.order import policies
from workflows.order.stops import Refused
from workflows.order.transition import Transition


class ServiceSwitch:
    """Urgent: nothing is asked before it, and it is tried until it is done."""

    def __init__(self, state: LineServiceState) -> None:
        self._state = state
        self._is_bar = state.order.action is LineAction.BAR

    async def run(self) -> None:
        """Switched.

        Raises:
            Refused: no SIM of ours carries the number, even after a move between two SIMs had time to end.
        """
        done = await self._switch(1)
        for number in range(2, policies.NUMBER_LOOKS + 1):
            if done.refusal is None:
                break
            await workflow.sleep(policies.NUMBER_PAUSE, summary="the number may be between two SIMs")
            done = await self._switch(number)
        if done.refusal is not None:
            no = refusal(RefusalCode.NUMBER_INACTIVE, "hlr", raw_text=done.refusal.raw_text)
            raise Refused(Actor(by="hlr", reason=no.raw_text), refusal=no)
        await self._state.log.record(
            Transition(
                code=TimelineCode.BARRED if self._is_bar else TimelineCode.UNBARRED,
                what="the line is out of service" if self._is_bar else "the line is in service again",
                by="hlr",
                state=OrderState.IN_PROGRESS,
                line_changes=[self._change],
            )
        )
        await self._follow_the_number()

    async def _switch(self, number: int) -> Barring:
        name = self._state.order.action.value
        return await self._state.calls.write(
            self._method, self._number, name=name if number == 1 else f"{name}-{number}", forward_only=True
        )

    async def _follow_the_number(self) -> None:
        """The number may have moved to another SIM before the journal knew what we did; a move that comes later looks
        there itself. Nothing is done when the opposite was done meanwhile.
        """
        state = self._state
        facts = await state.look_at_line(forward_only=True)
        if (facts.barred_since is not None) == self._is_bar:
            name = f"{state.order.action.value}-again"
            await state.calls.read(self._method, self._number, name=name, forward_only=True)

    @property
    def _change(self) -> LineChange:
        if not self._is_bar:
            return LineChange.UNBARRED
        return LineChange.KEPT_BARRED if self._state.order.on_refusal else LineChange.BARRED

    @property
    def _method(self) -> Callable[[HlrActivities, Number], Awaitable[Barring]]:
        return HlrActivities.bar if self._is_bar else HlrActivities.unbar

    @property
    def _number(self) -> Number:
        return Number(msisdn=self._state.order.msisdn)
