"""A new card: handed over in the shop, or reserved, sent by post and put into a phone.

What the post does is heard by signal and, when nothing is heard for too long, read at logistics. A card that is lost
or comes back is replaced by another one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from activities.logistics import LogisticsActivities, LookAtShipment, ReleaseSim, ReserveSim, Shipped, ShipSim
from domain.orders import CustomerMessage, OrderState, WaitingFor
from domain.sims import ShipmentProgress, ShipmentStage, SimCard, SimForm
from workflows import stock
from workflows.asking import RETRY_OR_GIVE_UP
from workflows.granting import until_granted
from workflows.sim_replacement.replacement import Replacement

ASTRAY = frozenset({ShipmentStage.LOST, ShipmentStage.RETURNED})
ARRIVED = frozenset({ShipmentStage.DELIVERED, ShipmentStage.INSERTED})
LOOK_AGAIN = timedelta(days=1)
"""Legal time between looks at a shipment of which nothing is heard."""


class Card:
    """One order's card, or several, when the post loses one."""

    def __init__(self, replacement: Replacement) -> None:
        self._replacement = replacement
        self._attempt = 0
        self._progress: dict[int, ShipmentProgress] = {}
        self._activated = 0

    def hear(self, progress: ShipmentProgress) -> None:
        """What logistics tells, repeated, late and disordered as it may be: what happened last counts, and a card that
        is in a phone stays there.
        """
        known = self._progress.get(progress.attempt)
        if known is None or (known.stage is not ShipmentStage.INSERTED and progress.at >= known.at):
            self._progress[progress.attempt] = progress

    @property
    def is_astray(self) -> bool:
        """The post has lost the last one that was sent, or brought it back."""
        return self._stage in ASTRAY

    def activate(self) -> None:
        """The customer has the last one that was sent in his hand."""
        self._activated = self._attempt

    async def obtain(self) -> SimCard:
        """A card that the number may move to.

        Raises:
            Refused: the shop's card cannot be used.
            Withdrawn, GivenUp: as for a step and for the person who is asked.
        """
        replacement = self._replacement
        if replacement.order.iccid:
            return await self._reserve(handed_over=True)
        while True:
            self._attempt += 1
            card = await self._reserve(handed_over=False)
            await self._send()
            if await self._arrives():
                return card
            await self._replace_the_lost_one(self._attempt, replacement.plan.most_attempts)

    async def _reserve(self, *, handed_over: bool) -> SimCard:
        replacement = self._replacement
        replacement.undo.push(self._name("card"), self._release)
        return await stock.reserve(
            replacement,
            lambda key: ReserveSim(
                order_id=replacement.order.order_id,
                form=SimForm.PHYSICAL,
                reference=self._reference,
                handed_over=handed_over,
                iccid=replacement.order.iccid,
                msisdn=replacement.order.msisdn,
                key=key,
            ),
            what="SIM card",
            step=self._name("reserve-card"),
        )

    async def _send(self) -> None:
        replacement = self._replacement
        shipped = await until_granted(
            replacement,
            LogisticsActivities.ship,
            lambda key: ShipSim(
                order_id=replacement.order.order_id,
                reference=self._reference,
                msisdn=replacement.order.msisdn,
                key=key,
            ),
            key=self._name("ship"),
            name=self._name("ship"),
            party="logistics",
            refused="logistics refused the shipment",
            actions=RETRY_OR_GIVE_UP,
        )
        self._expected_at = shipped.expected_at or replacement.plan.due
        await replacement.desk.tell(
            "on_the_way",
            OrderState.PENDING,
            what="the card is sent",
            by="logistics",
            messages=self._sent(shipped),
            waiting_for=WaitingFor(
                party="post", what="the card's delivery", until=self._expected_at, then="logistics is asked"
            ),
        )

    def _sent(self, shipped: Shipped) -> list[CustomerMessage]:
        fields = {"tracking": shipped.tracking, "day": self._replacement.local_day(self._expected_at)}
        return self._replacement.messages("ordered" if self._attempt == 1 else f"ordered_{self._attempt}", **fields)

    async def _arrives(self) -> bool:
        """Whether the card came into use; False when it went astray."""
        await self._wait(lambda: self._stage in ARRIVED, self._expected_at, LOOK_AGAIN)
        if self._stage is ShipmentStage.DELIVERED and not self._is_usable:
            await self._show_the_wait_for_use()
            remind_after = self._replacement.plan.remind_after
            if not await self._wait(lambda: False, self._replacement.time.now() + remind_after, None):
                await self._remind()
                await self._wait(lambda: False, self._replacement.time.now() + remind_after, remind_after)
        return self._is_usable

    async def _wait(self, enough: Callable[[], bool], until: datetime, again: timedelta | None) -> bool:
        """Until the card is usable or astray, or it is `enough`; at the legal instant `until` logistics is asked, and
        so `again` and again. False: it was not, and there is no again.
        """
        replacement, desk = self._replacement, self._replacement.desk

        def over() -> bool:
            return self._is_usable or self.is_astray or enough()

        while not over():
            await replacement.time.until(
                until,
                unless=lambda: over() or desk.cancel is not None,
                summary="the card comes and is used",
                for_an_answer=True,
            )
            desk.stop_if_cancelled()
            if over():
                break
            await self._ask_logistics()
            if again is None:
                return over()
            until = replacement.time.now() + again
        return True

    async def _ask_logistics(self) -> None:
        seen = await self._replacement.desk.consult(
            LogisticsActivities.look_at_shipment,
            LookAtShipment(reference=self._reference),
            name=self._name("look-at-shipment"),
            party="logistics",
        )
        if seen.stage is not None and seen.at is not None:
            self.hear(ShipmentProgress(attempt=self._attempt, stage=seen.stage, at=seen.at))

    async def _show_the_wait_for_use(self) -> None:
        replacement = self._replacement
        reminder = replacement.time.now() + replacement.plan.remind_after
        await replacement.desk.tell(
            state=OrderState.PENDING,
            what="the card is delivered",
            by="logistics",
            waiting_for=WaitingFor(
                party="customer", what="putting the new card in", until=reminder, then="the customer is reminded"
            ),
        )

    async def _remind(self) -> None:
        replacement = self._replacement
        await replacement.desk.tell(
            state=OrderState.PENDING,
            what="the customer is reminded of the card",
            messages=replacement.messages("remind_card"),
            waiting_for=WaitingFor(party="customer", what="putting the new card in", then="the number moves to it"),
        )

    async def _replace_the_lost_one(self, tried: int, most: int) -> None:
        replacement, stage = self._replacement, self._stage
        await replacement.undo.undo(self._name("card"))
        why = "the post lost the card" if stage is ShipmentStage.LOST else "the card came back"
        in_vain = tried % most == 0
        await replacement.desk.tell(
            "ordering",
            OrderState.IN_PROGRESS,
            what=f"{why}; " + ("a person decides" if in_vain else "another one is sent"),
            by="logistics",
            messages=[] if in_vain else replacement.messages(f"lost_in_post_{self._attempt}"),
        )
        if in_vain:
            await replacement.desk.ask_human(f"{tried} cards in vain: {why}", actions=RETRY_OR_GIVE_UP)

    async def _release(self) -> None:
        replacement = self._replacement
        await replacement.desk.step(
            LogisticsActivities.release_sim,
            ReleaseSim(
                order_id=replacement.order.order_id,
                reference=self._reference,
                key=replacement.key("release-card", self._attempt),
            ),
            name=self._name("release-card"),
            party="logistics",
            forward_only=True,
        )

    @property
    def _is_usable(self) -> bool:
        if self._stage is ShipmentStage.DELIVERED and self._replacement.plan.activate_on_delivery:
            return True
        return self._activated == self._attempt or self._stage is ShipmentStage.INSERTED

    @property
    def _stage(self) -> ShipmentStage | None:
        progress = self._progress.get(self._attempt)
        return progress.stage if progress else None

    @property
    def _reference(self) -> str:
        order_id = self._replacement.order.order_id
        return order_id if self._attempt <= 1 else f"{order_id}:{self._attempt}"

    def _name(self, step: str) -> str:
        return step if self._attempt <= 1 else f"{step}-{self._attempt}"
