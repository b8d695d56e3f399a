"""At home, before the donor is asked: a SIM, handed over in the shop or fetched by the customer's phone, and a
subscription that is prepared but not active.

An eSIM is waited for here, so that a number never moves to a SIM that no phone has.
"""

from datetime import timedelta

from activities.care import CancelSubscription, CareActivities, PrepareSubscription
from activities.logistics import LogisticsActivities, ReleaseSim, ReserveSim
from activities.planning import MoveDay, PlanningActivities
from domain.orders import OrderState
from domain.sims import SimForm
from workflows.asking import RETRY_OR_GIVE_UP
from workflows.esim import Esim
from workflows.granting import until_granted
from workflows.port_in.port import Port

MOST_PROFILES = 3
"""So many eSIM profiles are tried before a person is asked."""

PHONE_PATIENCE = timedelta(days=7)
"""Legal time that a profile waits for the customer's phone."""


class Reservation:
    """What home sets aside for the order, and gives back when it comes to nothing."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self.esim = Esim(port, port.order.order_id, port.order.msisdn)

    async def run(self) -> None:
        """Both reserved, or the order stopped by its customer or a person."""
        if self._port.order.sim_form is SimForm.ESIM:
            await self._esim()
        else:
            await self._card()
        await self._subscription()

    async def _esim(self) -> None:
        port = self._port
        port.sim = await self.esim.obtain("reserving", most=MOST_PROFILES, patience=PHONE_PATIENCE)
        ready = await port.desk.consult(
            PlanningActivities.move_day,
            MoveDay(plan=port.plan, customer_ready=True),
            name="plan-with-the-esim",
            party="rules",
        )
        port.time.clock, port.plan = ready.clock, ready.plan or port.plan
        await port.desk.tell(state=OrderState.IN_PROGRESS, what="the eSIM is on the customer's phone", by="smdp")

    async def _card(self) -> None:
        port = self._port
        port.undo.push("sim", self._release_sim)
        reserved = await until_granted(
            port,
            LogisticsActivities.reserve_sim,
            lambda key: ReserveSim(order_id=port.order.order_id, form=port.order.sim_form, key=key),
            key="reserve-sim",
            name="reserve-sim",
            party="logistics",
            refused="no SIM card",
            actions=RETRY_OR_GIVE_UP,
        )
        assert reserved.sim is not None
        port.sim = reserved.sim

    async def _subscription(self) -> None:
        port = self._port
        port.undo.push("subscription", self._cancel_subscription)
        await until_granted(
            port,
            CareActivities.prepare_subscription,
            lambda key: PrepareSubscription(
                order_id=port.order.order_id,
                msisdn=port.order.msisdn,
                holder=port.order.holder,
                sim=port.sim,
                key=key,
            ),
            key="prepare-subscription",
            name="prepare-subscription",
            party="care",
            refused="customer care refused the subscription",
            actions=RETRY_OR_GIVE_UP,
        )

    async def _release_sim(self) -> None:
        port = self._port
        await port.desk.step(
            LogisticsActivities.release_sim,
            ReleaseSim(order_id=port.order.order_id, key=port.key("release-sim")),
            name="release-sim",
            party="logistics",
            forward_only=True,
        )

    async def _cancel_subscription(self) -> None:
        port = self._port
        await port.desk.step(
            CareActivities.cancel_subscription,
            CancelSubscription(order_id=port.order.order_id, key=port.key("cancel-subscription")),
            name="cancel-subscription",
            party="care",
            forward_only=True,
        )
