"""The move: the number off the old SIM and on the new one, which is the point of no return.

Two commands of the HLR that are not one: what a crash between them left is found by reading the HLR, and from the first
of them on the order only goes forward.
"""

from temporalio import workflow

from activities.hlr import HlrActivities, Move, Number
from activities.journal import BeginMove, JournalActivities, LookAtLine, SentMessages
from domain.lines import LineChange, LineFacts, LineNews, LineWord
from domain.orders import Actor, OrderState, TimelineEvent
from domain.refusals import RefusalCode, refusal
from domain.sims import SimCard
from workflows import policies
from workflows.asking import RELEASE_OR_REFUSE, RETRY_OR_GIVE_UP
from workflows.sim_replacement.replacement import Replacement

NOTICE = "sim_replacement.notice"
BARRED_MEANWHILE = "the line was barred by another order"


class Moving:
    """Nothing moves while a lock is closed, another bar is on the line, or the old channel has not been told."""

    def __init__(self, replacement: Replacement) -> None:
        self._replacement = replacement
        self.has_begun = False
        self._released = ""
        self._tries = 0

    async def run(self, new_sim: SimCard) -> None:
        """The number is on the new SIM.

        Raises:
            Refused, GivenUp, Withdrawn: stopped before the number was touched.
        """
        replacement, desk = self._replacement, self._replacement.desk
        await self._old_channel_is_told()
        while not self.has_begun:
            seen = await self._nothing_in_the_way()  # last, since being told is what makes a holder lock his line
            desk.stop_if_cancelled()
            await self._begin(seen)
        await self._move(new_sim)
        replacement.undo.clear()
        await desk.tell(
            state=OrderState.IN_PROGRESS,
            what="the number is on the new SIM: point of no return passed",
            by="hlr",
            point_of_no_return=True,
            listed_too=False,
            line_changes=[LineChange.UNBARRED, LineChange.SWAPPED]
            if self._released == BARRED_MEANWHILE
            else [LineChange.SWAPPED],
        )
        await self._stays_barred()

    def hear(self, news: LineNews) -> None:
        """The line may be another order's from now on: one that ends the contract on it."""
        if news.what is LineWord.TAKEN and self._replacement.desk.cancel is None:
            why = f"the line leaves with the {news.kind.replace('_', ' ')} {news.by}"
            self._replacement.desk.cancel = Actor(by="relais", reason=why)

    async def _begin(self, seen: LineFacts) -> None:
        """The journal says whether the line is still ours and as we saw it; from that word on nobody takes it away.

        Raises:
            Withdrawn: it is another order's.
        """
        desk = self._replacement.desk
        self.has_begun = True
        entry = desk.compose(
            "moving", OrderState.IN_PROGRESS, events=[TimelineEvent(what="the number moves to the new SIM")]
        )
        self._tries += 1
        name = "begin-move" if self._tries == 1 else f"begin-move-{self._tries}"
        begun = await desk.consult(
            JournalActivities.begin_move,
            BeginMove(seen=seen, entry=entry),
            name=name,
            party="journal",
            forward_only=True,
        )
        if begun.begun:
            await desk.arrive(entry, listed_too=False)
            return
        self.has_begun = False
        if begun.facts == seen:  # the line is another order's: its news is on the way
            await workflow.wait_condition(lambda: desk.cancel is not None)
            desk.stop_if_cancelled()

    async def _move(self, new_sim: SimCard) -> None:
        replacement, desk, number = self._replacement, self._replacement.desk, 1
        while True:
            done = await desk.step(
                HlrActivities.move,
                Move(
                    msisdn=replacement.order.msisdn,
                    old_imsi=replacement.old_sim.imsi if replacement.old_sim else "",
                    new_imsi=new_sim.imsi,
                ),
                name="move" if number == 1 else f"move-{number}",
                party="HLR",
                policy=policies.MOVE,
                forward_only=True,
            )
            if done.refusal is None:
                return
            await desk.ask_human(
                f"the HLR refused the move, nothing was changed: {done.refusal.raw_text}", actions=RETRY_OR_GIVE_UP
            )
            number += 1

    async def _stays_barred(self) -> None:
        """A bar that came while the number moved was meant for the line, and has met a SIM that it is no longer on."""
        replacement, desk = self._replacement, self._replacement.desk
        facts = await self._look("look-at-line-after")
        if facts.barred_since is None:
            return
        await desk.step(
            HlrActivities.bar,
            Number(msisdn=replacement.order.msisdn),
            name="bar-the-new-sim",
            party="HLR",
            forward_only=True,
        )
        await desk.remark("the line was barred while the number moved: the new SIM is out of service too")

    async def _nothing_in_the_way(self) -> LineFacts:
        """What happened to the line since the order was accepted; looked at once more after a person has looked."""
        desk = self._replacement.desk
        while (why := self._in_the_way(seen := await self._look("look-at-line"))) not in ("", self._released):
            no = refusal(RefusalCode.NUMBER_LOCKED, "rules", raw_text=why)
            await desk.ask_human(f"review: {why}", actions=RELEASE_OR_REFUSE, refusal=no)
            self._released = why
        return seen

    async def _look(self, name: str) -> LineFacts:
        order_id = self._replacement.order.order_id
        return await self._replacement.desk.consult(
            JournalActivities.look_at_line, LookAtLine(order_id=order_id), name=name, party="journal"
        )

    def _in_the_way(self, facts: LineFacts) -> str:
        order = self._replacement.order
        if facts.locked_since is not None:
            return "the holder has locked the line since the order was accepted"
        if facts.barred_since is None or facts.barred_by == order.order_id:
            return ""
        reported_before = order.reason.bars_the_old_sim and facts.barred_since <= order.accepted_at
        return "" if reported_before else BARRED_MEANWHILE

    async def _old_channel_is_told(self) -> None:
        await self._replacement.desk.consult(
            JournalActivities.await_sent,
            SentMessages(order_id=self._replacement.order.order_id, kind=NOTICE),
            name="notice-to-the-old-channel",
            party="notifications",
        )
