"""An eSIM: a profile reserved, ordered at the SM-DP+, fetched and switched on by the customer's phone.

A profile that failed on the phone or expired is given back, and another one is ordered. The old SIM is not touched
before the new one is switched on.
"""

from datetime import datetime, timedelta
from typing import Any

from activities.logistics import LogisticsActivities, ReleaseSim, ReserveSim, RetireSim
from activities.smdp import OrderProfile, ProfileReturned, ReturnProfile, SmdpActivities
from domain.orders import OrderState, WaitingFor
from domain.sims import ProfileProgress, ProfileStage, SimCard, SimForm
from domain.stages import Stage
from domain.timeline import TimelineCode
from workflows.order.context import UndoableContext
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.transition import Transition
from workflows.parts import stock

USABLE = frozenset({ProfileStage.ENABLED})
SPOILED = frozenset({ProfileStage.ERROR, ProfileStage.DELETED})
LOST = SPOILED | {ProfileStage.EXPIRED}


class Esim:
    """One order's eSIM: its profiles, one after the other."""

    def __init__(self, context: UndoableContext[Any], *, eid: str | None = None) -> None:
        """`eid`: the phone that the eSIM is for, where it is known."""
        self._context = context
        self._order_id = context.order.order_id
        self._eid = eid
        self._attempt = 0
        self._sim = SimCard(iccid="", imsi="")
        self._progress: dict[int, ProfileProgress] = {}
        self._is_on_a_phone = False

    async def on_progress(self, progress: ProfileProgress) -> None:
        """News of the SM-DP+, which may come twice, late or in another order: what happened last counts, and a profile
        that is usable stays so until it is deleted.
        """
        known = self._progress.get(progress.attempt)
        if known is not None and progress.at < known.at:
            return
        if known is None or known.stage not in USABLE or progress.stage in (*USABLE, ProfileStage.DELETED):
            self._progress[progress.attempt] = progress

    async def obtain(self, stage: Stage, *, most: int, patience: timedelta) -> SimCard:
        """A profile that is switched on in the customer's phone. `stage` is the order's while it waits for the phone.
        After `most` profiles a person is asked. `patience`, in legal time, is how long each waits for its phone.

        Raises:
            Withdrawn, GivenUp: as for a call and for the person who is asked.
        """
        context, tried = self._context, 0
        while True:
            self._attempt += 1
            self._is_on_a_phone = False
            tried += 1
            self._sim = await self._reserve()
            why = await self._order()
            if not why:
                await self._wait_for_the_phone(stage, patience)
                if self._stage in USABLE or await self._is_in_use_after_all():
                    return self._sim
                why = self._failure()
            await self._discard()
            person_decides = tried >= most
            await context.log.record(
                Transition(
                    code=TimelineCode.PROFILE_FAILED,
                    what=f"{why}; " + ("a person decides" if person_decides else "another profile is ordered"),
                    by="smdp",
                    state=OrderState.IN_PROGRESS,
                    messages=[] if person_decides else context.messages(f"download_failed_{self._attempt}"),
                )
            )
            if person_decides:
                await context.human.ask(f"{tried} profiles failed: {why}", actions=RETRY_OR_GIVE_UP)
                tried = 0

    async def _reserve(self) -> SimCard:
        self._context.undo.push(self._name("profile in stock"), self._release)
        return await stock.reserve(
            self._context,
            lambda key: ReserveSim(
                order_id=self._order_id,
                form=SimForm.ESIM,
                reference=self._reference,
                handed_over=False,
                msisdn=self._context.order.msisdn,
                key=key,
            ),
            what="eSIM profile",
            step=self._name("reserve-profile"),
        )

    async def _order(self) -> str:
        """Ordered and released; else why not."""
        context = self._context
        context.undo.push(self._name("profile"), self._return)
        ordered = await context.calls.write(
            SmdpActivities.order_profile,
            OrderProfile(
                order_id=self._order_id,
                attempt=self._attempt,
                iccid=self._sim.iccid,
                eid=self._eid,
                key=context.key("order-profile", self._attempt),
            ),
            name=self._name("order-profile"),
        )
        refusal = ordered.refusal
        return f"the SM-DP+ refused the profile: {refusal.raw_code} {refusal.raw_text}".rstrip() if refusal else ""

    async def _wait_for_the_phone(self, stage: Stage, patience: timedelta) -> None:
        context = self._context
        until = context.time.now() + patience
        if self._stage not in USABLE:
            await self._show_the_wait(stage, until)
        is_silent = True
        while is_silent:
            await context.time.until(
                until,
                unless=lambda: self._stage in USABLE | LOST or context.cancellation.is_requested,
                summary="the phone fetches its eSIM",
                for_an_answer=True,
            )
            context.cancellation.stop_if_requested()
            # Installed and not switched on: the customer has it in his hand, another one would not help him.
            is_silent = self._stage is ProfileStage.INSTALLED
            until += patience

    async def _show_the_wait(self, stage: Stage, until: datetime) -> None:
        await self._context.log.record(
            Transition(
                code=TimelineCode.PROFILE_READY,
                what="the profile waits for the customer's phone",
                stage=stage,
                state=OrderState.PENDING,
                messages=self._context.messages("esim_ready") if self._attempt == 1 else [],
                waiting_for=WaitingFor(
                    party="customer's phone",
                    what="fetching the eSIM and switching it on",
                    until=until,
                    then="another profile is ordered",
                ),
            )
        )

    async def _is_in_use_after_all(self) -> bool:
        """The phone was silent for all the time, or the profile expired: it is given back, unless a phone has it and
        the news of that was lost.
        """
        return self._stage is None and (await self._return(spoiled=True)).in_use

    async def _discard(self) -> None:
        """Nobody gets this profile any more: one that was fetched once may not be fetched twice."""
        undo = self._context.undo
        await self._return(spoiled=True)
        undo.drop(self._name("profile"))
        await self._retire()
        undo.drop(self._name("profile in stock"))

    async def _return(self, *, spoiled: bool = False) -> ProfileReturned:
        returned = await self._context.calls.write(
            SmdpActivities.return_profile,
            ReturnProfile(
                order_id=self._order_id,
                attempt=self._attempt,
                iccid=self._sim.iccid,
                eid=self._eid,
                spoiled=spoiled,
                key=self._context.key("return-profile", self._attempt),
            ),
            name=self._name("return-profile"),
            forward_only=True,
        )
        self._is_on_a_phone = returned.in_use
        return returned

    async def _release(self) -> None:
        """Back in stock, unless a phone has it: nobody else could ever order it."""
        if self._is_on_a_phone:
            await self._retire()
            return
        key = self._context.key("release-profile", self._attempt)
        await self._context.calls.write(
            LogisticsActivities.release_sim,
            ReleaseSim(order_id=self._order_id, reference=self._reference, key=key),
            name=self._name("release-profile"),
            forward_only=True,
        )

    async def _retire(self) -> None:
        key = self._context.key("retire-profile", self._attempt)
        await self._context.calls.write(
            LogisticsActivities.retire_sim,
            RetireSim(order_id=self._order_id, iccid=self._sim.iccid, key=key),
            name=self._name("retire-profile"),
            forward_only=True,
        )

    def _failure(self) -> str:
        progress = self._progress.get(self._attempt)
        if progress is None or progress.stage is ProfileStage.EXPIRED:
            return "no phone fetched the profile in time"
        return f"the profile is lost on the phone: {progress.stage.value} {progress.text}".rstrip()

    def _name(self, step: str) -> str:
        return step if self._attempt == 1 else f"{step}-{self._attempt}"

    @property
    def _stage(self) -> ProfileStage | None:
        progress = self._progress.get(self._attempt)
        return progress.stage if progress else None

    @property
    def _reference(self) -> str:
        return self._order_id if self._attempt == 1 else f"{self._order_id}:{self._attempt}"
