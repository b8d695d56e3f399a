"""What is told about the dossiers of our ports out: to all their orders, through the journal, so that a message is
confirmed whether Temporal is there or not.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

import structlog

from background.aside import Aside
from background.port_requests import PortRequests, request_key
from background.series import numbers_of
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


class Departures:
    """Numbers that leave the operator `home`. `wake`: there is something to signal."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        journal: Journal,
        directory: Directory,
        requests: PortRequests,
        home: str,
        numbers: Numbers,
        wake: Callable[[], None],
    ) -> None:
        self._clearing_house = clearing_house
        self._journal = journal
        self._directory = directory
        self._requests = requests
        self._home = home
        self._numbers = numbers
        self._wake = wake

    async def hear(self, words: DossierMessage) -> str:
        """All orders of the dossier hear the message; returns the first one's id, '' when there is none."""
        words = await self._dated(words)
        heard = await asyncio.to_thread(self._journal.hear_dossier, words.message_id, words.dossier_id, words)
        self._wake()
        return heard[0] if heard else ""

    async def make_up(self, words: DossierMessage, body: PortingPerformed) -> None:
        """A number that has left, while no order for it is open or was completed, gets one: if the registry says that
        it was ours to let go. Raises `Aside`.
        """
        missing = await asyncio.to_thread(
            self._without_order, words.dossier_id, numbers_of(body.repeats, self._numbers.parse)
        )
        dossier = await self._ours(words.dossier_id) if missing else None
        if dossier is None:
            return
        at = words.actual or dossier.moved_at or words.received_at
        if dossier.status != "performed" or at is None:
            raise Aside("the registry does not show its port performed")
        try:
            recipient = self._directory.by_code(dossier.recipient)
        except UnknownOperator:
            raise Aside("its recipient is an operator that we do not know") from None
        performed = PortPerformed(at=at, message_id=words.message_id)
        for msisdn, key in missing.items():
            order_id = await self._requests.make_up(words.dossier_id, msisdn, recipient, performed, key)
            log.warning("port_out_made_up", order_id=order_id)

    def _without_order(self, dossier_id: str, numbers: list[str]) -> dict[str, str]:
        """Numbers that nobody takes down, each with the key under which an order for it is made up."""
        views = [self._journal.order(order_id) for order_id in self._journal.orders_of_dossier(dossier_id)]
        states = [(view.msisdn, view.status.state) for view in views if view is not None]
        known = {msisdn for msisdn, _ in states}
        taken = {msisdn for msisdn, state in states if not state.is_final or state is OrderState.COMPLETED}
        return {
            msisdn: f"portingperformed {dossier_id} {msisdn}" if msisdn in known else request_key(dossier_id, msisdn)
            for msisdn in numbers
            if msisdn not in taken
        }

    async def _dated(self, words: DossierMessage) -> DossierMessage:
        """A port that does not say when it was performed: the registry does. By our receipt, which may be days later,
        its holder would pay for them.
        """
        if words.type != "portingperformed" or words.actual is not None:
            return words
        try:
            dossier = await self._clearing_house.dossier(words.dossier_id)
        except PartyRefused:
            return words
        return words if dossier is None else words.model_copy(update={"actual": dossier.moved_at})

    async def _ours(self, dossier_id: str) -> RegistryDossier | None:
        """The dossier, if it took numbers from us; the registry shows a dossier to its parties only."""
        try:
            dossier = await self._clearing_house.dossier(dossier_id)
        except PartyRefused as refused:
            if refused.status != HTTPStatus.FORBIDDEN:
                raise
            return None
        return dossier if dossier is not None and dossier.donor == self._home else None
