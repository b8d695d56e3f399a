"""A stolen handset: with its IMEI, and once a police declaration is there, no network serves it any more.

The block is due four business days (jours ouvrés, Monday to Friday) after the declaration (CPCE L34-3). The bar on the
line never waits for any of it.
"""

from functools import partial

from activities.equipment import BlockHandset, EquipmentActivities
from activities.sim_plans import PlanHandsetBlock, PlannedHandsetBlock, SimPlanActivities
from domain.lines import Declaration
from domain.orders import Actor, OrderState, WaitingFor
from domain.stages import LineServiceStage
from domain.timeline import TimelineCode
from workflows.line_service.state import LineServiceState
from workflows.order.human_task import RETRY_OR_GIVE_UP
from workflows.order.stops import Withdrawn
from workflows.order.transition import Transition


class HandsetBlock:
    """Of one stolen handset."""

    def __init__(self, state: LineServiceState) -> None:
        self._state = state
        self.declaration: Declaration | None = state.order.declaration

    async def run(self) -> None:
        """Blocked.

        Raises:
            Withdrawn: cancelled (the phone was found), or no declaration came.
        """
        state = self._state
        planned = await self._plan()
        state.set_clock(planned.clock)
        declaration = self.declaration or await self._wait_for_the_declaration(planned)
        if planned.due is None:
            planned = await self._plan()
        day = state.local_day(declaration.filed_at)
        await state.log.record(
            Transition(
                code=TimelineCode.BLOCKING,
                what=f"declaration of {day} is there: the handset is blocked",
                stage=LineServiceStage.BLOCKING,
                state=OrderState.IN_PROGRESS,
                due=planned.due,
            )
        )
        await state.calls.write_until_granted(
            EquipmentActivities.block_handset,
            lambda key: BlockHandset(
                order_id=state.order.order_id,
                imei=state.order.imei or "",
                declaration=declaration.reference,
                key=key,
            ),
            key=partial(state.key, "block-handset"),
            name="block-handset",
            refused="the equipment register refused the block",
            actions=RETRY_OR_GIVE_UP,
        )
        if planned.due is not None and state.time.now() > planned.due:
            await state.log.add_note(TimelineCode.BLOCKED_LATE, "blocked later than the law allows", by="rules")

    async def _plan(self) -> PlannedHandsetBlock:
        order = self._state.order
        return await self._state.calls.read(
            SimPlanActivities.plan_handset_block,
            PlanHandsetBlock(
                msisdn=order.msisdn,
                accepted_at=order.accepted_at,
                filed_at=self.declaration.filed_at if self.declaration else None,
            ),
            name="plan" if self.declaration is None else "plan-block",
        )

    async def _wait_for_the_declaration(self, planned: PlannedHandsetBlock) -> Declaration:
        state = self._state
        until = planned.wait_until or state.order.accepted_at
        await state.log.record(
            Transition(
                code=TimelineCode.DECLARATION_AWAITED,
                what="the handset is blocked once the police declaration is there",
                stage=LineServiceStage.WAITING,
                state=OrderState.PENDING,
                messages=state.messages("declaration_wanted", day=state.local_day(until)),
                waiting_for=WaitingFor(
                    party="customer", what="the police declaration", until=until, then="the order ends without a block"
                ),
            )
        )
        await state.time.until(
            until,
            unless=lambda: self.declaration is not None or state.cancellation.is_requested,
            summary="the police declaration",
            for_an_answer=True,
        )
        if self.declaration is None:
            state.cancellation.stop_if_requested()
            raise Withdrawn(Actor(by="relais", reason="no police declaration came"))
        return self.declaration
