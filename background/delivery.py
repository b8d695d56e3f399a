"""Where a message of the clearing house belongs: to orders of ours, to the home routing table, or aside, visibly.

The journal knows each message by its id, an order is accepted once, it absorbs repetitions, and the routing table is
told with an idempotency key: a delivery may be repeated from any point.
"""

import asyncio
from collections.abc import Callable

import structlog
from temporalio.client import Client

from background.aside import Aside
from background.broadcasts import Broadcasts
from background.departures import Departures
from background.meaning import in_our_words
from background.port_in_dossiers import PortInDossiers
from background.port_requests import PortRequests
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


class Delivery:
    """Brings messages of the operator `home` to where they belong. `wake`: the outbox has something for Temporal."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        journal: Journal,
        temporal: Client,
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
        self._port_ins = PortInDossiers(clearing_house, journal, temporal, directory, clock)
        self._requests = PortRequests(journal, directory, clock, home.code, regime, wake)
        self._departures = Departures(
            clearing_house, journal, directory, self._requests, home.code, regime.numbers, wake
        )
        self._broadcasts = Broadcasts(clearing_house, journal, routing, home.code, regime.numbers)

    async def deliver(self, message: InboxMessage, *, give_up: bool = False) -> None:
        """Write the message down and bring it to where it belongs, once; `give_up`: only set it aside.

        Raises what stood in the way and may pass: unconfirmed, the message is delivered again.
        """
        row = await asyncio.to_thread(
            self._journal.receive, message.message_id, message.type, message.dossier_id or "", message.raw
        )
        if row.state != "new":
            return
        try:
            if give_up:
                raise Aside("it failed time and again")
            taker = await self._bring(message, row.order_id)
        except Aside as reason:
            log.warning("message_set_aside", message_id=message.message_id, type=message.type, reason=str(reason))
            await asyncio.to_thread(self._journal.set_aside, message.message_id, str(reason))
            return
        await asyncio.to_thread(self._journal.delivered, message.message_id, taker)

    async def _bring(self, message: InboxMessage, order_id: str | None) -> str:
        """The order that has taken the message, '' for the routing table."""
        if message.message is None or message.envelope is None:
            raise Aside(f"cannot be read: {message.problem}")
        words = in_our_words(message, self._directory, self._judge, received_at=(await self._clock.recent()).legal)
        leaving = await asyncio.to_thread(self._journal.orders_of_dossier, words.dossier_id)
        if order_id is not None and not leaving:
            await self._port_ins.tell(order_id, words)
            return order_id
        match message.envelope.body:
            case PortingRequest() as request:
                return await self._requests.take(request)
            case PortingPerformed() as body if leaving or body.donornetworkoperator == self._home.network_operator:
                return await self._let_go(words, body)
            case PortingPerformed() | Deactivation() as body:
                await self._broadcasts.follow(words, body)
                return ""
            case ErrorFound() if await asyncio.to_thread(self._journal.gives_back, words.dossier_id):
                log.warning("deactivation_refused", dossier_id=words.dossier_id)  # the next round looks again
                return ""
        if not leaving:
            raise Aside("belongs to no order of ours")
        return await self._departures.hear(words)

    async def _let_go(self, words: DossierMessage, body: PortingPerformed) -> str:
        """A port with us as donor: routing first, then the orders. What keeps one step from being done keeps nobody
        from hearing of it.
        """
        troubles = []
        for step in (self._broadcasts.follow, self._departures.make_up):
            try:
                await step(words, body)
            except Aside as reason:
                troubles.append(reason)
        heard = await self._departures.hear(words)
        if troubles:
            raise troubles[0]
        return heard
