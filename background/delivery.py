"""Where a message of the clearing house belongs: to an order of ours, to the home routing table, or aside, visibly.

The journal knows each message by its id, the order absorbs repetitions, and the routing table is told with an
idempotency key: a delivery may be repeated from any point.
"""

import asyncio

import structlog
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from background.meaning import in_our_words
from domain.directory import Directory
from domain.identifier_error import IdentifierError
from domain.msisdn import national, parse_msisdn
from domain.orders import OrderState
from domain.port_in import DossierMessage
from journal import Journal, OrderView
from parties.clearing_house.client import ClearingHouse
from parties.clearing_house.inbox import InboxMessage
from parties.clearing_house.wire import Deactivation, NumberSeries, PortingPerformed
from parties.clock import ClockReader
from parties.errors import PartyRefused
from parties.routing import Routing
from workflows.port_in import PortIn

LONGEST_SERIES = 500
"""Numbers that one message may name; COIN's own limit of a porting is far below."""

ANSWERS = frozenset({"portingrequestanswer", "pradelayed"})
OPEN = frozenset({"requested", "delayed", "agreed"})

log = structlog.get_logger(__name__)


class Aside(Exception):
    """A message that nothing can take; the text says why, without personal data."""


class Delivery:
    """Brings messages to where they belong."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        journal: Journal,
        temporal: Client,
        routing: Routing,
        directory: Directory,
        clock: ClockReader,
    ) -> None:
        self._clearing_house = clearing_house
        self._journal = journal
        self._temporal = temporal
        self._routing = routing
        self._directory = directory
        self._clock = clock

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
        if order_id is not None:
            words = in_our_words(message, self._directory, received_at=(await self._clock.recent()).legal)
            await self._signal(order_id, words)
            return order_id
        body = message.envelope.body
        if not isinstance(body, PortingPerformed | Deactivation):
            raise Aside("belongs to no order of ours")
        for series in (repeat.seq.numberseries for repeat in body.repeats):
            for msisdn in _numbers(series):
                await self._follow(message.type, body.dossierid, msisdn)
        return ""

    async def _signal(self, order_id: str, words: DossierMessage) -> None:
        try:
            await self._temporal.get_workflow_handle(order_id).signal(PortIn.dossier_message, words)
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:
                raise Aside("Temporal does not take it") from None
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            order = await asyncio.to_thread(self._journal.order, order_id)
            if order is not None and order.status.state.is_final:
                await self._close_leftover(order, words)
                raise Aside(f"its order {order_id} is closed") from None
            raise  # not started yet, or Temporal came back without it: neither loses a message

    async def _close_leftover(self, order: OrderView, words: DossierMessage) -> None:
        """A request that arrived after its order was undone has opened a dossier that nobody waits for: cancel it."""
        if words.type not in ANSWERS or words.blocked or order.status.state is OrderState.COMPLETED:
            return
        dossier = await self._clearing_house.dossier(words.dossier_id)
        if dossier is None or dossier.status not in OPEN:
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

    async def _follow(self, type: str, dossier_id: str, msisdn: str) -> None:
        """The home routing table says what the reference database says now.

        Not what the message says: it may be days old, and the number may have moved on since, even to us. The
        confirmation that follows is our acknowledgement.
        """
        found = await self._clearing_house.number(msisdn)
        if found is None:
            raise Aside("names a number that is in no known range")
        key = f"{dossier_id}:{type}:{national(msisdn)}:{found.operator}"
        try:
            await self._routing.route(msisdn=msisdn, operator=found.network_operator, dossier_id=dossier_id, key=key)
        except PartyRefused as refused:
            raise Aside(f"the routing table refuses it: {refused.code}") from None


def _numbers(series: NumberSeries) -> list[str]:
    """Every number of a series, E.164; start and end are equal for one."""
    first, last, width = int(series.start), int(series.end), len(series.start)
    if not 0 <= last - first < LONGEST_SERIES:
        raise Aside(f"names more than {LONGEST_SERIES} numbers at once, or none")
    try:
        return [parse_msisdn(f"{digits:0{width}d}") for digits in range(first, last + 1)]
    except IdentifierError as error:
        raise Aside(f"its numbers are not mobile numbers: {error.code}") from None
