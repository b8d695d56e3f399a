"""Out of service and in service again, at the HLR: whatever SIM carries the number, whatever else runs on the line."""

from temporalio import workflow

from activities.hlr import Barring, HlrActivities, Number
from domain.lines import LineAction, LineChange
from domain.orders import Actor, OrderState
from domain.refusals import RefusalCode, refusal
from workflows import policies
from workflows.line_service.service import Service
from workflows.stops import Refused

CHANGES = {LineAction.BAR: LineChange.BARRED, LineAction.UNBAR: LineChange.UNBARRED}
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
        await service.desk.tell(
            state=OrderState.IN_PROGRESS, what=WORDS[action], by="hlr", line_changes=[CHANGES[action]]
        )

    async def _switch(self, number: int) -> Barring:
        service = self._service
        name = service.order.action.value
        return await service.desk.step(
            HlrActivities.bar if service.order.action is LineAction.BAR else HlrActivities.unbar,
            Number(msisdn=service.order.msisdn),
            name=name if number == 1 else f"{name}-{number}",
            party="HLR",
            forward_only=True,
        )
