"""The point of no return: *porting performed* is declared to the clearing house.

Until a byte of it has left, the cut-over can be taken back. From then on the outcome is what the registry says:
performed → only forward; *errorfound* → correct and resend, or cancel; nothing known → ask again, never undo. Only a
dossier that shows a cancel allows an undo.
"""

from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.clearing_house import ClearingHouseActivities, Declared, DeclarePerformed
from domain.orders import Actor, JournalEntry, OrderState, WaitingFor
from domain.stages import PortInStage
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.stops import GivenUp, PerformedMeanwhile
from workflows.order.transition import Transition
from workflows.port_in.state import PortInState

DATE_TOO_EARLY = "DATE_TOO_EARLY"


class Pivot:
    """One order's declaration. Corrected ones are messages of their own, with a key of their own."""

    def __init__(self, port: PortInState) -> None:
        self._port = port
        self._declarations = 0
        self._errors_seen = 0
        self._may_have_left = False

    async def pass_over(self) -> bool:
        """Declare until the registry shows it. False: no connection could be made at all, for so long that the HLR step
        has to be taken back.

        Raises:
            GivenUp: the dossier shows a cancel.
        """
        port = self._port
        give_up_at = workflow.now() + policies.HLR_AHEAD_OF_REFERENCE
        pause, actual = policies.PIVOT_PAUSE_FIRST, port.plan.slot_start
        self._declarations += 1
        while True:
            entry = port.log.entry_of(
                _passed("number on the new SIM; porting performed accepted: point of no return passed")
            )
            declared = await self._declare(actual, entry)
            match declared.status:
                case "performed":
                    port.undo.clear()
                    await port.log.adopt(entry, is_cancelled=port.cancellation.is_requested, listed_too=False)
                    return True
                case "cancelled":
                    raise GivenUp(Actor(by="clearing house", reason="the dossier was cancelled before the cut-over"))
                case "error_found":
                    try:
                        actual = await self._corrected(declared, actual)
                    except PerformedMeanwhile:
                        await self.passed_after_all()
                        return True
                    # The registry has said what became of it: the corrected one starts afresh.
                    self._declarations += 1
                    self._may_have_left = False
                    give_up_at, pause = workflow.now() + policies.HLR_AHEAD_OF_REFERENCE, policies.PIVOT_PAUSE_FIRST
                case "not_connected" if not self._may_have_left:
                    if workflow.now() >= give_up_at:
                        return False
                    await self._show_the_wait(declared)
                    await workflow.sleep(pause, summary="before asking the clearing house again")
                    pause = min(pause * 2, policies.PIVOT_PAUSE_LONGEST)
                case _:
                    await self._show_the_wait(declared)

    async def passed_after_all(self) -> None:
        """An undo found the port performed: only forward from here."""
        self._port.undo.clear()
        shown = _passed("the registry shows the port performed: point of no return passed")
        await self._port.log.record(shown.model_copy(update={"refusal": None}))

    async def _declare(self, actual: datetime, entry: JournalEntry) -> Declared:
        """Only answers of `not_connected` from the first on prove that nothing left; a dead worker proves nothing.

        What may have left is asked after by one activity that retries for as long as it takes, since days of rounds
        in the workflow would fill its history.
        """
        port, is_first = self._port, not self._may_have_left
        message = DeclarePerformed(
            order_id=port.order.order_id,
            dossier_id=port.dossier_id,
            donor=port.order.donor,
            msisdn=port.order.msisdn,
            actual=actual,
            backporting=port.range_holder == port.order.home,
            key=port.key("performed", port.attempt * 100 + self._declarations),
            errors_seen=self._errors_seen,
            look_first=not is_first,
            entry=entry,
        )
        handle = port.calls.start(
            ClearingHouseActivities.declare_performed if is_first else ClearingHouseActivities.keep_declaring,
            message,
            policies.PIVOT if is_first else policies.PIVOT_UNTIL_KNOWN,
            name=f"porting-performed-{port.log.made}",
            summary="porting performed, the point of no return",
        )
        try:
            declared = await handle
        except ActivityError:
            declared = Declared(status="unknown", errors_seen=self._errors_seen)
        self._may_have_left = self._may_have_left or declared.status != "not_connected"
        self._errors_seen = max(self._errors_seen, declared.errors_seen)
        return declared

    async def _corrected(self, declared: Declared, actual: datetime) -> datetime:
        """After *errorfound*: the corrected instant to resend with. A date too early corrects itself; for the rest a
        person decides.

        Raises:
            GivenUp: the person gave up, and the dossier shows our cancel.
            PerformedMeanwhile: the person gave up, and the dossier shows the port performed.
        """
        port = self._port
        if declared.error_code == DATE_TOO_EARLY and declared.first_possible and declared.first_possible > actual:
            await port.log.add_note(
                TimelineCode.DECLARATION_CORRECTED,
                "porting performed corrected: the donor's date is later",
                detail={"error": declared.error_text},
            )
            return declared.first_possible
        try:
            await port.human.ask(
                f"the clearing house refused *porting performed*: {declared.error_code} {declared.error_text}",
                actions=RETRY_OR_GIVE_UP,
            )
        except GivenUp:
            await port.undo.run("dossier")  # insists until the registry shows the cancel; only then the rest is undone
            raise
        return actual

    async def _show_the_wait(self, declared: Declared) -> None:
        """Once per cut-over: the order says what it waits for, and that it will not be undone if it may have left."""
        port, has_left = self._port, self._may_have_left
        waiting_for = WaitingFor(
            party="clearing house",
            what="what became of porting performed" if has_left else "a connection",
            then="asked again until it is known; never undone" if has_left else "asked again; undone within 15 minutes",
        )
        if port.status.waiting_for != waiting_for:
            await port.log.record(
                Transition(
                    code=TimelineCode.PERFORMED_UNKNOWN if has_left else TimelineCode.PARTY_AWAY,
                    what=f"porting performed: {declared.status.replace('_', ' ')}",
                    stage=PortInStage.CUTTING_OVER,
                    state=OrderState.PENDING,
                    waiting_for=waiting_for,
                )
            )


def _passed(what: str) -> Transition:
    """Past the point of no return."""
    return Transition(
        code=TimelineCode.PERFORMED,
        what=what,
        stage=PortInStage.BROADCASTING,
        state=OrderState.IN_PROGRESS,
        point_of_no_return=True,
        attention="",
    )
