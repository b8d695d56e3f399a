"""An eSIM: a profile reserved, ordered at the SM-DP+, fetched and switched on by the customer's phone.

What the phone does is heard by signal. A profile that failed there or expired is given back and another one ordered;
the old SIM is not touched before the new one is switched on.
"""

from datetime import datetime, timedelta

from activities.logistics import LogisticsActivities, ReleaseSim, ReserveSim, RetireSim
from activities.smdp import OrderProfile, ProfileReturned, ReturnProfile, SmdpActivities
from domain.orders import OrderState, WaitingFor
from domain.sims import ProfileProgress, ProfileStage, SimCard, SimForm
from workflows import stock
from workflows.asking import RETRY_OR_GIVE_UP
from workflows.running import Running

USABLE = frozenset({ProfileStage.ENABLED})
SPOILED = frozenset({ProfileStage.ERROR, ProfileStage.DELETED})
LOST = SPOILED | {ProfileStage.EXPIRED}


class Esim:
    """One order's eSIM: its profiles, one after the other."""

    def __init__(self, running: Running, order_id: str, msisdn: str, *, eid: str | None = None) -> None:
        self._running = running
        self._order_id = order_id
        self._msisdn = msisdn
        self._eid = eid
        self._attempt = 0
        self._sim = SimCard(iccid="", imsi="")
        self._progress: dict[int, ProfileProgress] = {}
        self._is_on_a_phone = False

    def hear(self, progress: ProfileProgress) -> None:
        """What the SM-DP+ tells, repeated, late and disordered as it may be: what happened last counts, and usable it
        stays until it is deleted.
        """
        known = self._progress.get(progress.attempt)
        if known is not None and progress.at < known.at:
            return
        if known is None or known.stage not in USABLE or progress.stage in (*USABLE, ProfileStage.DELETED):
            self._progress[progress.attempt] = progress

    async def obtain(self, stage: str, *, most: int, patience: timedelta) -> SimCard:
        """A profile that is switched on in the customer's phone. `stage` is that of the wait; after `most` profiles a
        person is asked; `patience` is how long one waits for its phone, in legal time.

        Raises:
            Withdrawn, GivenUp: as for a step and for the person who is asked.
        """
        running, tried = self._running, 0
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
            in_vain = tried >= most
            await running.desk.tell(
                state=OrderState.IN_PROGRESS,
                what=f"{why}; " + ("a person decides" if in_vain else "another profile is ordered"),
                by="smdp",
                messages=[] if in_vain else running.messages(f"download_failed_{self._attempt}"),
            )
            if in_vain:
                await running.desk.ask_human(f"{tried} profiles in vain: {why}", actions=RETRY_OR_GIVE_UP)
                tried = 0

    async def _reserve(self) -> SimCard:
        self._running.undo.push(self._name("profile in stock"), self._release)
        return await stock.reserve(
            self._running,
            lambda key: ReserveSim(
                order_id=self._order_id,
                form=SimForm.ESIM,
                reference=self._reference,
                handed_over=False,
                msisdn=self._msisdn,
                key=key,
            ),
            what="eSIM profile",
            step=self._name("reserve-profile"),
        )

    async def _order(self) -> str:
        """Ordered and released; else why not."""
        running = self._running
        running.undo.push(self._name("profile"), self._return)
        ordered = await running.desk.step(
            SmdpActivities.order_profile,
            OrderProfile(
                order_id=self._order_id,
                attempt=self._attempt,
                iccid=self._sim.iccid,
                eid=self._eid,
                key=running.key("order-profile", self._attempt),
            ),
            name=self._name("order-profile"),
            party="SM-DP+",
        )
        refusal = ordered.refusal
        return f"the SM-DP+ refused the profile: {refusal.raw_code} {refusal.raw_text}".rstrip() if refusal else ""

    async def _wait_for_the_phone(self, stage: str, patience: timedelta) -> None:
        running, attempt = self._running, self._attempt
        until = running.time.now() + patience
        if self._stage not in USABLE:
            await running.desk.tell(
                stage,
                OrderState.PENDING,
                what="the profile waits for the customer's phone",
                messages=running.messages("esim_ready") if attempt == 1 else [],
                waiting_for=self._waiting(until),
            )
        silent = True
        while silent:
            await running.time.until(
                until,
                unless=lambda: bool(self._stage in USABLE | LOST or running.desk.cancel),
                summary="the phone fetches its eSIM",
                for_an_answer=True,
            )
            running.desk.stop_if_cancelled()
            # Installed and not switched on: the customer has it in his hand, another one would not help him.
            silent = self._stage is ProfileStage.INSTALLED
            until += patience

    def _waiting(self, until: datetime) -> WaitingFor:
        return WaitingFor(
            party="customer's phone",
            what="fetching the eSIM and switching it on",
            until=until,
            then="another profile is ordered",
        )

    async def _is_in_use_after_all(self) -> bool:
        """Nothing was heard for all the time, or the profile expired: given back, unless a phone has it and the word of
        it was lost.
        """
        return self._stage is None and (await self._return(spoiled=True)).in_use

    async def _discard(self) -> None:
        """This profile is not tried again, for anybody: one that was fetched once may not be fetched twice."""
        running = self._running
        await self._return(spoiled=True)
        running.undo.drop(self._name("profile"))
        await self._retire()
        running.undo.drop(self._name("profile in stock"))

    async def _return(self, *, spoiled: bool = False) -> ProfileReturned:
        returned = await self._running.desk.step(
            SmdpActivities.return_profile,
            ReturnProfile(
                order_id=self._order_id,
                attempt=self._attempt,
                iccid=self._sim.iccid,
                eid=self._eid,
                spoiled=spoiled,
                key=self._running.key("return-profile", self._attempt),
            ),
            name=self._name("return-profile"),
            party="SM-DP+",
            forward_only=True,
        )
        self._is_on_a_phone = returned.in_use
        return returned

    async def _release(self) -> None:
        """Back in stock, unless a phone has it: nobody else could ever order it."""
        if self._is_on_a_phone:
            await self._retire()
            return
        await self._running.desk.step(
            LogisticsActivities.release_sim,
            ReleaseSim(
                order_id=self._order_id,
                reference=self._reference,
                key=self._running.key("release-profile", self._attempt),
            ),
            name=self._name("release-profile"),
            party="logistics",
            forward_only=True,
        )

    async def _retire(self) -> None:
        await self._running.desk.step(
            LogisticsActivities.retire_sim,
            RetireSim(
                order_id=self._order_id,
                iccid=self._sim.iccid,
                key=self._running.key("retire-profile", self._attempt),
            ),
            name=self._name("retire-profile"),
            party="logistics",
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
