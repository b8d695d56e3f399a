"""Customer care of the home operator: lines, subscriptions and numbers (docs/home-systems.md)."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import httpx

from domain.contracts import Contract
from domain.model import Instant, Model
from domain.port_in import Holder
from domain.sims import SimCard
from parties.answers import read_answer, write_answer
from parties.errors import PartyRefused
from parties.http import HttpParty
from parties.paths import path
from parties.timeouts import DEFAULT_TIMEOUTS, Timeouts
from parties.wire_time import utc_text

PARTY = "care"


class LineContact(Model):
    """How the holder is reached beside the line; `changed_at`: legal instant of the last change, None for never."""

    email: str | None = None
    phone: str | None = None
    language: Literal["fr", "en"] = "fr"
    changed_at: Instant | None = None


class Line(Model):
    """One of our lines, as care knows it. `sim_since`: legal instant from which it has its SIM, None for its first;
    `ended_at`: at which its contract ended, None where care does not say.
    """

    msisdn: str
    state: Literal["active", "suspended", "ended"]
    holder: Holder
    iccid: str
    imsi: str
    rio: str
    contract: Contract
    sim_since: Instant | None = None
    ended_at: Instant | None = None
    contact: LineContact = LineContact()

    @property
    def has_ended(self) -> bool:
        """Whether its contract is over."""
        return self.state == "ended"


class Subscription(Model):
    """A subscription made for an order. `reference` is the order's id; `rio` and `activated_at` (legal time) come
    with the activation.
    """

    reference: str
    contract_id: str | None = None  # none was made when the order was undone before
    state: Literal["prepared", "active", "cancelled"]
    msisdn: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    rio: str | None = None
    activated_at: Instant | None = None


class Activation(Model):
    """An active contract: its RIO, and since when (legal time)."""

    contract_id: str
    state: Literal["active"]
    rio: str
    activated_at: Instant


class CancelledSubscription(Model):
    state: Literal["cancelled"]


class SimOfLine(Model):
    """The SIM that care now knows a line by. `swapped_at` is legal time."""

    msisdn: str
    iccid: str
    imsi: str
    swapped_at: Instant


class PooledNumber(Model):
    msisdn: str
    state: Literal["free"]


class InvoicedFee(Model):
    """A fee that stands on the next invoice, tax included."""

    fee_id: str
    amount: Decimal


class Care:
    """`base_url` is that of the home operator's systems, without a trailing slash."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._party = HttpParty(http, PARTY, f"{base_url}/care", timeouts)

    async def line(self, msisdn: str) -> Line | None:
        """The line of this number, None when care knows none."""
        try:
            body = await self._party.read("line", path("/lines/{msisdn}", msisdn=msisdn))
        except PartyRefused as refused:
            if refused.code == "unknown_line":
                return None
            raise
        return read_answer(Line, body, PARTY, "line")

    async def prepare(self, *, reference: str, msisdn: str, holder: Holder, sim: SimCard, key: str) -> Subscription:
        """Prepare a subscription that is not active yet. Refused `reference_cancelled` once the order was cancelled
        there.
        """
        body = {
            "reference": reference,
            "msisdn": msisdn,
            "holder": {"kind": holder.kind.value, "name": holder.name},
            "iccid": sim.iccid,
            "imsi": sim.imsi,
        }
        answer = await self._party.write("prepare", "/subscriptions", body, key=key)
        return write_answer(Subscription, answer, PARTY, "prepare")

    async def subscription(self, reference: str) -> Subscription | None:
        """What became of an order's subscription, None when care does not know it."""
        try:
            body = await self._party.read("subscription", path("/subscriptions/{reference}", reference=reference))
        except PartyRefused as refused:
            if refused.code == "unknown_reference":
                return None
            raise
        return read_answer(Subscription, body, PARTY, "subscription")

    async def activate(self, *, reference: str, effective_at: datetime, key: str) -> Activation:
        """Make the contract active from a legal instant."""
        where = path("/subscriptions/{reference}/activate", reference=reference)
        answer = await self._party.write("activate", where, {"effective_at": utc_text(effective_at)}, key=key)
        return write_answer(Activation, answer, PARTY, "activate")

    async def cancel(self, *, reference: str, key: str) -> None:
        """Undo `prepare`; normal also when nothing was prepared. Refused `already_active` after the activation."""
        where = path("/subscriptions/{reference}/cancel", reference=reference)
        write_answer(CancelledSubscription, await self._party.write("cancel", where, {}, key=key), PARTY, "cancel")

    async def change_sim(
        self, *, reference: str, msisdn: str, sim: SimCard, swapped_at: datetime, key: str
    ) -> SimOfLine:
        """Know the line by its new SIM from a legal instant on. Refused `unknown_line` or `line_ended`."""
        body = {"reference": reference, "iccid": sim.iccid, "imsi": sim.imsi, "swapped_at": utc_text(swapped_at)}
        answer = await self._party.write("change_sim", path("/lines/{msisdn}/sim", msisdn=msisdn), body, key=key)
        return write_answer(SimOfLine, answer, PARTY, "change_sim")

    async def pool(self, *, reference: str, msisdn: str, key: str) -> None:
        """The number is free for a new line. Refused `number_in_use` while it has one."""
        where = path("/numbers/{msisdn}/pool", msisdn=msisdn)
        answer = await self._party.write("pool", where, {"reference": reference}, key=key)
        write_answer(PooledNumber, answer, PARTY, "pool")

    async def bill_fee(
        self, *, reference: str, msisdn: str, contract_id: str, amount: str, reason: str, key: str
    ) -> InvoicedFee:
        """A fee on the next invoice, once per reference; `amount` a decimal text, tax included. Refused
        `unknown_contract`, or `fee_exists` when the reference has a fee of another amount.
        """
        body = {
            "reference": reference,
            "msisdn": msisdn,
            "contract_id": contract_id,
            "amount": amount,
            "reason": reason,
        }
        return write_answer(InvoicedFee, await self._party.write("bill_fee", "/fees", body, key=key), PARTY, "bill_fee")
