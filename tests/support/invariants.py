"""What must always hold, checked from outside: by the effect log, the registry and what the customer was sent.

Each function returns breaches in words, an empty list when the invariant holds, so that a failed test says all of them.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.support.end_invariants import EndLog, end_unsettled, unmatched
from tests.support.living_relais import FINAL, HOME, MESSAGES, Effect, Line, LivingRelais
from tests.support.port_out_log import OutLog, out_unsettled
from tests.support.sim_invariants import AT_ONCE, BARS, SimLog, sim_unsettled

LONGEST_WINDOW = timedelta(minutes=15)
QUIET_S = 60.0
"""Real seconds within which everybody agrees once nothing moves."""

AGREEMENT = timedelta(days=90)
"""For this much legal time a donor's yes holds; then the clearing house closes the dossier."""

NETWORKS = {"EOLE": "BOREA"}
"""A virtual operator's numbers live in the HLR of its network."""

ENDED_BY_ANOTHER = frozenset({"ported", "expired"})
"""Ends of kinds of their own, of which an order is cancelled."""

_MOVING = ("port_in", "port_out", "termination")

UNDONE = {"sim_reserved": "sim_released", "subscription_prepared": "subscription_cancelled"}


async def breaches(relais: LivingRelais, order_ids: Sequence[str], *, barred_within: timedelta = AT_ONCE) -> list[str]:
    """Everything that does not hold for these orders, all of which have ended: ports in and out, SIM replacements, line
    services, terminations and settlements. A SIM in wrong hands was barred `barred_within` so much real time.
    """
    log = await relais.effects()
    orders = {order_id: await relais.order(order_id) for order_id in order_ids}
    ports = {order_id: relais.ported[order_id] for order_id in order_ids if order_id in relais.ported}
    sims = {i: SimLog(log, i, relais.replaced[i]) for i in order_ids if i in relais.replaced}
    ends = {i: EndLog(log, i, relais.leaving[i]) for i in order_ids if i in relais.leaving}
    outs = {i: OutLog(log, i, relais.departing[i]) for i in order_ids if i in relais.departing}
    ours = {sim.asked.line.msisdn: sim.asked.line for sim in sims.values()}
    over: dict[str, OutLog | EndLog] = {**outs, **ends}
    ours |= {each.asked.line.msisdn: each.asked.line for each in over.values()}
    gone = {over[i].asked.line.msisdn for i in over if orders[i]["state"] == "completed"}
    ours = {msisdn: line for msisdn, line in ours.items() if msisdn not in gone}
    may_be_off = relais.barred | {sim.asked.line.msisdn for sim in sims.values() if sim.asked.reason in BARS}
    found = [*windows(log, [*ports.values(), *ours.values()], may_be_off), *twice(log), *unended(orders.values())]
    for order_id, line in ports.items():
        found += pivot(log, orders[order_id], line)
    for order_id, sim in sims.items():
        unbarred = sim.asked.line.msisdn in relais.barred
        found += sim.breaches(orders[order_id]["state"], barred_within=barred_within, unbarred=unbarred)
    for order_id, end in ends.items():
        found += end.breaches(orders[order_id], await orders_of(relais, end.asked.line.msisdn))
    for order_id, out in outs.items():
        found += out.breaches(orders[order_id])
    if ends or outs:
        found += await unmatched(relais)
    return [*found, *await unsettled(relais, orders, ports, sims, ends)]


async def orders_of(relais: LivingRelais, msisdn: str) -> list[dict[str, Any]]:
    """All orders of a number, those of earlier lives too."""
    answer = await relais.api.get("/v1/orders", params={"msisdn": msisdn, "former": "true", "limit": "100"})
    assert answer.status_code == 200, answer.text
    return [await relais.order(item["order_id"]) for item in answer.json()["items"]]


def windows(log: Sequence[Effect], lines: Iterable[Line], may_be_off: Container[str] = ()) -> list[str]:
    """I1, I2: somebody serves each number at every instant, on one SIM of his network, or a window is open that closes
    in time. `may_be_off`: numbers whose SIM is barred, which is no window as long as it carries the number.
    """
    return [breach for line in lines for breach in _Service(line, barring=line.msisdn in may_be_off).watch(log)]


class _Service:
    """One number through the effect log: who serves it, and which SIMs carry it."""

    def __init__(self, line: Line, *, barring: bool) -> None:
        self._line = line
        self._barring = barring
        self._server = line.operator
        self._carriers = {(NETWORKS.get(line.operator, line.operator), line.imsi)}
        self._off: set[tuple[str, str]] = set()  # (imsi, service) switched off
        self._down_since: datetime | None = None
        self._shared_since: datetime | None = None

    def watch(self, log: Sequence[Effect]) -> list[str]:
        number, found = self._line.msisdn, []
        for effect in log:
            if not self._follow(effect):
                continue
            network = NETWORKS.get(self._server, self._server)
            here = [imsi for operator, imsi in self._carriers if operator == network]
            if len(here) > 1:
                found.append(f"{number}: {len(here)} SIMs at {network} after effect {effect.n}")
            serving = any(self._barring or {(imsi, "cs"), (imsi, "ps")} - self._off for imsi in here)
            self._down_since = self._window(self._down_since, not serving, effect, "without service", found)
            shared = len({operator for operator, _ in self._carriers}) > 1
            self._shared_since = self._window(self._shared_since, shared, effect, "on two networks", found)
        if self._down_since:
            found.append(f"{number}: without service at the end")
        if self._shared_since:
            found.append(f"{number}: on two networks at the end")
        return found

    def _follow(self, effect: Effect) -> bool:
        detail = effect.detail
        if effect.effect in ("service_disabled", "service_enabled"):
            service = (detail["imsi"], detail["service"])
            (self._off.add if effect.effect == "service_disabled" else self._off.discard)(service)
        if effect.msisdn != self._line.msisdn:
            return False
        if effect.effect == "reference_changed":
            self._server = detail["operator"]
        elif effect.effect == "msisdn_set":
            self._carriers.add((detail["operator"], detail["imsi"]))
        elif effect.effect in ("msisdn_cleared", "subscriber_deleted"):
            self._carriers.discard((detail["operator"], detail["imsi"]))
        return True

    def _window(
        self, since: datetime | None, is_open: bool, effect: Effect, what: str, found: list[str]
    ) -> datetime | None:
        if is_open:
            return since or effect.real_at
        if since and effect.real_at - since > LONGEST_WINDOW:
            found.append(f"{self._line.msisdn}: {effect.real_at - since} {what}")
        return None


def twice(log: Sequence[Effect]) -> list[str]:
    """I5: no key, no order's step and no message of a dossier has two effects."""
    # The SM-DP+ has no idempotency: an order whose reply was lost is taken back there and placed anew.
    keyed = Counter((e.party, e.effect, e.key, e.msisdn) for e in log if e.key and e.party != "smdp")
    profiles = _twice_ordered(log)
    steps = Counter(
        (e.effect, e.order, e.detail.get("iccid") if e.effect == "sim_retired" else None)
        for e in log
        if e.party in ("care", "logistics", "equipment") and e.order and e.key
    )
    dossiers = Counter(
        (e.effect, e.detail["dossierid"]) for e in log if e.effect in ("porting_requested", "porting_performed")
    )
    messages = Counter(
        (e.detail["reference"], e.detail["kind"], e.detail["channel"]) for e in log if e.effect == "message_sent"
    )
    moved = [e for e in log if e.party == "hlr" and e.msisdn]
    puts = Counter((e.detail["imsi"], e.msisdn) for e in moved if e.effect == "msisdn_set")
    taken = Counter((e.detail["imsi"], e.msisdn) for e in moved if e.effect == "msisdn_cleared")
    found = [
        f"{what} {times} times"
        for counter in (keyed, steps, dossiers, messages)
        for what, times in counter.items()
        if times > 1
    ]
    return [
        *found,
        *profiles,
        *(f"{sim} put on {times} times" for sim, times in puts.items() if times > 1 + taken[sim]),
    ]


def _twice_ordered(log: Iterable[Effect]) -> list[str]:
    """No profile is ordered again before its last order was taken back."""
    found, open_orders = [], set()
    for effect in log:
        if effect.effect == "profile_ordered":
            if effect.detail["iccid"] in open_orders:
                found.append(f"profile {effect.detail['iccid']} ordered twice")
            open_orders.add(effect.detail["iccid"])
        elif effect.effect == "profile_cancelled":
            open_orders.discard(effect.detail["iccid"])
    return found


def unended(orders: Iterable[Mapping[str, Any]]) -> list[str]:
    """I4 for orders that should have ended; and none has an altered journal."""
    found = []
    for order in orders:
        if order["state"] not in FINAL:
            found.append(f"{order['order_id']} is {order['state']}/{order['stage']}")
        if order["journal_intact"] is not True:
            found.append(f"{order['order_id']}: its journal was altered")
    return found


def pivot(log: Sequence[Effect], order: Mapping[str, Any], line: Line) -> list[str]:
    """I7: a completed order undid nothing that its end needs, an undone one left nothing behind."""
    order_id, done = order["order_id"], order["state"] == "completed"
    own = [effect for effect in log if effect.order == order_id]
    happened = Counter(effect.effect for effect in own)
    found = []
    if done:
        found += [f"{order_id} completed without {effect}" for effect in _NEEDED if happened[effect] != 1]
        found += [f"{order_id} completed after {effect}" for effect in _NEVER if happened[effect]]
        return found
    found += [f"{order_id} {order['state']} with {effect}" for effect in _NEEDED[1:] if happened[effect]]
    found += [
        f"{order_id}: {happened[did]} {did}, {happened[undid]} {undid}"
        for did, undid in UNDONE.items()
        if happened[did] != happened[undid]
    ]
    for effect in own:
        if effect.effect == "porting_requested" and not _closed(log, effect.detail["dossierid"]):
            found.append(f"{order_id}: its dossier is still open")
    cards = {effect.detail["imsi"] for effect in own if effect.effect == "sim_reserved"}
    kept = Counter(
        effect.detail["imsi"]
        for effect in log
        if effect.effect == "subscriber_created" and effect.detail["imsi"] in cards
    )
    kept.subtract(
        effect.detail["imsi"]
        for effect in log
        if effect.effect == "subscriber_deleted" and effect.detail["imsi"] in cards
    )
    return found + [f"{order_id}: its SIM is still in the HLR" for left in kept.values() if left]


_NEEDED = ("porting_requested", "porting_performed", "reference_changed", "contract_activated")
_NEVER = ("sim_released", "subscription_cancelled", "porting_cancelled")


def _closed(log: Iterable[Effect], dossier: str) -> bool:
    """The dossier was cancelled or refused, or its agreement has run out."""
    log = list(log)
    words = [effect for effect in log if effect.detail.get("dossierid") == dossier and effect.party == "clearing_house"]
    return any(
        word.effect == "porting_cancelled"
        or "blockingcode" in word.detail
        or word.detail.get("errorcode") == "DOSSIER_EXPIRED"
        or (word.effect == "porting_answered" and log[-1].at - word.at >= AGREEMENT)
        for word in words
    )


def told(order: Mapping[str, Any], messages: Iterable[Mapping[str, Any]]) -> list[str]:
    """I11: the customer heard how it ended, once on each channel."""
    begins = MESSAGES[order["order_id"][:2]]
    final = FINAL | ENDED_BY_ANOTHER
    ends = Counter((m["kind"], m["channel"]) for m in messages if m["kind"].removeprefix(begins) in final)
    expected = {order["state"]} | (ENDED_BY_ANOTHER if order["state"] == "cancelled" else set())
    kinds = {kind.removeprefix(begins) for kind, _ in ends}
    right = len(kinds) == 1 and kinds <= expected and set(ends.values()) == {1}
    return [] if right else [f"{order['state']}, but told {sorted(ends.elements())}"]


async def unsettled(
    relais: LivingRelais,
    orders: Mapping[str, Mapping[str, Any]],
    ports: Mapping[str, Line],
    sims: Mapping[str, SimLog],
    ends: Mapping[str, EndLog],
) -> list[str]:
    """I8, I11: within a minute of quiet everybody names one operator and one SIM, and the customer heard it once."""
    deadline = time.monotonic() + QUIET_S
    left = {
        order_id: order
        for order_id, order in orders.items()
        if order_id in ports or order_id in sims or order["kind"] in ("termination", "settlement", "port_out")
    }
    while True:
        found: dict[str, list[str]] = {}
        for order_id, order in left.items():
            found[order_id] = told(order, await relais.messages(order_id))
            if order_id in sims:
                found[order_id] += await sim_unsettled(relais, order, sims[order_id])
                continue
            if order_id in ends and order["state"] == "completed":
                found[order_id] += await end_unsettled(relais, order, ends[order_id])
                continue
            if order["kind"] == "port_out" and _moved_last(relais, orders, order_id):
                found[order_id] += await out_unsettled(relais, order, relais.departing[order_id])
            if order_id not in ports:
                continue
            line = ports[order_id]
            expected = HOME if order["state"] == "completed" else line.operator
            found[order_id] += who_serves(await relais.number(line.msisdn), expected)
        left = {order_id: order for order_id, order in left.items() if found[order_id]}
        if not left or time.monotonic() > deadline:
            return [f"{order_id}: {breach}" for order_id in left for breach in found[order_id]]
        await asyncio.sleep(0.5)


def _moved_last(relais: LivingRelais, orders: Mapping[str, Mapping[str, Any]], order_id: str) -> bool:
    """What the number's state says is this port out's doing: no other of these orders moved it, or not after it."""
    number, done = relais.departing[order_id].line.msisdn, orders[order_id]["state"] == "completed"
    moved = [
        other
        for other, order in orders.items()
        if order["msisdn"] == number and order["state"] == "completed" and order["kind"] in _MOVING
    ]
    return order_id == max(moved, key=_age) if done else not moved


def _age(order_id: str) -> str:
    return order_id.partition("-")[2]


def who_serves(number: Mapping[str, Any], operator: str) -> list[str]:
    """What contradicts that `operator` serves the number on one SIM."""
    network = NETWORKS.get(operator, operator)
    found = []
    if number["reference"]["operator"] != operator:
        found.append(f"the reference database says {number['reference']['operator']}, not {operator}")
    found += [f"{table} routes to {to}, not {network}" for table, to in number["routing"].items() if to != network]
    carried = [entry["operator"] for entry in number["hlr"] if not entry["barred"]]
    if carried != [network]:
        found.append(f"carried by {carried}, not by one SIM of {network}")
    return found
