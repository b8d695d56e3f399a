"""Our agreement: valid for ninety days, in which the recipient performs the port or cancels it."""

from datetime import datetime, timedelta

from activities.port_out_answer import LookAtDossier, PortOutAnswerActivities
from domain.orders import Actor, OrderState, WaitingFor
from domain.port_out import PortPerformed
from domain.stages import PortOutStage
from domain.timeline import TimelineCode
from workflows.order import policies
from workflows.order.stops import Expired, Withdrawn
from workflows.order.transition import Transition
from workflows.port_out.state import PortOutState


class Agreement:
    """The line goes on working, and a SIM replacement may have it meanwhile."""

    def __init__(self, state: PortOutState) -> None:
        self._state = state
        self._looks = 0

    async def run(self, first_possible: datetime) -> None:
        """The port is performed.

        Raises:
            Withdrawn: the recipient cancelled.
            Expired: it did neither in time.
        """
        state = self._state
        until = state.time.now() + timedelta(days=state.plan.agreement_valid_days)
        await state.log.record(
            Transition(
                code=TimelineCode.AGREED,
                what=f"agreed: the number may leave from {state.local_day(first_possible)} on",
                day=datetime.fromisoformat(state.local_day(first_possible)).date(),
                detail={"first_possible": first_possible.isoformat()},
                stage=PortOutStage.AGREED,
                state=OrderState.PENDING,
                preemptible=True,
                waiting_for=WaitingFor(
                    party=state.order.recipient,
                    what="the port, on a day that it chooses with the customer",
                    until=until,
                    then="the agreement ends and the number stays",
                ),
                due=until,
                attention="",
            )
        )
        while state.performed is None:
            state.cancellation.stop_if_requested()
            is_over = await state.time.until(
                until,
                unless=lambda: bool(state.performed or state.cancellation.is_requested),
                summary="the recipient ports the number",
            )
            if is_over:
                await self._look()
                until = state.time.now() + policies.AGREEMENT_LOOK

    async def _look(self) -> None:
        """What the registry shows counts, not that no message has come."""
        state, order = self._state, self._state.order
        self._looks += 1
        dossier = await state.calls.read(
            PortOutAnswerActivities.look_at_dossier,
            LookAtDossier(dossier_id=order.dossier_id),
            name=f"look-at-dossier-{self._looks}",
            forward_only=True,
        )
        match dossier.status:
            case "performed":
                state.performed = PortPerformed(at=dossier.actual or state.time.now())
            case "cancelled":
                raise Withdrawn(Actor(by=order.recipient, reason="cancelled by the recipient"))
            case "agreed":
                pass
            case _:
                raise Expired(Actor(by="rules", reason=f"not ported within {state.plan.agreement_valid_days} days"))
