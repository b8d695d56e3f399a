"""The effect: the line down, the contract ended, the last invoice asked for, the SIM retired. Only forward. Whichever
system is away, the line goes down first and the money is counted up to the last day.
"""

from activities.contract_ends import ContractEndActivities, FindSim
from domain.orders import OrderState
from domain.sims import SimCard
from domain.stages import TerminationStage
from domain.termination import Quarantine
from domain.timeline import TimelineCode
from workflows.order.transition import Transition
from workflows.parts.contract_end import ContractEnd
from workflows.termination.state import TerminationState


class Effect:
    """What the end of the contract brings about. The settlement of the money is an order of its own."""

    def __init__(self, state: TerminationState) -> None:
        self._state = state
        self._end = ContractEnd(state)

    async def run(self) -> None:
        """Everything. The last transition lets go of the line, begins the number's quarantine, accepts the settlement
        and tells the customer.
        """
        state, plan = self._state, self._state.plan
        ending = state.ending_contract
        await state.log.record(
            Transition(
                code=TimelineCode.LINE_DOWN,
                what="the last day has ended: the line goes down",
                stage=TerminationStage.TAKING_DOWN,
                state=OrderState.IN_PROGRESS,
                point_of_no_return=True,
                due=None,
            )
        )
        sim = await self._find_sim()
        await self._end.take_down(sim)
        await self._end.close(ending)
        settlement = await self._end.finish(ending, sim)
        await state.log.record(
            Transition(
                code=TimelineCode.CLOSED,
                what="the contract has ended: line down, last invoice asked for",
                stage=TerminationStage.CLOSED,
                state=OrderState.COMPLETED,
                messages=state.messages("completed", portable=state.local_day(plan.portable_until)),
                release_line=True,
                quarantine=self._quarantine(),
                follow_ups=[settlement],
                outcome={
                    "contract_id": state.contract.id,
                    "effective_at": plan.effective_at.isoformat(),
                    "fee": f"{plan.cost.fee:.2f}",
                    "invoice_id": settlement.order["invoice_id"],
                    "settlement": settlement.order_id,
                    "portable_until": plan.portable_until.isoformat(),
                    "reassignable_from": plan.reassignable_from.isoformat(),
                },
                attention="",
            )
        )

    async def _find_sim(self) -> SimCard | None:
        """Another order may have had the line meanwhile: it may have another SIM than when the end was planned."""
        request = FindSim(msisdn=self._state.msisdn, known=self._state.sim)
        found = await self._state.calls.read(
            ContractEndActivities.find_sim, request, name="find-sim", forward_only=True
        )
        return found.sim

    def _quarantine(self) -> Quarantine:
        state, plan = self._state, self._state.plan
        return Quarantine(
            msisdn=state.msisdn,
            since=plan.effective_at,
            portable_until=plan.portable_until,
            reassignable_from=plan.reassignable_from,
            contract_id=state.contract.id,
            range_holder=state.range_holder,
            ended_by=state.order.order_id,
        )
