"""Routes each message of the clearing house: to our orders, to the home routing table, or to the dead letters.

A message may be routed again from any point. The journal knows it by its id, an order is accepted once, an inbox
takes a message once, and the routing table is written with an idempotency key.
"""

import asyncio
from collections.abc import Callable

import structlog

from background.broadcasts import Broadcasts
from background.dossier_messages import dossier_message
from background.leftover_dossiers import LeftoverDossiers
from background.port_out_dossiers import PortOutDossiers
from background.port_requests import PortRequests
from background.undeliverable import Undeliverable
from domain.directory import Directory, Operator
from domain.port_in import DossierMessage
from journal import Journal
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.wire import Deactivation, ErrorFound, PortingPerformed, PortingRequest
from parties.clock import ClockReader
from parties.routing import Routing
from rules.regime import Regime

log = structlog.get_logger(__name__)


class MessageRouter:
    """Routes the messages of the operator `home`. `wake`: the outbox has something for Temporal."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        journal: Journal,
        routing: Routing,
        directory: Directory,
        clock: ClockReader,
        home: Operator,
        regime: Regime,
        wake: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._directory = directory
        self._clock = clock
        self._home = home
        self._judge = regime.port_in.judged
        self._wake = wake
        self._leftovers = LeftoverDossiers(clearing_house, directory, clock)
        self._requests = PortRequests(journal, directory, clock, home.code, regime, wake)
        self._ports_out = PortOutDossiers(clearing_house, journal, directory, self._requests, home.code, regime.numbers)
        self._broadcasts = Broadcasts(clearing_house, journal, routing, home.code, regime.numbers)

    async def route(self, received: InboxMessage, *, give_up: bool = False) -> None:
        """Write the message down and deliver it, once. `give_up`: only make it a dead letter.

        Raises a failure that may pass: the message stays unconfirmed and comes again.
        """
        inbox = self._journal.inbox
        row = await asyncio.to_thread(
            inbox.receive, received.message_id, received.type, received.dossier_id or "", received.raw
        )
        if row.state != "new":
            return
        try:
            if give_up:
                raise Undeliverable("it failed time and again")
            await self._bring(received, row.order_id)
        except Undeliverable as reason:
            log.warning("dead_letter", message_id=received.message_id, type=received.type, reason=str(reason))
            await asyncio.to_thread(inbox.add_dead_letter, received.message_id, str(reason))

    async def _bring(self, received: InboxMessage, port_in: str | None) -> None:
        """`port_in`: the order whose dossier it is, if it is one of ours."""
        if received.message is None or received.envelope is None:
            raise Undeliverable(f"cannot be read: {received.problem}")
        message = dossier_message(
            received, self._directory, self._judge, received_at=(await self._clock.recent()).legal
        )
        ports_out = await asyncio.to_thread(self._journal.dossiers.orders_of, message.dossier_id)
        if port_in is not None and not ports_out:
            return await self._deliver_to_port_in(port_in, message)
        match received.envelope.body:
            case PortingRequest() as request:
                return await self._done(message, await self._requests.take(request))
            case PortingPerformed() as body if ports_out or body.donornetworkoperator == self._home.network_operator:
                return await self._port_performed(message, body)
            case PortingPerformed() | Deactivation() as body:
                await self._broadcasts.follow(message, body)
                return await self._done(message)
            case ErrorFound() if await asyncio.to_thread(self._journal.quarantines.has_dossier, message.dossier_id):
                log.warning("deactivation_refused", dossier_id=message.dossier_id)  # the next round looks again
                return await self._done(message)
        if not ports_out:
            raise Undeliverable("belongs to no order of ours")
        return await self._deliver(message, ports_out)

    async def _deliver_to_port_in(self, order_id: str, message: DossierMessage) -> None:
        order = await asyncio.to_thread(self._journal.orders.read, order_id)
        if order is not None and order.status.state.is_final:
            await self._leftovers.close(order, message)
            raise Undeliverable(f"its order {order_id} is closed")
        await self._deliver(message, [order_id])

    async def _port_performed(self, message: DossierMessage, body: PortingPerformed) -> None:
        """A port with us as donor: routing first, then the orders. A step that fails keeps nobody from being told."""
        troubles = []
        for step in (self._broadcasts.follow, self._ports_out.backfill):
            try:
                await step(message, body)
            except Undeliverable as reason:
                troubles.append(reason)
        orders = await asyncio.to_thread(self._journal.dossiers.orders_of, message.dossier_id)
        if orders:
            await self._deliver(await self._ports_out.dated(message), orders)
        if troubles:
            raise troubles[0]
        if not orders:
            await self._done(message)

    async def _deliver(self, message: DossierMessage, orders: list[str]) -> None:
        await asyncio.to_thread(self._journal.inbox.deliver_message, message.message_id, orders, message)
        self._wake()

    async def _done(self, message: DossierMessage, order_id: str | None = None) -> None:
        await asyncio.to_thread(self._journal.inbox.mark_done, message.message_id, order_id)
