"""A lock opens only after a delay: the holder is told at once, and who did not ask for it can lock again."""

from activities.clock import ClockActivities, LookAtClock
from activities.journal import JournalActivities, LookAtLine
from domain.orders import Actor, OrderState, WaitingFor
from workflows.legal_time import LegalTime
from workflows.line_service.service import Service
from workflows.stops import Withdrawn


class Unlocking:
    """Waits for the lock's opening, unless somebody locks again or cancels."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def run(self) -> None:
        """The delay is over.

        Raises:
            Withdrawn: cancelled, or locked again meanwhile.
        """
        service, desk = self._service, self._service.desk
        opens = service.order.effective_at or service.order.accepted_at
        local = service.local(opens)
        clock = await desk.consult(ClockActivities.look, LookAtClock(), name="legal-clock", party="legal clock")
        service.time = LegalTime(clock)
        await desk.tell(
            "waiting",
            OrderState.PENDING,
            what="the lock opens after a delay",
            messages=service.messages("unlock_asked", day=f"{local:%Y-%m-%d}", time=f"{local:%H:%M}"),
            waiting_for=WaitingFor(
                party="the delay", what="time for the holder to lock again", until=opens, then="the lock opens"
            ),
            due=opens,
        )
        await service.time.until(opens, unless=lambda: desk.cancel is not None, summary="the lock opens")
        desk.stop_if_cancelled()
        facts = await desk.consult(
            JournalActivities.look_at_line,
            LookAtLine(order_id=service.order.order_id),
            name="look-at-line",
            party="journal",
        )
        if facts.locked_since is not None and facts.locked_since > service.order.accepted_at:
            raise Withdrawn(Actor(by="holder", reason="locked again"))
