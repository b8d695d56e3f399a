"""Messages of the dossiers of our ports in: each goes to its order's workflow, straight to Temporal."""

import asyncio

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from background.undeliverable import Undeliverable
from domain.directory import Directory
from domain.orders import OrderState
from domain.port_in import DossierMessage
from journal import Journal, OrderView
from parties.clearing_house.client import ClearingHouse
from parties.clock import ClockReader
from workflows.port_in import PortIn

ANSWERS = frozenset({"portingrequestanswer", "pradelayed"})

log = structlog.get_logger(__name__)


class PortInDossiers:
    """Tells orders; a dossier that has outlived its order is closed."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        journal: Journal,
        temporal: Client,
        directory: Directory,
        clock: ClockReader,
    ) -> None:
        self._clearing_house = clearing_house
        self._journal = journal
        self._temporal = temporal
        self._directory = directory
        self._clock = clock

    async def tell(self, order_id: str, words: DossierMessage) -> None:
        """The order has the message. Raises `Undeliverable` for an order that is closed."""
        try:
            await self._temporal.get_workflow_handle(order_id).signal(PortIn.dossier_message, words)
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise Undeliverable("Temporal does not take it") from None
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            order = await asyncio.to_thread(self._journal.orders.read, order_id)
            if order is not None and order.status.state.is_final:
                await self._close_leftover(order, words)
                raise Undeliverable(f"its order {order_id} is closed") from None
            raise  # not started yet, or Temporal came back without it: neither loses a message

    async def _close_leftover(self, order: OrderView, words: DossierMessage) -> None:
        """A request that arrived after its order was undone has opened a dossier that nobody waits for: cancel it."""
        if words.type not in ANSWERS or words.blocked or order.status.state is OrderState.COMPLETED:
            return
        dossier = await self._clearing_house.dossier(words.dossier_id)
        if dossier is None or not dossier.is_open:
            return
        log.warning("leftover_dossier_cancelled", order_id=order.order_id, dossier_id=words.dossier_id)
        await self._clearing_house.cancel(
            dossier_id=words.dossier_id,
            donor=self._directory.by_code(order.donor),
            home=self._directory.by_code(order.recipient),
            note="withdrawn",
            key=f"{order.order_id}:cancel-leftover:{words.dossier_id}",
            sent_at=(await self._clock.recent()).legal,
        )
