"""What home sets aside before the donor is asked: a SIM card handed over in the shop or an eSIM profile, and a
subscription that is prepared but not active.

An eSIM profile is waited for until the customer's phone has it, so that a number never moves to a SIM that no phone
has.
"""

from functools import partial

from activities.care import CancelSubscription, CareActivities, PrepareSubscription
from activities.logistics import LogisticsActivities, ReleaseSim, ReserveSim
from activities.port_in_plans import MoveDay, PortInPlanActivities
from domain.orders import OrderState
from domain.sims import SimForm
from domain.stages import PortInStage
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.context import known
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.transition import Transition
from workflows.parts.esim import Esim
from workflows.port_in.state import PortInState


class Reservation:
    """A SIM and a subscription, given back when the order comes to nothing."""

    def __init__(self, port: PortInState) -> None:
        self._port = port
        self.esim = Esim(port)

    async def run(self) -> None:
        """Both are reserved, or the order is stopped by its customer or a person."""
        if self._port.order.sim_form is SimForm.ESIM:
            await self._obtain_esim()
        else:
            await self._reserve_card()
        await self._prepare_subscription()

    async def _obtain_esim(self) -> None:
        port = self._port
        sim = await self.esim.obtain(
            PortInStage.RESERVING, most=policies.MOST_PROFILES, patience=policies.PHONE_PATIENCE
        )
        port.set_sim(sim)
        ready = await port.calls.read(
            PortInPlanActivities.move_day, MoveDay(plan=port.plan, customer_ready=True), name="plan-with-the-esim"
        )
        port.set_clock(ready.clock)
        port.set_plan(ready.plan or port.plan)
        await port.log.record(
            Transition(
                code=TimelineCode.PROFILE_ENABLED,
                what="the eSIM is on the customer's phone",
                by="smdp",
                state=OrderState.IN_PROGRESS,
            )
        )

    async def _reserve_card(self) -> None:
        port, order = self._port, self._port.order
        port.undo.push("sim", self._release_sim)
        reserved = await port.calls.write_until_granted(
            LogisticsActivities.reserve_sim,
            lambda key: ReserveSim(order_id=order.order_id, form=order.sim_form, key=key),
            key=partial(port.key, "reserve-sim"),
            name="reserve-sim",
            refused="no SIM card",
            actions=RETRY_OR_GIVE_UP,
        )
        port.set_sim(known(reserved.sim, "reserved SIM"))

    async def _prepare_subscription(self) -> None:
        port, order = self._port, self._port.order
        port.undo.push("subscription", self._cancel_subscription)
        await port.calls.write_until_granted(
            CareActivities.prepare_subscription,
            lambda key: PrepareSubscription(
                order_id=order.order_id, msisdn=order.msisdn, holder=order.holder, sim=port.sim, key=key
            ),
            key=partial(port.key, "prepare-subscription"),
            name="prepare-subscription",
            refused="customer care refused the subscription",
            actions=RETRY_OR_GIVE_UP,
        )

    async def _release_sim(self) -> None:
        port = self._port
        request = ReleaseSim(order_id=port.order.order_id, key=port.key("release-sim"))
        await port.calls.write(LogisticsActivities.release_sim, request, name="release-sim", forward_only=True)

    async def _cancel_subscription(self) -> None:
        port = self._port
        await port.calls.write(
            CareActivities.cancel_subscription,
            CancelSubscription(order_id=port.order.order_id, key=port.key("cancel-subscription")),
            name="cancel-subscription",
            forward_only=True,
        )
