"""Out of service and in service again, at the HLR: whatever SIM carries the number, whatever else runs on the line."""

from collections.abc import Awaitable, Callable

from temporalio import workflow

from activities.hlr import Barring, HlrActivities, Number
from activities.journal import JournalActivities, LookAtLine
from domain.lines import LineAction, LineChange
from domain.orders import Actor, OrderState
from domain.refusals import RefusalCode, refusal
from workflows import policies
from workflows.line_service.service import Service
from workflows.stops import Refused

WORDS = {LineAction.BAR: "the line is out of service", LineAction.UNBAR: "the line is in service again"}


class ServiceSwitch:
    """Urgent: nothing is asked before it, and it is tried until it is done."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def run(self) -> None:
        """Switched.

        Raises:
            Refused: no SIM of ours carries the number, even after a move between two SIMs had time to end.
        """
        service, action = self._service, self._service.order.action
        done = await self._switch(1)
        for number in range(2, policies.CARRIER_LOOKS + 1):
            if done.refusal is None:
                break
            await workflow.sleep(policies.CARRIER_PAUSE, summary="the number may be between two SIMs")
            done = await self._switch(number)
        if done.refusal is not None:
            no = refusal(RefusalCode.NUMBER_INACTIVE, "hlr", raw_text=done.refusal.raw_text)
            raise Refused(Actor(by="hlr", reason=no.raw_text), refusal=no)
        await service.desk.tell(state=OrderState.IN_PROGRESS, what=WORDS[action], by="hlr", line_changes=[self._change])
        await self._follow_the_number()

    async def _switch(self, number: int) -> Barring:
        name = self._service.order.action.value
        return await self._service.desk.step(
            self._method,
            self._number,
            name=name if number == 1 else f"{name}-{number}",
            party="HLR",
            forward_only=True,
        )

    async def _follow_the_number(self) -> None:
        """A number may have moved to another SIM before we wrote down what we did; one that moves later looks there
        itself. Nothing when the opposite was done meanwhile.
        """
        desk, action = self._service.desk, self._service.order.action
        look = LookAtLine(order_id=self._service.order.order_id)
        facts = await desk.consult(
            JournalActivities.look_at_line, look, name="look-at-line", party="journal", forward_only=True
        )
        if (facts.barred_since is not None) == (action is LineAction.BAR):
            await desk.consult(self._method, self._number, name=f"{action.value}-again", party="HLR", forward_only=True)

    @property
    def _change(self) -> LineChange:
        order = self._service.order
        if order.action is LineAction.UNBAR:
            return LineChange.UNBARRED
        return LineChange.KEPT_BARRED if order.on_refusal else LineChange.BARRED

    @property
    def _method(self) -> Callable[[HlrActivities, Number], Awaitable[Barring]]:
        return HlrActivities.bar if self._service.order.action is LineAction.BAR else HlrActivities.unbar

    @property
    def _number(self) -> Number:
        return Number(msisdn=self._service.order.msisdn)
