"""At home, before the donor is asked: a SIM, handed over in the shop, and a subscription that is prepared but not
active.
"""

from activities.care import CancelSubscription, CareActivities, PrepareSubscription
from activities.logistics import LogisticsActivities, ReleaseSim, ReserveSim
from workflows.desk import RETRY_OR_GIVE_UP
from workflows.port_in.port import Port


class Reservation:
    """What home sets aside for the order, and gives back when it comes to nothing."""

    def __init__(self, port: Port) -> None:
        self._port = port

    async def run(self) -> None:
        """Both reserved, or the order stopped by its customer or a person."""
        await self._sim()
        await self._subscription()

    async def _sim(self) -> None:
        port = self._port
        port.undo.push("sim", self._release_sim)
        number = 1
        while True:
            reserved = await port.desk.step(
                LogisticsActivities.reserve_sim,
                ReserveSim(order_id=port.order.order_id, form=port.order.sim_form, key=port.key("reserve-sim", number)),
                name="reserve-sim",
                party="logistics",
            )
            if reserved.sim:
                port.sim = reserved.sim
                return
            why = reserved.refusal.raw_text if reserved.refusal else "no card"
            await port.desk.ask_human(f"no SIM card: {why}", actions=RETRY_OR_GIVE_UP)
            number += 1  # the refusal is remembered under the old key

    async def _subscription(self) -> None:
        port = self._port
        port.undo.push("subscription", self._cancel_subscription)
        number = 1
        while True:
            prepared = await port.desk.step(
                CareActivities.prepare_subscription,
                PrepareSubscription(
                    order_id=port.order.order_id,
                    msisdn=port.order.msisdn,
                    holder=port.order.holder,
                    sim=port.sim,
                    key=port.key("prepare-subscription", number),
                ),
                name="prepare-subscription",
                party="care",
            )
            if not prepared.refusal:
                return
            await port.desk.ask_human(
                f"customer care refused the subscription: {prepared.refusal.raw_text}", actions=RETRY_OR_GIVE_UP
            )
            number += 1

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
