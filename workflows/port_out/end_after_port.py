"""The number has left: what it leaves behind with us is ended. Only forward, however long our systems are away, and
harmless if the number has come back meanwhile: a SIM and a contract are ended by their own names, never "the number".
"""

from activities.journal import JournalActivities, TakeLine
from activities.port_out_end import FindWhatLeft, PlanEnd, PlannedEnd, PortOutEndActivities, WhatLeft
from domain.money import money
from domain.orders import OrderState
from domain.port_out import PortPerformed
from domain.stages import PortOutStage
from domain.termination import FollowUp
from domain.timeline import TimelineCode
from workflows.order.transition import Transition
from workflows.parts.contract_end import ContractEnd, EndingContract
from workflows.port_out.state import PortOutState


class EndAfterPort:
    """After the point of no return."""

    def __init__(self, state: PortOutState) -> None:
        self._state = state
        self._end = ContractEnd(state)
        self._looks = 0

    async def run(self, performed: PortPerformed) -> None:
        """The SIM out of service, the line let go of, the contract ended, its money on the way, the customer told."""
        state, recipient = self._state, self._state.order.recipient
        await state.log.record(
            Transition(
                code=TimelineCode.PERFORMED,
                what=f"{recipient} serves the number: point of no return passed",
                by=recipient,
                stage=PortOutStage.LEAVING,
                state=OrderState.IN_PROGRESS,
                point_of_no_return=True,
                due=None,
                attention="",
                listed=False,
            )
        )
        left = await self._take_down()
        end, follow_ups = await self._end_the_contract(left, performed)
        fee = f"{end.cost.fee:.2f}" if end and end.cost else "0.00"
        shown = money(end.cost.fee, end.cost.currency) if end and end.cost else fee
        await state.log.record(
            Transition(
                code=TimelineCode.CLOSED,
                what=f"the number is with {recipient}, its contract with us has ended",
                stage=PortOutStage.CLOSED,
                state=OrderState.COMPLETED,
                messages=state.messages("completed", day=state.local_day(performed.at), fee=shown),
                follow_ups=follow_ups,
                outcome={
                    "recipient": recipient,
                    "dossier_id": state.order.dossier_id,
                    "performed_at": performed.at.isoformat(),
                    "fee": fee,
                    **({"contract_id": end.contract.id} if end and end.contract else {}),
                    **{follow_up.kind: follow_up.order_id for follow_up in follow_ups},
                },
                attention="",
            )
        )

    async def _take_down(self) -> WhatLeft:
        """The line is this order's alone and whatever ran on it ends; the SIM goes out of service, and the line is let
        go of.
        """
        state = self._state
        is_backfilled = state.order.performed is not None
        if is_backfilled and (left := await self._look()).came_back:
            what = "the number has come back already: nothing is done about it"
            await state.log.record(Transition(code=TimelineCode.CAME_BACK, what=what, release_line=True))
            return left
        request = TakeLine(order_id=state.order.order_id)
        await state.calls.read(JournalActivities.take_line, request, name="take-line", forward_only=True)
        left = await self._look()
        await self._end.take_down(left.sim)
        await state.log.record(
            Transition(
                code=TimelineCode.LINE_DOWN,
                what="line down",
                release_line=True,
                contract_ended=not left.came_back,
                listed=False,
            )
        )
        return left

    async def _look(self) -> WhatLeft:
        state = self._state
        self._looks += 1
        left = await state.calls.read(
            PortOutEndActivities.find_what_left,
            FindWhatLeft(order=state.order, contract_id=state.contract.id if state.contract else "", known=state.sim),
            name=f"what-left-{self._looks}",
            forward_only=True,
        )
        if state.contract is None:
            state.reach = left.reach
        return left

    async def _end_the_contract(
        self, left: WhatLeft, performed: PortPerformed
    ) -> tuple[PlannedEnd | None, list[FollowUp]]:
        """As a termination does, as of the day of the port. A number that left its quarantine has no contract."""
        state = self._state
        if state.contract_has_ended or not left.contract_id:
            return None, []
        end = await state.calls.read(
            PortOutEndActivities.plan_end,
            PlanEnd(
                order_id=state.order.order_id,
                msisdn=state.msisdn,
                contract_id=left.contract_id,
                effective_at=performed.at,
                known=state.contract,
            ),
            name="plan-end",
            forward_only=True,
        )
        if end.contract is None or end.cost is None:
            return end, []
        ending = EndingContract(
            contract=end.contract,
            account=end.account,
            cost=end.cost,
            effective_at=performed.at,
            reason="ported_out",
            patience=end.patience,
            reach=end.reach,
        )
        await self._end.close(ending)
        settlement = await self._end.finish(ending, left.sim if left.sim and left.sim.iccid else end.sim)
        return end, [settlement]
