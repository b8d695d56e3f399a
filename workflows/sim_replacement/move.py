"""The move: the number off the old SIM and on the new one, which is the point of no return.

The HLR needs two commands for it. Reading the HLR finds out what a crash between them has left. From the first command
on the order only goes forward.
"""

from temporalio import workflow

from activities.hlr import HlrActivities, Move, Number
from activities.journal import BeginMove, JournalActivities, SentMessages
from domain.lines import LineChange, LineFacts, LineNews, LineNewsKind
from domain.orders import Actor, OrderState
from domain.refusals import RefusalCode, refusal
from domain.sims import SimCard
from domain.stages import SimReplacementStage
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.human_task import RELEASE_OR_REFUSE, RETRY_OR_GIVE_UP
from workflows.order.transition import Transition
from workflows.sim_replacement.state import SimReplacementState

NOTICE = "sim_replacement.notice"
BARRED_MEANWHILE = "the line was barred by another order"


class NumberMove:
    """Nothing moves while the holder's lock or another order's bar is on the line, or before the old channel has been
    told.
    """

    def __init__(self, state: SimReplacementState) -> None:
        self._state = state
        self.has_begun = False
        self._released = ""  # the reason for a review that a person has released
        self._tries = 0

    async def run(self, new_sim: SimCard) -> None:
        """The number is on the new SIM.

        Raises:
            Refused, GivenUp, Withdrawn: stopped before the number was touched.
        """
        state = self._state
        await self._old_channel_is_told()
        while not self.has_begun:
            seen = await self._nothing_in_the_way()  # last, since being told is what makes a holder lock his line
            state.cancellation.stop_if_requested()
            await self._begin(seen)
        await self._move(new_sim)
        state.undo.clear()
        is_unbarred = self._released == BARRED_MEANWHILE
        await state.log.record(
            Transition(
                code=TimelineCode.MOVED,
                what="the number is on the new SIM: point of no return passed",
                by="hlr",
                state=OrderState.IN_PROGRESS,
                point_of_no_return=True,
                line_changes=[LineChange.UNBARRED, LineChange.SWAPPED] if is_unbarred else [LineChange.SWAPPED],
                listed=False,
            )
        )
        await self._stays_barred()

    async def on_news(self, news: LineNews) -> None:
        """The line may be another order's from now on: one that ends the contract on it."""
        cancellation = self._state.cancellation
        if news.what is LineNewsKind.TAKEN and not cancellation.is_requested:
            why = f"the line leaves with the {news.kind.replace('_', ' ')} {news.by}"
            cancellation.request(Actor(by="relais", reason=why))

    async def _begin(self, seen: LineFacts) -> None:
        """The journal says whether the line is still ours and as we saw it. Once it has said yes, nobody takes the line
        away.

        Raises:
            Withdrawn: it is another order's.
        """
        state = self._state
        self.has_begun = True
        self._tries += 1
        begun = await state.calls.read_with(
            JournalActivities.begin_move,
            BeginMove(seen=seen),
            Transition(
                code=TimelineCode.MOVING,
                what="the number moves to the new SIM",
                stage=SimReplacementStage.MOVING,
                state=OrderState.IN_PROGRESS,
                listed=False,
            ),
            name=_nth("begin-move", self._tries),
            forward_only=True,
        )
        self.has_begun = begun.recorded
        if not begun.recorded and begun.facts == seen:  # the line is another order's: news of it is on the way
            await state.inbox.read()
            await workflow.wait_condition(lambda: state.cancellation.is_requested)
            state.cancellation.stop_if_requested()

    async def _move(self, new_sim: SimCard) -> None:
        state, number = self._state, 1
        while True:
            done = await state.calls.write(
                HlrActivities.move,
                Move(
                    msisdn=state.order.msisdn,
                    old_imsi=state.old_sim.imsi if state.old_sim else "",
                    new_imsi=new_sim.imsi,
                ),
                name=_nth("move", number),
                policy=policies.MOVE,
                forward_only=True,
            )
            if done.refusal is None:
                return
            why = f"the HLR refused the move, nothing was changed: {done.refusal.raw_text}"
            await state.human.ask(why, actions=RETRY_OR_GIVE_UP)
            number += 1

    async def _stays_barred(self) -> None:
        """A bar that came while the number moved was meant for the line, and was put on the old SIM."""
        state = self._state
        facts = await state.look_at_line("look-at-line-after", forward_only=True)
        if facts.barred_since is None:
            return
        await state.calls.write(
            HlrActivities.bar, Number(msisdn=state.order.msisdn), name="bar-the-new-sim", forward_only=True
        )
        what = "the line was barred while the number moved: the new SIM is out of service too"
        await state.log.add_note(TimelineCode.BARRED, what)

    async def _nothing_in_the_way(self) -> LineFacts:
        """What happened to the line since the order was accepted. A person looks at it, then it is looked at again."""
        state = self._state
        while (why := self._in_the_way(seen := await state.look_at_line())) not in ("", self._released):
            no = refusal(RefusalCode.NUMBER_LOCKED, "rules", raw_text=why)
            await state.human.ask(f"review: {why}", actions=RELEASE_OR_REFUSE, refusal=no)
            self._released = why
        return seen

    def _in_the_way(self, facts: LineFacts) -> str:
        order = self._state.order
        if facts.locked_since is not None:
            return "the holder has locked the line since the order was accepted"
        if facts.barred_since is None or facts.barred_by == order.order_id:
            return ""
        reported_before = order.reason.bars_the_old_sim and facts.barred_since <= order.accepted_at
        return "" if reported_before else BARRED_MEANWHILE

    async def _old_channel_is_told(self) -> None:
        await self._state.calls.read(
            JournalActivities.await_sent,
            SentMessages(order_id=self._state.order.order_id, kind=NOTICE),
            name="notice-to-the-old-channel",
        )


def _nth(step: str, number: int) -> str:
    return step if number == 1 else f"{step}-{number}"
