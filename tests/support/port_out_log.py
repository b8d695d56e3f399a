"""What must always hold of one port out, read from the effect log; breaches in words as in `invariants.py`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.support.end_invariants import EndLog
from tests.support.living_relais import HOME, AskedEnd, AskedOut, Effect, LivingRelais

AT_ONCE = timedelta(seconds=60)
"""Real time from *porting performed* to our routing."""

LONGEST_WINDOW = timedelta(minutes=15)
_TOUCHING = frozenset({"hlr", "care", "logistics"})
_ENDING = ("contract_ended", "final_invoice_requested", "sim_retired")
_OFF = ("msisdn_cleared", "subscriber_deleted")
_HOLDER_STOPPED = frozenset({"30"})


class OutLog:
    """The effect log as it concerns one port out."""

    def __init__(self, log: Sequence[Effect], order_id: str, asked: AskedOut) -> None:
        self.order_id = order_id
        self.asked = asked
        self.log = log
        self.own = [effect for effect in log if effect.root == order_id]
        self.dossier = [effect for effect in log if effect.detail.get("dossierid") == asked.dossier]
        self.performed = next((e for e in self.dossier if e.effect == "porting_performed"), None)

    def breaches(self, order: Mapping[str, Any]) -> list[str]:
        """Everything that does not hold."""
        found = self.told_before(order["state"])
        found += self.gone(order["outcome"]) if order["state"] == "completed" else self.untouched()
        return [f"{self.order_id} ({order['state']}): {breach}" for breach in found]

    def told_before(self, state: str) -> list[str]:
        """I9: the holder knew before the recipient had our yes, or our no in his own name. The code in the log is the
        first of the dossier's.
        """
        answers = [e for e in self.dossier if e.effect == "porting_answered"]
        if len(answers) > 1:
            return [f"{len(answers)} answers"]
        notices = [e for e in self.own if e.effect == "message_sent" and e.detail["kind"] == "port_out.requested"]
        told = notices and min(e.n for e in notices) < min((e.n for e in answers), default=0)
        owed = state != "rejected" or any(e.detail.get("blockingcode") in _HOLDER_STOPPED for e in answers)
        return ["our answer left before the holder was told"] if answers and owed and not told else []

    def untouched(self) -> list[str]:
        """I7: an order that let nothing go did nothing to the line."""
        return [f"{e.effect} (entry {e.n})" for e in self.own if e.party in _TOUCHING]

    def gone(self, outcome: Mapping[str, Any]) -> list[str]:
        """I1, I3, I5, I7: after *performed* and not before, each thing once, as of the port's instant."""
        if self.performed is None:
            return ["no port was performed"]
        found = [f"{e.effect} before the port" for e in self.own if e.party in _TOUCHING and e.n < self.performed.n]
        happened = Counter(effect.effect for effect in self.own)
        times = 1 if "contract_id" in outcome else 0
        found += [f"{happened[effect]} {effect}" for effect in _ENDING if happened[effect] != times]
        for effect in self.own:
            if effect.effect == "contract_ended":
                found += self._ended_wrong(effect, datetime.fromisoformat(outcome["performed_at"]))
        return [*found, *self._routed(), *self._down(), *self._charged(outcome)]

    def _ended_wrong(self, ended: Effect, performed_at: datetime) -> list[str]:
        said = ended.detail["reason"], datetime.fromisoformat(ended.detail["effective_at"])
        return [] if said == ("ported_out", performed_at) else [f"the contract ended as {said}"]

    def _routed(self) -> list[str]:
        assert self.performed is not None
        moves = [
            e
            for e in self.log
            if (e.party, e.effect, e.msisdn) == (HOME, "routing_changed", self.asked.line.msisdn)
            and e.detail["dossier_id"] == self.asked.dossier
        ]
        if [e.detail["operator"] for e in moves] != [self.asked.recipient]:
            return [f"our routing followed {len(moves)} times"]
        late = moves[0].real_at - self.performed.real_at
        return [f"our routing followed after {late}"] if late > AT_ONCE else []

    def _down(self) -> list[str]:
        """Whatever SIM of ours carried the number then is off it in time; what brings it back is another story."""
        assert self.performed is not None
        carriers, since = {self.asked.line.imsi}, self.performed
        for effect in self.log:
            if effect.party != "hlr" or effect.detail["operator"] != HOME:
                continue
            ours = effect.msisdn == self.asked.line.msisdn or effect.detail["imsi"] in carriers
            if ours and effect.effect == "msisdn_set":
                carriers.add(effect.detail["imsi"])
            elif ours and effect.effect in _OFF:
                carriers.discard(effect.detail["imsi"])
            if ours and effect.n > since.n and not carriers:
                took = effect.real_at - since.real_at
                return [f"on a SIM of ours for {took} after the port"] if took > LONGEST_WINDOW else []
        return [f"still on {len(carriers)} SIMs of ours"] if carriers else []

    def _charged(self, outcome: Mapping[str, Any]) -> list[str]:
        """Once the last invoice is there: no more than the fee that was told, nothing for the days after the port."""
        assert self.performed is not None
        end = EndLog(self.log, self.order_id, AskedEnd(self.asked.line, self.performed.real_at))
        if not any(effect.effect == "invoice_issued" for effect in end.money):
            return []
        return end.charged(Decimal(outcome["fee"]), datetime.fromisoformat(outcome["performed_at"]))


async def out_unsettled(relais: LivingRelais, order: Mapping[str, Any], asked: AskedOut) -> list[str]:
    """I8, where nothing has moved the number since: it is the recipient's for everybody, or still ours."""
    number = await relais.number(asked.line.msisdn)
    done = order["state"] == "completed"
    server = asked.recipient if done else HOME
    found = [] if number["reference"]["operator"] == server else [f"{number['reference']['operator']} serves it"]
    found += [f"{table} routes to {to}" for table, to in number["routing"].items() if to != server]
    carried = [sim["operator"] for sim in number["hlr"] if sim["operator"] == HOME]
    return found if len(carried) == (0 if done else 1) else [*found, f"on {len(carried)} SIMs of ours"]
