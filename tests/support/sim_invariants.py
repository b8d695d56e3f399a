"""What must always hold of SIM replacements, read from the effect log; breaches in words as in `invariants.py`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tests.support.living_relais import HOME, AskedSim, Effect, Line, LivingRelais
from tests.support.living_sims import at_care

BARS = frozenset({"lost", "stolen", "fraud"})
"""Reasons for which the old SIM goes out of service at once."""

AT_ONCE = timedelta(seconds=3)
"""Real time from the acceptance, or from the right code, to the barring of the old SIM."""

NOTICE = "sim_replacement.notice"
_TOUCHING = frozenset({"hlr", "care", "logistics", "smdp"})
_AFTER_THE_MOVE = ("sim_changed", "fee_billed")


class SimLog:
    """The effect log as it concerns one SIM replacement."""

    def __init__(self, log: Sequence[Effect], order_id: str, asked: AskedSim) -> None:
        self.order_id = order_id
        self.asked = asked
        self.own = [effect for effect in log if effect.root == order_id]
        self.reserved = [effect for effect in self.own if effect.effect == "sim_reserved"]
        self.cards = {effect.detail["iccid"]: effect.detail["imsi"] for effect in self.reserved}
        self.profiles = [effect for effect in self.own if effect.party == "smdp"]
        at_hlr = [effect for effect in log if effect.party == "hlr" and effect.detail["operator"] == HOME]
        self.new = [effect for effect in at_hlr if self._is_on_mine(effect)]
        self.old = [effect for effect in at_hlr if effect.detail["imsi"] == asked.line.imsi]

    def breaches(self, state: str, *, barred_within: timedelta = AT_ONCE, unbarred: bool = False) -> list[str]:
        """Everything that does not hold for an order that ended in `state`."""
        found = [*self.consent(), *self.notice(), *self.barring(barred_within, unbarred)]
        found += self.moved() if state == "completed" else self.undone()
        return [f"{self.order_id} ({self.asked.reason}, {state}): {breach}" for breach in found]

    def consent(self) -> list[str]:
        """I9: nothing at any party before the person has shown who he is."""
        accepted_at, proven_at = self.asked.accepted_at, self.asked.proven_at
        if proven_at == accepted_at:
            return []  # with the request itself
        on_the_line = [effect for effect in self.old if effect.real_at > accepted_at]
        touched = [*self.own, *self.new, *self.profiles, *on_the_line]
        early = [e for e in touched if e.party in _TOUCHING and (proven_at is None or e.real_at < proven_at)]
        return [f"{e.effect} (entry {e.n}) before he has shown who he is" for e in early]

    def notice(self) -> list[str]:
        """I9: the old channel was told before the number left the old SIM."""
        moves = [effect.n for effect in self.old if effect.effect == "msisdn_cleared"] if self.has_moved else []
        told = [e.n for e in self.own if e.effect == "message_sent" and e.detail["kind"] == NOTICE]
        if moves and (not told or min(told) > min(moves)):
            return ["the number moved before the old channel was told"]
        return []

    def barring(self, within: timedelta, unbarred: bool) -> list[str]:
        """A SIM in wrong hands is out of service at once, and never in service again unless its holder lifts it."""
        proven_at = self.asked.proven_at
        if self.asked.reason not in BARS or proven_at is None:
            return []
        off = {effect.detail["service"]: effect for effect in self.old if effect.effect == "service_disabled"}
        if set(off) != {"cs", "ps"}:
            return [f"the old SIM was barred in {sorted(off)} only"]
        found = []
        took = max(effect.real_at for effect in off.values()) - proven_at
        if took > within:
            found.append(f"the old SIM was barred after {took}")
        first = min(effect.n for effect in off.values())
        again = [e for e in self.old if e.effect in ("service_enabled", "msisdn_set") and e.n > first]
        if again and not unbarred:
            found.append(f"the old SIM came to life again: {again[0].effect}")
        return found

    def moved(self) -> list[str]:
        """A completed order did each thing once and undid nothing that its end needs."""
        happened = Counter(effect.effect for effect in self.own)
        found = []
        if happened["sim_changed"] != 1:
            found.append(f"{happened['sim_changed']} sim_changed")
        if happened["fee_billed"] > 1:
            found.append(f"{happened['fee_billed']} fees")
        if sum(effect.effect == "msisdn_set" for effect in self.new) != 1:
            found.append("the number was not put on one new SIM once")
        if not self._gone(self.asked.line.iccid):
            found.append("the old SIM was not retired")
        *lost, kept = self.reserved
        found += [f"{card.detail['iccid']} was given up and is neither back nor retired" for card in lost
                  if not self._gone(card.detail["iccid"])]  # fmt: skip
        if self._gone(kept.detail["iccid"]):
            found.append("the SIM in use was given back")
        return found

    def undone(self) -> list[str]:
        """I7: an order that did not move the number left the world as it was, but for the barring."""
        happened = Counter(effect.effect for effect in self.own)
        found = [f"{effect} without a move" for effect in _AFTER_THE_MOVE if happened[effect]]
        found += [f"{effect.effect} on its new SIM" for effect in self.new if effect.effect == "msisdn_set"]
        found += [f"{iccid} is still reserved" for iccid in self.cards if not self._gone(iccid)]
        if self._gone(self.asked.line.iccid):
            found.append("the old SIM was retired")
        kept = Counter(e.detail["imsi"] for e in self.new if e.effect == "subscriber_created")
        kept.subtract(e.detail["imsi"] for e in self.new if e.effect == "subscriber_deleted")
        found += ["its new SIM is still in the HLR" for left in kept.values() if left]
        ordered = Counter(e.detail["iccid"] for e in self.profiles if e.effect == "profile_ordered")
        ordered.subtract(e.detail["iccid"] for e in self.profiles if e.effect == "profile_cancelled")
        return found + [f"profile {iccid} is still ordered" for iccid, left in ordered.items() if left > 0]

    @property
    def has_moved(self) -> bool:
        return any(effect.effect == "msisdn_set" for effect in self.new)

    def _is_on_mine(self, effect: Effect) -> bool:
        """About a SIM between its reservation and its return: afterwards another order may have got it."""
        taken = [e.n for e in self.reserved if e.detail["imsi"] == effect.detail["imsi"] and e.n < effect.n]
        back = [e.n for e in self.own if e.effect == "sim_released" and e.detail["imsi"] == effect.detail["imsi"]]
        return bool(taken) and effect.n < min(back, default=effect.n + 1)

    def _gone(self, iccid: str) -> bool:
        """Given back or retired by this order."""
        away = ("sim_released", "sim_retired")
        return any(effect.effect in away and effect.detail["iccid"] == iccid for effect in self.own)


async def sim_unsettled(relais: LivingRelais, order: Mapping[str, Any], log: SimLog) -> list[str]:
    """I1, I7: the HLR and customer care name the same one SIM, in service or barred as it should be."""
    line, found = log.asked.line, []
    done = order["state"] == "completed"
    number = await relais.number(line.msisdn)
    carried = [entry for entry in number["hlr"] if entry["operator"] == HOME]
    care = await at_care(relais, line)
    if number["reference"]["operator"] != HOME:  # ported away since: on no SIM of ours
        return [f"{log.order_id}: carried by {len(carried)} SIMs of ours"] if carried else []
    if len(carried) != 1:
        return [f"{log.order_id}: carried by {len(carried)} SIMs"]
    (sim,) = carried
    expected = log.cards[log.reserved[-1].detail["iccid"]] if done else line.imsi
    if not done and _replaced_otherwise(relais, log.order_id, line):
        return []
    if (sim["imsi"], care["imsi"]) != (expected, expected):
        found.append(f"the HLR says {sim['imsi']}, care {care['imsi']}, not {expected}")
    barred = not done and log.asked.reason in BARS and log.asked.proven_at is not None
    if line.msisdn not in relais.barred and sim["barred"] != barred:
        found.append(f"barred is {sim['barred']}")
    held_by = (await relais.api.get(f"/v1/numbers/{line.msisdn}")).json()["held_by"]
    if held_by is not None and held_by["order_id"] == log.order_id:
        found.append("it still holds the line")
    return [f"{log.order_id}: {breach}" for breach in found]


def _replaced_otherwise(relais: LivingRelais, order_id: str, line: Line) -> bool:
    """Another order of this run has the line; that one is asked."""
    return any(asked.line == line for other, asked in relais.replaced.items() if other != order_id)


def never_moved(log: Iterable[Effect], line: Line, since: int) -> list[str]:
    """I9: after entry `since` a locked line stays on its SIM."""
    return [
        f"{effect.effect} on a locked line (entry {effect.n})"
        for effect in log
        if effect.n > since and effect.msisdn == line.msisdn and effect.effect in ("msisdn_cleared", "msisdn_set")
    ]
