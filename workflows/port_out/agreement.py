"""Our agreement: valid for ninety days, in which the recipient performs the port or cancels it."""

from datetime import datetime, timedelta

from activities.port_out_answer import LookAtDossier, PortOutAnswerActivities
from domain.orders import Actor, OrderState, WaitingFor
from domain.port_out import PortPerformed
from workflows.port_out.departure import Departure
from workflows.stops import Expired, Withdrawn

ONCE_MORE = timedelta(hours=1)
"""Legal time after which a dossier is looked at again that the registry still shows as agreed."""


class Agreement:
    """The line goes on working, and is lent to a SIM replacement meanwhile."""

    def __init__(self, departure: Departure) -> None:
        self._departure = departure
        self._looks = 0

    async def run(self, first_possible: datetime) -> None:
        """The port is performed.

        Raises:
            Withdrawn: the recipient cancelled.
            Expired: it did neither in time.
        """
        departure, desk = self._departure, self._departure.desk
        until = departure.time.now() + timedelta(days=departure.plan.agreement_valid_days)
        await desk.tell(
            "agreed",
            OrderState.PENDING,
            what=f"agreed: the number may leave from {departure.local_day(first_possible)} on",
            detail={"first_possible": first_possible.isoformat()},
            preemptible=True,
            waiting_for=WaitingFor(
                party=departure.order.recipient,
                what="the port, on a day that it chooses with the customer",
                until=until,
                then="the agreement ends and the number stays",
            ),
            due=until,
            needs_attention=False,
            attention="",
        )
        while departure.performed is None:
            desk.stop_if_cancelled()
            over = await departure.time.until(
                until,
                unless=lambda: bool(departure.performed or desk.cancel),
                summary="the recipient ports the number",
            )
            if over:
                await self._look()
                until = departure.time.now() + ONCE_MORE

    async def _look(self) -> None:
        """The registry's word counts, not that nothing was heard."""
        departure, order = self._departure, self._departure.order
        self._looks += 1
        seen = await departure.desk.consult(
            PortOutAnswerActivities.look_at_dossier,
            LookAtDossier(dossier_id=order.dossier_id),
            name=f"look-at-dossier-{self._looks}",
            party="registry",
            forward_only=True,
        )
        match seen.status:
            case "performed":
                departure.performed = PortPerformed(at=seen.actual or departure.time.now())
            case "cancelled":
                raise Withdrawn(Actor(by=order.recipient, reason="cancelled by the recipient"))
            case "agreed":
                pass
            case _:
                raise Expired(Actor(by="rules", reason=f"not ported within {departure.plan.agreement_valid_days} days"))
