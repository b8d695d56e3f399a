"""The cut-over: the number goes on the new SIM, then *porting performed* is declared (`pivot.py`), which is the point
of no return. Until a byte of that has left, the step at the HLR is undone when it takes too long.
"""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.hlr import HlrActivities, NumberOnSim
from workflows.order import policies
from workflows.order.run_activity import may_still_run
from workflows.order.stops import DayMissed
from workflows.port_in.pivot import Pivot
from workflows.port_in.state import PortInState

ON_THE_SIM = "number on the new SIM"


class CutOver:
    """The step in which the number changes network. Tried at most once per planned day."""

    def __init__(self, port: PortInState) -> None:
        self._port = port
        self._pivot = Pivot(port)

    async def run(self) -> None:
        """Number on the SIM, then past the point of no return.

        Raises:
            DayMissed: the slot ended, or the clearing house could not be reached at all; the HLR step is undone.
            GivenUp: the clearing house refused for good and the dossier shows our cancel.
        """
        await self._put_on_the_sim()
        if not await self._pivot.pass_over():
            await self._port.undo.run(ON_THE_SIM)
            raise DayMissed("the clearing house could not be reached")

    async def go_forward(self) -> None:
        """The registry shows the port performed although we were about to undo it: the number must be on the SIM."""
        await self._port.calls.write(
            HlrActivities.put_in_service, self._number_on_sim(), name="put-in-service-after-all", forward_only=True
        )
        await self._pivot.passed_after_all()

    async def _put_on_the_sim(self) -> None:
        port = self._port
        port.undo.push(ON_THE_SIM, self._take_off_the_sim)
        began = workflow.now()
        slot_ends = port.time.clock.real_deadline(port.plan.slot_end, waiting_since=began)
        handle = port.calls.start(
            HlrActivities.put_in_service,
            self._number_on_sim(),
            policies.within(slot_ends - began),
            name=f"put-in-service-{port.plan.chosen_day}",
            summary="the number goes on the new SIM",
        )
        try:
            done = await handle
        except ActivityError as error:
            if may_still_run(error):
                await port.calls.until_attempt_has_ended()
            await port.undo.run(ON_THE_SIM)
            raise DayMissed("the HLR did not take the number before the slot ended") from error
        if done.refusal:
            await port.undo.run(ON_THE_SIM)
            raise DayMissed(f"the HLR refused the number: {done.refusal.raw_text}")

    async def _take_off_the_sim(self) -> None:
        name = f"take-off-sim-{self._port.plan.chosen_day}"
        await self._port.calls.write(HlrActivities.remove, self._number_on_sim(), name=name, forward_only=True)

    def _number_on_sim(self) -> NumberOnSim:
        return NumberOnSim(imsi=self._port.sim.imsi, msisdn=self._port.order.msisdn)
