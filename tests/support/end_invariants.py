"""What must always hold of ends of contracts, read from the effect log; breaches in words as in `invariants.py`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.living_ends import settlement_of
from tests.support.living_relais import FINAL, HOME, AskedEnd, Effect, LivingRelais

FREED = ("number_pooled", "number_deactivated")
"""What ends a quarantine."""

_TOUCHING = frozenset({"hlr", "care", "logistics"})
_TAKEN_DOWN = ("msisdn_cleared", "subscriber_deleted")
_ONCE = ("contract_ended", "final_invoice_requested", "sim_retired")
_ANSWERS = ("credit_note_issued", "dispute_rejected")
_CLOSING = ("porting_performed", "porting_cancelled", "error_found")
_HERE = ZoneInfo("Europe/Paris")
_NOTHING = Decimal("0.00")


class EndLog:
    """The effect log as it concerns one termination."""

    def __init__(self, log: Sequence[Effect], order_id: str, asked: AskedEnd) -> None:
        line = asked.line
        self.order_id = order_id
        self.asked = asked
        self.log = log
        self.own = [effect for effect in log if effect.root == order_id]
        self.money = [effect for effect in log if effect.party == "care" and self._is_paid_by(effect)]
        self.number = [effect for effect in log if effect.msisdn == line.msisdn]
        self.old_sim = [
            e for e in log if e.party == "hlr" and e.detail["operator"] == HOME and e.detail.get("imsi") == line.imsi
        ]
        self.ended = min((e.n for e in self.own if e.effect == "contract_ended"), default=None)
        after = [] if self.ended is None else [e for e in self.number if e.n > self.ended]
        self.freed = next((e for e in after if e.effect in FREED), None)
        ports = {e.detail["dossierid"] for e in log if e.effect == "porting_performed"}
        moves = (e for e in after if e.effect == "reference_changed" and e.detail.get("dossierid") in ports)
        self.left = next((e for e in moves if self.freed is None or e.n < self.freed.n), None)
        over = self.left or self.freed
        self.quarantine = [e for e in after if over is None or e.n < over.n]

    def breaches(self, order: Mapping[str, Any], orders_on_it: Sequence[Mapping[str, Any]] = ()) -> list[str]:
        """Everything that does not hold; `orders_on_it`: all orders of the number, of earlier lives too."""
        if order["state"] == "completed":
            outcome = order["outcome"]
            found = [
                *self.in_time(datetime.fromisoformat(outcome["effective_at"])),
                *self.gone(),
                *self.kept(datetime.fromisoformat(outcome["reassignable_from"]), orders_on_it),
                *self.charged(Decimal(outcome["fee"]), datetime.fromisoformat(outcome["effective_at"])),
                *self.paid_back(),
            ]
        else:
            found = self.untouched()
        return [f"{self.order_id} ({order['state']}): {breach}" for breach in found]

    def untouched(self) -> list[str]:
        """An order that did not end the contract, a port out may have, did nothing to the line and owes nothing."""
        found = [f"{e.effect} (entry {e.n})" for e in self.own if e.party in _TOUCHING]
        if any(e.effect == "contract_ended" and e.detail.get("reason") == "ported_out" for e in self.money):
            return found
        return found + [f"{e.effect} (entry {e.n}) for its money" for e in self.money if e.root != self.order_id]

    def in_time(self, effective_at: datetime) -> list[str]:
        """Nothing at care, HLR or logistics before the last day is over; and care ended it with that day."""
        downs = [e for e in self.old_sim if e.effect in _TAKEN_DOWN and e.real_at >= self.asked.accepted_at]
        touched = [*downs, *(e for e in self.own if e.party in _TOUCHING)]
        found = [f"{e.effect} (entry {e.n}) before the last day was over" for e in touched if e.at < effective_at]
        said = [e.detail["effective_at"] for e in self.own if e.effect == "contract_ended"]
        return found + [f"care ended it at {at}" for at in said if datetime.fromisoformat(at) != effective_at]

    def gone(self) -> list[str]:
        """I1, I5: each thing was done once; then no SIM of ours has the number, and nobody else serves it."""
        happened = Counter(effect.effect for effect in self.own)
        found = [f"{happened[effect]} {effect}" for effect in _ONCE if happened[effect] != 1]
        carriers: set[str] = set()
        for effect in self.number:
            if effect.party != "hlr" or effect.detail["operator"] != HOME:
                continue
            if self.freed and effect.n > self.freed.n:
                break
            if effect.effect == "msisdn_set":
                carriers.add(effect.detail["imsi"])
            elif effect.effect in _TAKEN_DOWN:
                carriers.discard(effect.detail["imsi"])
        if carriers or not any(effect.effect in _TAKEN_DOWN for effect in self.old_sim):
            found.append("the number is still on a SIM of ours")
        for effect in self.quarantine:
            if effect.effect == "msisdn_set":
                found.append(f"put on a SIM (entry {effect.n}) in quarantine")
            elif effect.effect == "reference_changed":
                found.append(f"{effect.detail['operator']} serves it (entry {effect.n}) in quarantine")
        return found

    def kept(self, reassignable_from: datetime, orders_on_it: Sequence[Mapping[str, Any]]) -> list[str]:
        """Given back neither early, nor while a dossier or an order is open on the number, nor after it has left."""
        if self.freed is None:
            return []
        if self.left is not None:
            return [f"{self.freed.effect} (entry {self.freed.n}) although it had left (entry {self.left.n})"]
        found, at = [], self.freed.at
        after = [e for e in self.number if e.n > self.freed.n and e.detail.get("operator") == HOME]
        reborn = min((e.n for e in after if e.effect == "msisdn_set"), default=self._last_n + 1)
        found += [f"{e.effect} (entry {e.n}) again" for e in after if e.effect in FREED and e.n < reborn]
        if at < reassignable_from:
            found.append(f"{self.freed.effect} at {at}, before {reassignable_from}")
        before = [e for e in self.number if e.n < self.freed.n and "dossierid" in e.detail]
        dossiers = {e.detail["dossierid"] for e in before if e.effect == "porting_requested"}
        closed = {e.detail["dossierid"] for e in self.log if e.n < self.freed.n and _closes(e)}
        found += [f"{self.freed.effect} while dossier {dossier} was open" for dossier in sorted(dossiers - closed)]
        for other in orders_on_it:
            began, ended = (datetime.fromisoformat(other["timeline"][end]["at"]) for end in (0, -1))
            is_over = other["state"] in FINAL and ended <= at
            if other["kind"] not in ("settlement", "line_service") and began <= at and not is_over:
                found.append(f"{self.freed.effect} while {other['order_id']} held the line")
        return found

    def charged(self, announced: Decimal, effective_at: datetime) -> list[str]:
        """I3: what the last invoice has above the contract is credited: a fee above the announced one, or a second
        one, and what is for days after the last; and every dispute is followed to its answer.
        """
        last = (effective_at - timedelta(microseconds=1)).astimezone(_HERE).date()
        asked = [Decimal(e.detail["leaving_fee"]) for e in self.own if e.effect == "final_invoice_requested"]
        found = [f"a fee of {fee} was asked for, {announced} announced" for fee in asked if fee != announced]
        invoices = [e for e in self.money if e.effect == "invoice_issued"]
        if len(invoices) != 1:
            return [*found, f"{len(invoices)} last invoices"]
        lines = invoices[0].detail["lines"]
        fees = sum((Decimal(line["amount"]) for line in lines if line["kind"] == "leaving_fee"), _NOTHING)
        later = [Decimal(line["amount"]) for line in lines if _first_day(line) > last]
        unjustified = max(fees - announced, _NOTHING) + sum(later, _NOTHING)
        answers = {e.detail["dispute_id"]: e for e in self.money if e.effect in _ANSWERS}
        notes = [Decimal(e.detail["amount"]) for e in answers.values() if e.effect == "credit_note_issued"]
        if sum(notes, _NOTHING) < unjustified:
            found.append(f"{unjustified} too much, {sum(notes, _NOTHING)} credited")
        opened = [e.detail["dispute_id"] for e in self.money if e.effect == "dispute_opened"]
        return found + [f"dispute {dispute} has no answer" for dispute in opened if dispute not in answers]

    def paid_back(self) -> list[str]:
        """I3: what was lent or paid in advance comes back once; an increase is at most half of it."""
        paid: dict[str, list[Decimal]] = {}
        for effect in self.money:
            if effect.effect == "refunded":
                name = str(effect.detail["reference"]).partition(":")[2]
                paid.setdefault(name, []).append(Decimal(effect.detail["amount"]))
        found = []
        for kind, amount in self.asked.owed.items():
            if paid.pop(kind, []) != [amount]:
                found.append(f"{kind} of {amount} not paid back once")
            increase = paid.pop(f"late_increase:{kind}", [])
            if len(increase) > 1 or any(more > amount / 2 for more in increase):
                found.append(f"{kind} of {amount} increased by {increase}")
        return found + [f"{name} paid back for nothing" for name in paid]

    @property
    def _last_n(self) -> int:
        return self.log[-1].n if self.log else 0

    def _is_paid_by(self, effect: Effect) -> bool:
        about = effect.root in (self.order_id, settlement_of(self.order_id))
        return about or effect.detail.get("contract_id") == self.asked.line.contract


def _closes(effect: Effect) -> bool:
    return effect.effect in _CLOSING or "blockingcode" in effect.detail


def _first_day(line: Mapping[str, Any]) -> date:
    return date.fromisoformat(line["first_day"]) if line["first_day"] else date.min


async def unmatched(relais: LivingRelais) -> list[str]:
    """I4: every completed termination of the journal, and every port out that has ended a contract, has its one
    settlement, and there is no other.
    """
    ended = [order["order_id"] for order in await relais.all_orders(kind="termination", state="completed")]
    left = await relais.all_orders(kind="port_out", state="completed")
    ended += [order["order_id"] for order in left if "contract_id" in order["outcome"]]
    there = Counter(order["order_id"] for order in await relais.all_orders(kind="settlement"))
    wanted = Counter(map(settlement_of, ended))
    return [f"{order_id} is missing" for order_id in wanted - there] + [
        f"{order_id} settles nothing" for order_id in there - wanted
    ]


async def end_unsettled(relais: LivingRelais, order: Mapping[str, Any], log: EndLog) -> list[str]:
    """I1, I8: in the registry one server, the range holder's again once the number is deactivated, the recipient's once
    it is ported; on no SIM, unless it has begun another life.
    """
    line, number = log.asked.line, await relais.number(log.asked.line.msisdn)
    returned = log.freed is not None and log.freed.effect == "number_deactivated"
    server = line.range_holder if returned else HOME
    if log.left is not None:
        server = str(log.left.detail["operator"])
    found = [] if number["reference"]["operator"] == server else [f"{number['reference']['operator']} serves it"]
    found += [f"{table} routes to {to}" for table, to in number["routing"].items() if to != server]
    reborn = log.freed is not None and any(e.n > log.freed.n and e.effect == "msisdn_set" for e in log.number)
    if not reborn:
        found += [f"{sim['operator']} has it on a SIM" for sim in number["hlr"]]
    if order["outcome"]["settlement"] != settlement_of(log.order_id):
        found.append(f"settled by {order['outcome']['settlement']}")
    return [f"{log.order_id}: {breach}" for breach in found]
