"""After the point of no return, only forward: customer care knows the new SIM, the fee is on the invoice once, the old
SIM is retired, the order closed.
"""

import asyncio
from decimal import Decimal
from functools import partial

from activities.care import BillFee, CareActivities, ChangeSim
from activities.logistics import LogisticsActivities, RetireSim
from domain.orders import OrderState
from domain.sims import SimCard
from domain.stages import SimReplacementStage
from domain.timeline import TimelineCode
from domain.updates import ResolveAction
from workflows.order.transition import Transition
from workflows.sim_replacement.state import SimReplacementState


class Completion:
    """Nothing here is ever undone; what fails is tried again or shown to a person. The fee has no undo because it is
    billed only now, when nothing can fail any more.
    """

    def __init__(self, state: SimReplacementState) -> None:
        self._state = state

    async def run(self, new_sim: SimCard) -> None:
        """Everything that remains. The last transition lets go of the line and tells the customer."""
        state, plan = self._state, self._state.plan
        swapped_at = state.time.now()
        fee, _ = await asyncio.gather(self._update_care(new_sim), self._retire_the_old_sim())
        await state.log.record(
            Transition(
                code=TimelineCode.CLOSED,
                what="the number is on the new SIM, the old one is retired",
                stage=SimReplacementStage.CLOSED,
                state=OrderState.COMPLETED,
                messages=state.messages_everywhere("completed"),
                release_line=True,
                outcome={
                    "form": state.order.form.value,
                    "swapped_at": swapped_at.isoformat(),
                    "fee": fee,
                    "promise": {"due": plan.due.isoformat(), "kept": not state.status.late},
                },
                attention="",
            )
        )

    async def _update_care(self, new_sim: SimCard) -> dict[str, str]:
        """The new SIM, then the fee; one after the other, since either may ask a person."""
        await self._change_sim(new_sim)
        return await self._bill()

    async def _change_sim(self, new_sim: SimCard) -> None:
        state = self._state
        swapped_at = state.time.now()
        await state.calls.write_until_granted(
            CareActivities.change_sim,
            lambda key: ChangeSim(
                order_id=state.order.order_id,
                msisdn=state.order.msisdn,
                sim=new_sim,
                swapped_at=swapped_at,
                key=key,
            ),
            key=partial(state.key, "change-sim"),
            name="change-sim",
            refused="customer care refused the new SIM",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )

    async def _bill(self) -> dict[str, str]:
        """The fee as it stands on the invoice; nothing is billed where it is waived."""
        state, plan = self._state, self._state.plan
        if Decimal(plan.fee) == 0:
            return {"amount": plan.fee, "why": plan.fee_why}
        billed = await state.calls.write_until_granted(
            CareActivities.bill_fee,
            lambda key: BillFee(
                order_id=state.order.order_id,
                msisdn=state.order.msisdn,
                contract_id=state.contract_id,
                amount=plan.fee,
                reason=plan.fee_why,
                key=key,
            ),
            key=partial(state.key, "fee"),
            name="bill-fee",
            refused="customer care refused the fee",
            actions=(ResolveAction.RETRY,),
            forward_only=True,
        )
        return {"amount": plan.fee, "why": plan.fee_why, "fee_id": billed.fee_id}

    async def _retire_the_old_sim(self) -> None:
        state = self._state
        if state.old_sim is None or not state.old_sim.iccid:
            return
        await state.calls.write(
            LogisticsActivities.retire_sim,
            RetireSim(order_id=state.order.order_id, iccid=state.old_sim.iccid, key=state.key("retire-old-sim")),
            name="retire-old-sim",
            forward_only=True,
        )
