"""The cut-over: the number goes on the new SIM, then *porting performed* is declared. Here lies the point of no return.

Before a byte of the declaration has left, the HLR step is undone when it takes too long. From then on the outcome is
what the registry says: performed → only forward; *errorfound* → correct and resend, or cancel; nothing known → ask
again, never undo. Only a dossier that shows a cancel allows an undo.
"""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.clearing_house import ClearingHouseActivities, Declared, DeclarePerformed
from activities.hlr import Carriage, HlrActivities
from domain.orders import Actor, JournalEntry, OrderState, TimelineEvent, WaitingFor
from workflows import calls, policies
from workflows.port_in.port import RETRY_OR_GIVE_UP, Port
from workflows.stops import DayMissed, GivenUp

ON_THE_SIM = "number on the new SIM"
DATE_TOO_EARLY = "DATE_TOO_EARLY"


class CutOver:
    """The step in which the number changes network. Tried at most once per planned day."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._declarations = 0  # corrected ones count anew: each is a message of its own
        self._may_have_left = False
        self.underway = False

    async def run(self) -> None:
        """Number on the SIM, then over the point of no return.

        Raises:
            DayMissed: the slot ended, or the clearing house could not be reached at all; the HLR step is undone.
            GivenUp: the clearing house refused for good and the dossier shows our cancel.
        """
        self.underway = True
        try:
            await self._put_on_the_sim()
            await self._pass_the_point_of_no_return()
        finally:
            self.underway = False

    async def _put_on_the_sim(self) -> None:
        port = self._port
        port.undo.push(ON_THE_SIM, self._take_off_the_sim)
        began = workflow.now()
        slot_ends = port.time.clock.real_deadline(port.plan.slot_end, waiting_since=began)
        handle = calls.start(
            HlrActivities.put_in_service,
            Carriage(imsi=port.sim.imsi, msisdn=port.order.msisdn),
            policies.within(slot_ends - began),
            activity_id=f"put-in-service-{port.plan.chosen_day}",
            summary="HLR: the number goes on the new SIM",
        )
        try:
            done = await handle
        except ActivityError as error:
            await port.undo.undo(ON_THE_SIM)
            raise DayMissed("the HLR did not take the number before the slot ended") from error
        if done.refusal:
            await port.undo.undo(ON_THE_SIM)
            raise DayMissed(f"the HLR refused the number: {done.refusal.raw_text}")

    async def _pass_the_point_of_no_return(self) -> None:
        port = self._port
        give_up_at = workflow.now() + policies.HLR_AHEAD_OF_REFERENCE
        pause = policies.PIVOT_PAUSE_FIRST
        self._declarations += 1
        actual, errors_seen = port.plan.slot_start, 0
        while True:
            entry = self._entry()
            declared = await self._declare(actual, errors_seen, entry)
            errors_seen = max(errors_seen, declared.errors_seen)
            match declared.status:
                case "performed":
                    port.undo.clear()
                    port.desk.adopt(entry, listed_too=False)
                    return
                case "cancelled":
                    raise GivenUp(Actor(by="clearing house", reason="the dossier was cancelled before the cut-over"))
                case "error_found":
                    actual = await self._corrected(declared, actual)
                    self._declarations += 1
                    pause = policies.PIVOT_PAUSE_FIRST
                case "not_connected" if not self._may_have_left and workflow.now() >= give_up_at:
                    await port.undo.undo(ON_THE_SIM)
                    raise DayMissed("the clearing house could not be reached")
                case _:
                    await self._show_the_wait(declared)
                    await workflow.sleep(pause, summary="before asking the clearing house again")
                    pause = min(pause * 2, policies.PIVOT_PAUSE_LONGEST)

    async def _declare(self, actual: datetime, errors_seen: int, entry: JournalEntry) -> Declared:
        """One attempt. Only an answer of `not_connected` proves that nothing left; a dead worker proves nothing."""
        port = self._port
        message = DeclarePerformed(
            order_id=port.order.order_id,
            dossier_id=port.dossier_id,
            donor=port.order.donor,
            msisdn=port.order.msisdn,
            actual=actual,
            backporting=port.range_holder == port.order.home,
            key=port.key("performed", port.attempt * 100 + self._declarations),
            errors_seen=errors_seen,
            look_first=self._may_have_left,
            entry=entry,
        )
        handle = calls.start(
            ClearingHouseActivities.declare_performed,
            message,
            policies.PIVOT,
            activity_id=f"porting-performed-{entry.seq}",
            summary="clearing house: porting performed, the point of no return",
        )
        try:
            declared = await handle
        except ActivityError:
            declared = Declared(status="unknown", errors_seen=errors_seen)
        if declared.status != "not_connected":
            self._may_have_left = True
        return declared

    async def _corrected(self, declared: Declared, actual: datetime) -> datetime:
        """After *errorfound*: the corrected instant to resend with. A date too early corrects itself; for the rest a
        person decides.

        Raises:
            GivenUp: he gave up, and the dossier shows our cancel.
        """
        port = self._port
        if declared.error_code == DATE_TOO_EARLY and declared.first_possible and declared.first_possible > actual:
            await port.desk.remark(
                "porting performed corrected: the donor's date is later", detail={"error": declared.error_text}
            )
            return declared.first_possible
        try:
            await port.desk.ask_human(
                f"the clearing house refused *porting performed*: {declared.error_code} {declared.error_text}",
                actions=RETRY_OR_GIVE_UP,
                may_be_cancelled=False,
            )
        except GivenUp:
            await port.undo.undo("dossier")  # shows the cancel, or asks a person again; only then is the rest undone
            raise
        return actual

    async def _show_the_wait(self, declared: Declared) -> None:
        """Once per cut-over: the order says what it waits for, and that it will not be undone if it may have left."""
        port = self._port
        waiting_for = WaitingFor(
            party="clearing house",
            what="what became of porting performed" if self._may_have_left else "a connection",
            then="asked again; never undone" if self._may_have_left else "asked again; undone within 15 minutes",
        )
        if port.desk.status.waiting_for != waiting_for:
            await port.desk.tell(
                "cutting_over",
                OrderState.PENDING,
                what=f"porting performed: {declared.status.replace('_', ' ')}",
                waiting_for=waiting_for,
            )

    async def _take_off_the_sim(self) -> None:
        port = self._port
        await port.desk.step(
            HlrActivities.remove,
            Carriage(imsi=port.sim.imsi, msisdn=port.order.msisdn),
            name=f"take-off-sim-{port.plan.chosen_day}",
            party="HLR",
            forward_only=True,
        )

    def _entry(self) -> JournalEntry:
        return self._port.desk.compose(
            "broadcasting",
            OrderState.IN_PROGRESS,
            events=[TimelineEvent(what="number on the new SIM; porting performed accepted: point of no return passed")],
            point_of_no_return=True,
            needs_attention=False,
            attention="",
        )
