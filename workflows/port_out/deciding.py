"""Whether the number must be let go: the donor's legal grounds refuse, and nothing else; a suspicion only waits, with a
delayed answer, for its end or for a person.
"""

import asyncio
from contextlib import suppress
from datetime import datetime

from activities.journal import JournalActivities, SentMessages
from activities.port_out import JudgedPortOut, JudgePortOut, PortOutActivities
from domain.money import money
from domain.orders import Actor, OrderState
from domain.refusals import RefusalCode, refusal
from workflows import policies
from workflows.asking import RELEASE_OR_REFUSE
from workflows.calls import LocalCallFailed, call_locally
from workflows.port_out.deadline import Deadline
from workflows.port_out.departure import Departure
from workflows.stops import Refused

REQUESTED = "requested"
"""The notice to the holder."""


class Deciding:
    """Judged anew whenever something about the line has changed."""

    def __init__(self, departure: Departure, deadline: Deadline) -> None:
        self._departure = departure
        self._deadline = deadline
        self._released: list[str] = []
        self._judged = 0
        self._told = False

    async def run(self) -> None:
        """The number must be let go, and its holder has been told; or it has left without our answer.

        Raises:
            Refused: on a legal ground, by the holder's own stop, or by a person.
            Withdrawn: the recipient cancelled.
        """
        while True:
            judged = await self._judge()
            self._departure.reach = judged.reach
            if judged.refusal is not None:
                self._departure.has_holder = judged.refusal.code is not RefusalCode.NUMBER_NOT_AT_DONOR
                raise Refused(Actor(by="rules", reason=judged.refusal.raw_text), refusal=judged.refusal)
            self._learn(judged)
            await self._tell_the_holder(judged)
            self.stop_if_frozen()
            if not judged.holds or self._departure.performed:
                return
            await self._hold(judged)
            self.stop_if_frozen()

    async def _judge(self) -> JudgedPortOut:
        """Who asks is owed an answer: nobody gives up on it."""
        self._judged += 1
        judged = await self._departure.desk.consult(
            PortOutActivities.judge_port_out,
            JudgePortOut(order=self._departure.order, released=self._released),
            name="judge" if self._judged == 1 else f"judge-{self._judged}",
            party="care and HLR",
            tireless=True,
        )
        self._departure.desk.stop_if_cancelled()
        return judged

    def _learn(self, judged: JudgedPortOut) -> None:
        departure = self._departure
        departure.contract, departure.contract_has_ended = judged.contract, judged.ended
        departure.sim = judged.sim
        departure.fee = money(judged.cost.fee, judged.cost.currency) if judged.cost else ""

    async def _tell_the_holder(self, judged: JudgedPortOut) -> None:
        """On the channels known before, ahead of our answer; it does not wait for his."""
        if self._told:
            return
        self._told = True
        departure = self._departure
        held = "yes" if judged.holds else ""
        await departure.desk.tell(
            state=OrderState.IN_PROGRESS,
            what="the holder is told who asks for the number",
            listed_too=False,
            messages=departure.messages(REQUESTED, fee=departure.fee, held=held),
        )
        sent = SentMessages(order_id=departure.order.order_id, kind=f"port_out.{REQUESTED}")
        with suppress(LocalCallFailed):  # notifications away: the notice follows, our deadline does not
            await call_locally(JournalActivities.await_sent, sent, policies.NOTICE_MOMENT)

    async def _hold(self, judged: JudgedPortOut) -> None:
        """Until a reason to wait has ended or changed, the holder has stopped it, or a person has decided."""
        departure, desk = self._departure, self._departure.desk
        if judged.delayed_until is not None:
            self._deadline.announce(judged.holds[0].kind, judged.delayed_until)
        changes, ended = departure.line.changes, asyncio.Event()
        watch = asyncio.create_task(self._until_one_ends(judged, ended))
        why = "; ".join(hold.why for hold in judged.holds)
        ends = [hold.until for hold in judged.holds if hold.until is not None]
        try:
            action = await desk.ask_human(
                f"review: {why}",
                actions=RELEASE_OR_REFUSE,
                until=max(ends) if len(ends) == len(judged.holds) else None,
                unless=lambda: bool(
                    departure.frozen or departure.performed or ended.is_set() or departure.line.changes != changes
                ),
                refusal=refusal(RefusalCode.FRAUD_SUSPECTED, "desk", raw_text=why),
            )
        finally:
            ended.set()
            await watch
        if action is not None:
            self._released = [*self._released, *(hold.kind for hold in judged.holds)]

    async def _until_one_ends(self, judged: JudgedPortOut, ended: asyncio.Event) -> None:
        instants: list[datetime] = [hold.until for hold in judged.holds if hold.until is not None]
        if not instants:
            return
        if await self._departure.time.until(min(instants), unless=ended.is_set, summary="a reason to wait ends"):
            ended.set()

    def stop_if_frozen(self) -> None:
        """Until our answer leaves, the holder may stop it.

        Raises:
            Refused: he did.
        """
        frozen = self._departure.frozen
        if frozen is not None:
            stop = refusal(RefusalCode.CUSTOMER_WITHDREW, "customer", raw_text="the holder does not want the port")
            raise Refused(frozen, refusal=stop)
