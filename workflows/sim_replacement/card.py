"""A new card: handed over in the shop, or reserved, sent by post and put into a phone.

Logistics tells what the post does, and is asked when nothing came for too long. A card that is lost or comes back is
replaced by another one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from activities.logistics import LogisticsActivities, LookAtShipment, ReleaseSim, ReserveSim, ShipSim
from domain.orders import OrderState, WaitingFor
from domain.sims import ShipmentProgress, ShipmentStage, SimCard, SimForm
from domain.stages import SimReplacementStage
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.transition import Transition
from workflows.parts import stock
from workflows.sim_replacement.state import SimReplacementState

LOST = frozenset({ShipmentStage.LOST, ShipmentStage.RETURNED})
ARRIVED = frozenset({ShipmentStage.DELIVERED, ShipmentStage.INSERTED})


class Card:
    """One order's card, or several, when the post loses one."""

    def __init__(self, state: SimReplacementState) -> None:
        self._state = state
        self._attempt = 0
        self._progress: dict[int, ShipmentProgress] = {}
        self._activated = 0

    async def on_progress(self, progress: ShipmentProgress) -> None:
        """News of logistics, which may come twice, late or in another order: what happened last counts, and a card that
        is in a phone stays there.
        """
        known = self._progress.get(progress.attempt)
        if known is None or (known.stage is not ShipmentStage.INSERTED and progress.at >= known.at):
            self._progress[progress.attempt] = progress

    @property
    def is_lost(self) -> bool:
        """The post has lost the last one that was sent, or brought it back."""
        return self._stage in LOST

    def activate(self) -> None:
        """The customer has the last one that was sent in his hand."""
        self._activated = self._attempt

    async def obtain(self) -> SimCard:
        """A card that the number may move to.

        Raises:
            Refused: the shop's card cannot be used.
            Withdrawn, GivenUp: as for a call and for the person who is asked.
        """
        if self._state.order.iccid:
            return await self._reserve(handed_over=True)
        while True:
            self._attempt += 1
            card = await self._reserve(handed_over=False)
            expected_at = await self._send()
            if await self._arrives(expected_at):
                return card
            await self._give_up_the_lost_one()

    async def _reserve(self, *, handed_over: bool) -> SimCard:
        order = self._state.order
        self._state.undo.push(self._name("card"), self._release)
        return await stock.reserve(
            self._state,
            lambda key: ReserveSim(
                order_id=order.order_id,
                form=SimForm.PHYSICAL,
                reference=self._reference,
                handed_over=handed_over,
                iccid=order.iccid,
                msisdn=order.msisdn,
                key=key,
            ),
            what="SIM card",
            step=self._name("reserve-card"),
        )

    async def _send(self) -> datetime:
        """The card is in the post. Returns the legal instant at which it is expected."""
        state, name = self._state, self._name("ship")
        shipped = await state.calls.write_until_granted(
            LogisticsActivities.ship,
            lambda key: ShipSim(
                order_id=state.order.order_id, reference=self._reference, msisdn=state.order.msisdn, key=key
            ),
            key=partial(state.key, name),
            name=name,
            refused="logistics refused the shipment",
            actions=RETRY_OR_GIVE_UP,
        )
        expected_at = shipped.expected_at or state.plan.due
        await state.log.record(
            Transition(
                code=TimelineCode.CARD_SENT,
                what="the card is sent",
                by="logistics",
                stage=SimReplacementStage.ON_THE_WAY,
                state=OrderState.PENDING,
                messages=state.messages(
                    "ordered" if self._attempt == 1 else f"ordered_{self._attempt}",
                    tracking=shipped.tracking,
                    day=state.local_day(expected_at),
                ),
                waiting_for=WaitingFor(
                    party="post", what="the card's delivery", until=expected_at, then="logistics is asked"
                ),
            )
        )
        return expected_at

    async def _arrives(self, expected_at: datetime) -> bool:
        """Whether the card came into use; False when it was lost."""
        await self._wait(lambda: self._stage in ARRIVED, expected_at, policies.SHIPMENT_LOOK)
        if self._stage is ShipmentStage.DELIVERED and not self._is_usable:
            time, remind_after = self._state.time, self._state.plan.remind_after
            await self._show_the_wait_for_use(
                TimelineCode.CARD_DELIVERED, "the card is delivered", time.now() + remind_after
            )
            if not await self._wait(lambda: False, time.now() + remind_after, None):
                await self._show_the_wait_for_use(TimelineCode.CARD_REMINDED, "the customer is reminded of the card")
                await self._wait(lambda: False, time.now() + remind_after, remind_after)
        return self._is_usable

    async def _wait(self, enough: Callable[[], bool], until: datetime, again: timedelta | None) -> bool:
        """Until the card is usable or lost, or it is `enough`. At the legal instant `until` logistics is asked, and so
        `again` and again. False: nothing came of it, and there is no again.
        """
        state = self._state

        def is_over() -> bool:
            return self._is_usable or self.is_lost or enough()

        while not is_over():
            await state.time.until(
                until,
                unless=lambda: is_over() or state.cancellation.is_requested,
                summary="the card comes and is used",
                for_an_answer=True,
            )
            state.cancellation.stop_if_requested()
            if is_over():
                break
            await self._ask_logistics()
            if again is None:
                return is_over()
            until = state.time.now() + again
        return True

    async def _ask_logistics(self) -> None:
        seen = await self._state.calls.read(
            LogisticsActivities.look_at_shipment,
            LookAtShipment(reference=self._reference),
            name=self._name("look-at-shipment"),
        )
        if seen.stage is not None and seen.at is not None:
            await self.on_progress(ShipmentProgress(attempt=self._attempt, stage=seen.stage, at=seen.at))

    async def _show_the_wait_for_use(self, code: TimelineCode, what: str, reminder: datetime | None = None) -> None:
        """The customer has the card and has not used it. Without a `reminder` to come, this is the reminder."""
        state = self._state
        await state.log.record(
            Transition(
                code=code,
                what=what,
                by="logistics" if reminder else "relais",
                state=OrderState.PENDING,
                messages=[] if reminder else state.messages("remind_card"),
                waiting_for=WaitingFor(
                    party="customer",
                    what="putting the new card in",
                    until=reminder,
                    then="the customer is reminded" if reminder else "the number moves to it",
                ),
            )
        )

    async def _give_up_the_lost_one(self) -> None:
        state = self._state
        why = "the post lost the card" if self._stage is ShipmentStage.LOST else "the card came back"
        await state.undo.run(self._name("card"))
        person_decides = self._attempt % state.plan.most_attempts == 0
        await state.log.record(
            Transition(
                code=TimelineCode.CARD_LOST,
                what=f"{why}; " + ("a person decides" if person_decides else "another one is sent"),
                by="logistics",
                stage=SimReplacementStage.ORDERING,
                state=OrderState.IN_PROGRESS,
                messages=[] if person_decides else state.messages(f"lost_in_post_{self._attempt}"),
            )
        )
        if person_decides:
            await state.human.ask(f"{self._attempt} cards were lost: {why}", actions=RETRY_OR_GIVE_UP)

    async def _release(self) -> None:
        state = self._state
        await state.calls.write(
            LogisticsActivities.release_sim,
            ReleaseSim(
                order_id=state.order.order_id,
                reference=self._reference,
                key=state.key("release-card", self._attempt),
            ),
            name=self._name("release-card"),
            forward_only=True,
        )

    @property
    def _is_usable(self) -> bool:
        if self._stage is ShipmentStage.DELIVERED and self._state.plan.activate_on_delivery:
            return True
        return self._activated == self._attempt or self._stage is ShipmentStage.INSERTED

    @property
    def _stage(self) -> ShipmentStage | None:
        progress = self._progress.get(self._attempt)
        return progress.stage if progress else None

    @property
    def _reference(self) -> str:
        order_id = self._state.order.order_id
        return order_id if self._attempt <= 1 else f"{order_id}:{self._attempt}"

    def _name(self, step: str) -> str:
        return step if self._attempt <= 1 else f"{step}-{self._attempt}"
