"""The number has left: what it leaves behind with us is ended. Only forward, however long our systems are away, and
harmless if the number has come back meanwhile: a SIM and a contract are ended by their own names, never "the number".
"""

from activities.journal import JournalActivities, TakeLine
from activities.port_out_end import FindWhatLeft, PlanEnd, PlannedEnd, PortOutEndActivities, WhatLeft
from domain.money import money
from domain.orders import OrderState
from domain.port_out import PortPerformed
from domain.termination import FollowUp
from workflows.contract_end import ContractEnd, Terms
from workflows.port_out.departure import Departure


class Leaving:
    """After the point of no return."""

    def __init__(self, departure: Departure) -> None:
        self._departure = departure
        self._end = ContractEnd(departure, departure.order)
        self._looks = 0

    async def run(self, performed: PortPerformed) -> None:
        """The SIM out of service, the line let go of, the contract ended, the money on its way, the customer told."""
        departure, desk = self._departure, self._departure.desk
        await desk.tell(
            "leaving",
            OrderState.IN_PROGRESS,
            what=f"{departure.order.recipient} serves the number: point of no return passed",
            by=departure.order.recipient,
            listed_too=False,
            point_of_no_return=True,
            due=None,
            needs_attention=False,
            attention="",
        )
        left = await self._take_down()
        end, follow_ups = await self._end_the_contract(left, performed)
        fee = f"{end.cost.fee:.2f}" if end and end.cost else "0.00"
        shown = money(end.cost.fee, end.cost.currency) if end and end.cost else fee
        await desk.tell(
            "closed",
            OrderState.COMPLETED,
            what=f"the number is with {departure.order.recipient}, its contract with us has ended",
            messages=departure.messages("completed", day=departure.local_day(performed.at), fee=shown),
            follow_ups=follow_ups,
            outcome={
                "recipient": departure.order.recipient,
                "dossier_id": departure.order.dossier_id,
                "performed_at": performed.at.isoformat(),
                "fee": fee,
                **({"contract_id": end.contract.id} if end and end.contract else {}),
                **{follow_up.kind: follow_up.order_id for follow_up in follow_ups},
            },
            needs_attention=False,
            attention="",
        )

    async def _take_down(self) -> WhatLeft:
        """The line is ours alone, whatever ran on it ends, the SIM goes out of service, and the line is let go of."""
        departure, desk = self._departure, self._departure.desk
        made_up = departure.order.performed is not None
        if made_up and (left := await self._look()).came_back:
            await desk.tell(what="the number has come back already: nothing is done about it", release_line=True)
            return left
        await desk.consult(
            JournalActivities.take_line,
            TakeLine(order_id=departure.order.order_id),
            name="take-line",
            party="journal",
            forward_only=True,
        )
        left = await self._look()
        await self._end.take_down(left.sim)
        await desk.tell(what="line down", listed_too=False, release_line=True, line_gone=not left.came_back)
        return left

    async def _look(self) -> WhatLeft:
        departure = self._departure
        self._looks += 1
        left = await departure.desk.consult(
            PortOutEndActivities.find_what_left,
            FindWhatLeft(
                order=departure.order,
                contract_id=departure.contract.id if departure.contract else "",
                known=departure.sim,
            ),
            name=f"what-left-{self._looks}",
            party="registry and HLR",
            forward_only=True,
        )
        if departure.contract is None:
            departure.reach = left.reach
        return left

    async def _end_the_contract(
        self, left: WhatLeft, performed: PortPerformed
    ) -> tuple[PlannedEnd | None, list[FollowUp]]:
        """As a termination does, as of the day of the port. A number that left its quarantine has no contract."""
        departure = self._departure
        if departure.contract_has_ended or not left.contract_id:
            return None, []
        end = await departure.desk.consult(
            PortOutEndActivities.plan_end,
            PlanEnd(
                order_id=departure.order.order_id,
                msisdn=departure.msisdn,
                contract_id=left.contract_id,
                effective_at=performed.at,
                known=departure.contract,
            ),
            name="plan-end",
            party="care and billing",
            forward_only=True,
        )
        if end.contract is None or end.cost is None:
            return end, []
        terms = Terms(
            contract=end.contract,
            account=end.account,
            cost=end.cost,
            effective_at=performed.at,
            reason="ported_out",
            patience=end.patience,
            reach=end.reach,
        )
        await self._end.close(terms)
        invoice = await self._end.wind_up(terms, left.sim if left.sim and left.sim.iccid else end.sim)
        return end, [self._end.settlement(terms, invoice)]
