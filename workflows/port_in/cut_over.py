"""The cut-over: the number goes on the new SIM, then *porting performed* is declared (`pivot.py`), which is the point
of no return. Before a byte of that has left, the step at the HLR is undone when it takes too long.
"""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.hlr import Carriage, HlrActivities
from workflows import calls, policies
from workflows.port_in.pivot import Pivot
from workflows.port_in.port import Port
from workflows.stops import DayMissed

ON_THE_SIM = "number on the new SIM"


class CutOver:
    """The step in which the number changes network. Tried at most once per planned day."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._pivot = Pivot(port)

    async def run(self) -> None:
        """Number on the SIM, then over the point of no return.

        Raises:
            DayMissed: the slot ended, or the clearing house could not be reached at all; the HLR step is undone.
            GivenUp: the clearing house refused for good and the dossier shows our cancel.
        """
        await self._put_on_the_sim()
        if not await self._pivot.pass_over():
            await self._port.undo.undo(ON_THE_SIM)
            raise DayMissed("the clearing house could not be reached")

    async def go_forward(self) -> None:
        """The registry shows the port performed although we were about to undo it: the number must be on the SIM."""
        port = self._port
        await port.desk.step(
            HlrActivities.put_in_service,
            self._carriage(),
            name="put-in-service-after-all",
            party="HLR",
            forward_only=True,
        )
        await self._pivot.passed_after_all()

    async def _put_on_the_sim(self) -> None:
        port = self._port
        port.undo.push(ON_THE_SIM, self._take_off_the_sim)
        began = workflow.now()
        slot_ends = port.time.clock.real_deadline(port.plan.slot_end, waiting_since=began)
        handle = calls.start(
            HlrActivities.put_in_service,
            self._carriage(),
            policies.within(slot_ends - began),
            activity_id=f"put-in-service-{port.plan.chosen_day}",
            summary="HLR: the number goes on the new SIM",
        )
        try:
            done = await handle
        except ActivityError as error:
            if calls.may_still_run(error):
                await workflow.sleep(policies.ONE_CALL, summary="until the last attempt has certainly ended")
            await port.undo.undo(ON_THE_SIM)
            raise DayMissed("the HLR did not take the number before the slot ended") from error
        if done.refusal:
            await port.undo.undo(ON_THE_SIM)
            raise DayMissed(f"the HLR refused the number: {done.refusal.raw_text}")

    async def _take_off_the_sim(self) -> None:
        port = self._port
        await port.desk.step(
            HlrActivities.remove,
            self._carriage(),
            name=f"take-off-sim-{port.plan.chosen_day}",
            party="HLR",
            forward_only=True,
        )

    def _carriage(self) -> Carriage:
        return Carriage(imsi=self._port.sim.imsi, msisdn=self._port.order.msisdn)
