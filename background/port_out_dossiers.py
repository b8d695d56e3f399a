"""What the clearing house says about the dossiers of our ports out, made complete from the registry where needed."""

import asyncio
from http import HTTPStatus

import structlog

from background.port_requests import PortRequests, request_key
from background.series import numbers_of
from background.undeliverable import Undeliverable
from domain.directory import Directory, UnknownOperator
from domain.orders import OrderState
from domain.port_in import DossierMessage
from domain.port_out import PortPerformed
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.registry import RegistryDossier
from parties.clearing_house.wire import PortingPerformed
from parties.errors import PartyRefused
from rules.regime import Numbers

log = structlog.get_logger(__name__)


class PortOutDossiers:
    """Numbers that leave the operator `home`."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        journal: Journal,
        directory: Directory,
        requests: PortRequests,
        home: str,
        numbers: Numbers,
    ) -> None:
        self._clearing_house = clearing_house
        self._journal = journal
        self._directory = directory
        self._requests = requests
        self._home = home
        self._numbers = numbers

    async def backfill(self, message: DossierMessage, body: PortingPerformed) -> None:
        """A number that has left, while no order for it is open or was completed, gets one: if the registry says that
        it was ours to let go. Raises `Undeliverable`.
        """
        missing = await asyncio.to_thread(
            self._without_order, message.dossier_id, numbers_of(body.repeats, self._numbers.parse)
        )
        dossier = await self._ours(message.dossier_id) if missing else None
        if dossier is None:
            return
        at = message.actual or dossier.moved_at or message.received_at
        if dossier.status != "performed" or at is None:
            raise Undeliverable("the registry does not show its port performed")
        try:
            recipient = self._directory.by_code(dossier.recipient)
        except UnknownOperator:
            raise Undeliverable("its recipient is an operator that we do not know") from None
        performed = PortPerformed(at=at, message_id=message.message_id)
        for msisdn, key in missing.items():
            order_id = await self._requests.backfill(message.dossier_id, msisdn, recipient, performed, key)
            log.warning("port_out_backfilled", order_id=order_id)

    def _without_order(self, dossier_id: str, numbers: list[str]) -> dict[str, str]:
        """Numbers that nobody takes down, each with the key under which an order for it is backfilled."""
        views = [self._journal.orders.read(order_id) for order_id in self._journal.dossiers.orders_of(dossier_id)]
        states = [(view.msisdn, view.status.state) for view in views if view is not None]
        known = {msisdn for msisdn, _ in states}
        taken = {msisdn for msisdn, state in states if not state.is_final or state is OrderState.COMPLETED}
        return {
            msisdn: f"portingperformed {dossier_id} {msisdn}" if msisdn in known else request_key(dossier_id, msisdn)
            for msisdn in numbers
            if msisdn not in taken
        }

    async def dated(self, message: DossierMessage) -> DossierMessage:
        """A port that does not say when it was performed: the registry does. By our receipt, which may be days later,
        its holder would pay for them.
        """
        if message.type != "portingperformed" or message.actual is not None:
            return message
        try:
            dossier = await self._clearing_house.dossier(message.dossier_id)
        except PartyRefused:
            return message
        return message if dossier is None else message.model_copy(update={"actual": dossier.moved_at})

    async def _ours(self, dossier_id: str) -> RegistryDossier | None:
        """The dossier, if it took numbers from us; the registry shows a dossier to its parties only."""
        try:
            dossier = await self._clearing_house.dossier(dossier_id)
        except PartyRefused as refused:
            if refused.status != HTTPStatus.FORBIDDEN:
                raise
            return None
        return dossier if dossier is not None and dossier.donor == self._home else None
