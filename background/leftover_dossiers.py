"""A dossier that has outlived its port in: a request that arrived after its order was undone is cancelled."""

import structlog

from domain.directory import Directory
from domain.orders import OrderState
from domain.port_in import DossierMessage
from journal import OrderView
from parties.clearing_house.client import ClearingHouse
from parties.clock import ClockReader

ANSWERS = frozenset({"portingrequestanswer", "pradelayed"})

log = structlog.get_logger(__name__)


class LeftoverDossiers:
    """Dossiers that nobody waits for any more."""

    def __init__(self, clearing_house: ClearingHouse, directory: Directory, clock: ClockReader) -> None:
        self._clearing_house = clearing_house
        self._directory = directory
        self._clock = clock

    async def close(self, order: OrderView, message: DossierMessage) -> None:
        """Cancel the dossier of an order that has ended without the number, if it is still open."""
        if message.type not in ANSWERS or message.blocked or order.status.state is OrderState.COMPLETED:
            return
        dossier = await self._clearing_house.dossier(message.dossier_id)
        if dossier is None or not dossier.is_open:
            return
        log.warning("leftover_dossier_cancelled", order_id=order.order_id, dossier_id=message.dossier_id)
        await self._clearing_house.cancel(
            dossier_id=message.dossier_id,
            donor=self._directory.by_code(order.donor),
            home=self._directory.by_code(order.recipient),
            note="withdrawn",
            key=f"{order.order_id}:cancel-leftover:{message.dossier_id}",
            sent_at=(await self._clock.recent()).legal,
        )
