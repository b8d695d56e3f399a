"""The effect: the line down, the contract ended, the last invoice asked for, the SIM retired. Only forward; whichever
system is away, the line goes down first and the money is counted up to the last day.
"""

from activities.leaving import FindSim, LeavingActivities
from domain.orders import OrderState
from domain.sims import SimCard
from domain.termination import Quarantine
from workflows.contract_end import ContractEnd, Terms
from workflows.termination.ending import Ending


class Effect:
    """What the end of the contract brings about. The settlement of the money is an order of its own."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending
        self._end = ContractEnd(ending, ending.order)

    async def run(self) -> None:
        """Everything; then the line is let go of, its quarantine begun, its settlement accepted and the customer told,
        in one.
        """
        ending, desk, terms = self._ending, self._ending.desk, self._terms()
        await desk.tell(
            "taking_down",
            OrderState.IN_PROGRESS,
            what="the last day has ended: the line goes down",
            point_of_no_return=True,
            due=None,
        )
        sim = await self._find_sim()
        await self._end.take_down(sim)
        await self._end.close(terms)
        invoice = await self._end.wind_up(terms, sim)
        settlement = self._end.settlement(terms, invoice)
        await desk.tell(
            "closed",
            OrderState.COMPLETED,
            what="the contract has ended: line down, last invoice asked for",
            messages=ending.messages("completed", portable=ending.local_day(ending.plan.portable_until)),
            release_line=True,
            quarantine=self._quarantine(),
            follow_ups=[settlement],
            outcome={
                "contract_id": ending.contract.id,
                "effective_at": ending.plan.effective_at.isoformat(),
                "fee": f"{ending.plan.cost.fee:.2f}",
                "invoice_id": invoice.invoice_id,
                "settlement": settlement.order_id,
                "portable_until": ending.plan.portable_until.isoformat(),
                "reassignable_from": ending.plan.reassignable_from.isoformat(),
            },
            needs_attention=False,
            attention="",
        )

    async def _find_sim(self) -> SimCard | None:
        """The line was lent meanwhile: it may have another SIM than when the end was planned."""
        ending = self._ending
        found = await ending.desk.consult(
            LeavingActivities.find_sim,
            FindSim(msisdn=ending.msisdn, known=ending.sim),
            name="find-sim",
            party="HLR",
            forward_only=True,
        )
        return found.sim

    def _terms(self) -> Terms:
        ending, plan = self._ending, self._ending.plan
        return Terms(
            contract=ending.contract,
            account=ending.account,
            cost=plan.cost,
            effective_at=plan.effective_at,
            reason="terminated",
            patience=plan.patience,
            reach=ending.reach,
        )

    def _quarantine(self) -> Quarantine:
        ending, plan = self._ending, self._ending.plan
        return Quarantine(
            msisdn=ending.msisdn,
            since=plan.effective_at,
            portable_until=plan.portable_until,
            reassignable_from=plan.reassignable_from,
            contract_id=ending.contract.id,
            range_holder=ending.range_holder,
            ended_by=ending.order.order_id,
        )
