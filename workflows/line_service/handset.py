"""A stolen handset: with its IMEI, and once a police declaration is there, no network serves it any more.

The block is due four business days (jours ouvrés, Monday to Friday) after the declaration (CPCE L34-3); the line's own
barring never waits for any of it.
"""

from activities.equipment import BlockHandset, EquipmentActivities
from activities.sim_planning import PlanHandsetBlock, PlannedHandsetBlock, SimPlanningActivities
from domain.lines import Declaration
from domain.orders import Actor, OrderState, WaitingFor
from domain.updates import ResolveAction
from workflows.granting import until_granted
from workflows.legal_time import LegalTime
from workflows.line_service.service import Service
from workflows.stops import Withdrawn


class Handset:
    """One stolen handset."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.declaration: Declaration | None = service.order.declaration

    async def run(self) -> None:
        """Blocked.

        Raises:
            Withdrawn: cancelled (the phone was found), or no declaration came.
        """
        service, desk = self._service, self._service.desk
        planned = await self._plan()
        service.time = LegalTime(planned.clock)
        if self.declaration is None:
            await self._wait_for_the_declaration(planned)
        if planned.due is None:
            planned = await self._plan()
        assert self.declaration is not None
        await desk.tell(
            "blocking",
            OrderState.IN_PROGRESS,
            what=f"declaration of {service.local_day(self.declaration.filed_at)} is there: the handset is blocked",
            due=planned.due,
        )
        await until_granted(
            service,
            EquipmentActivities.block_handset,
            lambda key: BlockHandset(
                order_id=service.order.order_id,
                imei=service.order.imei or "",
                declaration=self.declaration.reference if self.declaration else "",
                key=key,
            ),
            key="block-handset",
            name="block-handset",
            party="equipment register",
            refused="the equipment register refused the block",
            actions=(ResolveAction.RETRY, ResolveAction.GIVE_UP),
        )
        if planned.due is not None and service.time.now() > planned.due:
            await desk.remark("blocked later than the law allows", by="rules")

    async def _plan(self) -> PlannedHandsetBlock:
        order = self._service.order
        return await self._service.desk.consult(
            SimPlanningActivities.plan_handset_block,
            PlanHandsetBlock(
                msisdn=order.msisdn,
                accepted_at=order.accepted_at,
                filed_at=self.declaration.filed_at if self.declaration else None,
            ),
            name="plan" if self.declaration is None else "plan-block",
            party="legal clock",
        )

    async def _wait_for_the_declaration(self, planned: PlannedHandsetBlock) -> None:
        service, desk = self._service, self._service.desk
        until = planned.wait_until or service.order.accepted_at
        await desk.tell(
            "waiting",
            OrderState.PENDING,
            what="the handset is blocked once the police declaration is there",
            messages=service.messages("declaration_wanted", day=service.local_day(until)),
            waiting_for=WaitingFor(
                party="customer", what="the police declaration", until=until, then="the order ends without a block"
            ),
        )
        await service.time.until(
            until,
            unless=lambda: bool(self.declaration or desk.cancel),
            summary="the police declaration",
            for_an_answer=True,
        )
        if self.declaration is None:
            desk.stop_if_cancelled()
            raise Withdrawn(Actor(by="relais", reason="no police declaration came"))
