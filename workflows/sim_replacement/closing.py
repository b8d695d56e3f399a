"""After the point of no return, only forward: customer care knows the new SIM, the fee is on the invoice once, the old
SIM is retired, the order closed.
"""

import asyncio
from decimal import Decimal

from activities.care import BillFee, CareActivities, ChangeSim
from activities.logistics import LogisticsActivities, RetireSim
from domain.orders import OrderState
from domain.sims import SimCard
from domain.updates import ResolveAction
from workflows.granting import until_granted
from workflows.sim_replacement.replacement import Replacement


class Closing:
    """Nothing here is ever undone; what fails is tried again or shown to a person. The fee has no undo because it is
    billed only now, when nothing can fail any more.
    """

    def __init__(self, replacement: Replacement) -> None:
        self._replacement = replacement

    async def run(self, new_sim: SimCard) -> None:
        """Everything that remains; then the line is let go of and the customer told, in one."""
        replacement = self._replacement
        swapped_at = replacement.time.now()
        fee, _ = await asyncio.gather(self._care(new_sim), self._retire_the_old_sim())
        desk, plan = replacement.desk, replacement.plan
        await desk.tell(
            "closed",
            OrderState.COMPLETED,
            what="the number is on the new SIM, the old one is retired",
            messages=replacement.messages_everywhere("completed"),
            release_line=True,
            outcome={
                "form": replacement.order.form.value,
                "swapped_at": swapped_at.isoformat(),
                "fee": fee,
                "promise": {"due": plan.due.isoformat(), "kept": not desk.status.late},
            },
            needs_attention=False,
            attention="",
        )

    async def _care(self, new_sim: SimCard) -> dict[str, str]:
        """Customer care knows the new SIM, then bills for it; one after the other, since either may ask a person."""
        await self._tell_care(new_sim)
        return await self._bill()

    async def _tell_care(self, new_sim: SimCard) -> None:
        replacement = self._replacement
        swapped_at = replacement.time.now()
        await until_granted(
            replacement,
            CareActivities.change_sim,
            lambda key: ChangeSim(
                order_id=replacement.order.order_id,
                msisdn=replacement.order.msisdn,
                sim=new_sim,
                swapped_at=swapped_at,
                key=key,
            ),
            key="change-sim",
            name="change-sim",
            party="care",
            refused="customer care refused the new SIM",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def _bill(self) -> dict[str, str]:
        """The fee as it stands on the invoice; nothing is billed where it is waived."""
        replacement, plan = self._replacement, self._replacement.plan
        if Decimal(plan.fee) == 0:
            return {"amount": plan.fee, "why": plan.fee_why}
        billed = await until_granted(
            replacement,
            CareActivities.bill_fee,
            lambda key: BillFee(
                order_id=replacement.order.order_id,
                msisdn=replacement.order.msisdn,
                contract_id=replacement.contract_id,
                amount=plan.fee,
                reason=plan.fee_why,
                key=key,
            ),
            key="fee",
            name="bill-fee",
            party="care",
            refused="customer care refused the fee",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )
        return {"amount": plan.fee, "why": plan.fee_why, "fee_id": billed.fee_id}

    async def _retire_the_old_sim(self) -> None:
        replacement = self._replacement
        old_sim = replacement.old_sim
        if old_sim is None or not old_sim.iccid:
            return
        await replacement.desk.step(
            LogisticsActivities.retire_sim,
            RetireSim(order_id=replacement.order.order_id, iccid=old_sim.iccid, key=replacement.key("retire-old-sim")),
            name="retire-old-sim",
            party="logistics",
            forward_only=True,
        )
