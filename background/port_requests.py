"""A *portingrequest* to us becomes orders: one of kind port_out for each of its numbers, accepted together, however
often the message is delivered.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from background.series import numbers_of
from background.undeliverable import Undeliverable
from domain.directory import Directory, Operator, UnknownOperator
from domain.orders import OrderKind
from domain.port_out import PortOutOrder, PortPerformed
from domain.timeline import TimelineEvent, accepted_event
from journal import Acceptance, Journal
from parties.clearing_house.port_back import taken_back
from parties.clearing_house.wire import PortingRequest
from parties.clock import ClockReader
from rules.regime import Regime, zone_of
from runtime.order_ids import new_order_id


class PortRequests:
    """Accepts ports out of the operator `home`. `wake`: there is an order to start."""

    def __init__(
        self,
        journal: Journal,
        directory: Directory,
        clock: ClockReader,
        home: str,
        regime: Regime,
        wake: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._directory = directory
        self._clock = clock
        self._home = home
        self._regime = regime
        self._wake = wake

    async def take(self, request: PortingRequest) -> str:
        """Accepts the orders of all its numbers in one transaction; returns the first one's id. Raises `Undeliverable`
        for a request that cannot be taken.
        """
        numbers = numbers_of(request.repeats, self._regime.numbers.parse)
        try:
            recipient = self._directory.by_pair(request.recipientnetworkoperator, request.recipientserviceprovider)
        except UnknownOperator:
            raise Undeliverable("an operator that we do not know asks") from None
        code = request.customerinfo.customerid if request.customerinfo else None
        asked = await self._fields(request.dossierid, recipient) | {
            "authorisation": self._regime.authorisation.asked_with(code or ""),
            "back_of": taken_back(request.note),
            "numbers": len(numbers),
        }
        what = f"{recipient.code} asks for the number"
        event = accepted_event(what=what, by=recipient.code)
        first, *others = [
            self._acceptance(asked | {"msisdn": msisdn}, request_key(request.dossierid, msisdn), event)
            for msisdn in numbers
        ]
        return await self._accept(first.model_copy(update={"also": others}))

    async def backfill(
        self, dossier_id: str, msisdn: str, recipient: Operator, performed: PortPerformed, key: str
    ) -> str:
        """Accepts the order of a number that has left already, once per `key`; returns its id."""
        left = await self._fields(dossier_id, recipient) | {"msisdn": msisdn, "performed": performed}
        event = accepted_event(
            what=f"the number has left to {recipient.code}",
            reason="no order of this port was open: backfilled from the registry",
        )
        return await self._accept(self._acceptance(left, key, event))

    async def _fields(self, dossier_id: str, recipient: Operator) -> dict[str, Any]:
        clock, real = await self._clock.recent(), datetime.now(UTC)
        return {
            "home": self._home,
            "recipient": recipient.code,
            "dossier_id": dossier_id,
            "accepted_at": clock.legal_at(real),
            "accepted_at_real": real,
        }

    def _acceptance(self, fields: dict[str, Any], key: str, event: TimelineEvent) -> Acceptance:
        msisdn = fields["msisdn"]
        order = PortOutOrder(
            order_id=new_order_id(OrderKind.PORT_OUT),
            line_hash=self._journal.lines.hash_of(msisdn),
            zone=zone_of(self._regime, msisdn),
            **fields,
        )
        return Acceptance.of(
            OrderKind.PORT_OUT,
            order,
            key=key,
            fingerprint=key,  # the clearing house takes a dossier once: what comes again is a repetition
            events=[event],
            waits_for_line=True,
            dossier_id=order.dossier_id,
        )

    async def _accept(self, acceptance: Acceptance) -> str:
        accepted = await asyncio.to_thread(self._journal.orders.accept, acceptance)
        self._wake()
        return accepted.order_id


def request_key(dossier_id: str, msisdn: str) -> str:
    """The key under which the order of a number that is asked for is accepted; its spaces keep it apart from the keys
    that clients of the API choose.
    """
    return f"portingrequest {dossier_id} {msisdn}"
