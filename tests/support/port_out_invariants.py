"""What must hold of a number that an engine has let go: by the effect log, each port once, from whichever side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.living_relais import Effect


def ended_once(log: Sequence[Effect], orders: Sequence[Mapping[str, Any]], home: str) -> list[str]:
    """I5, I7: each completed port out has ended one contract and asked for one last invoice; nothing else has ended a
    contract as ported out.
    """
    done = [str(order["order_id"]) for order in orders if order["state"] == "completed"]
    ended = Counter(
        e.root
        for e in log
        if e.effect == "contract_ended" and e.detail["operator"] == home and e.detail["reason"] == "ported_out"
    )
    invoices = Counter(e.root for e in log if e.effect == "final_invoice_requested" and e.detail["operator"] == home)
    found = [f"{order_id} has ended {ended[order_id]} contracts" for order_id in done if ended[order_id] != 1]
    found += [f"{order_id} has ended a contract" for order_id in ended if order_id not in done]
    return [*found, *(f"{root} asked for {times} last invoices" for root, times in invoices.items() if times != 1)]


def servers(log: Sequence[Effect], msisdn: str) -> list[str]:
    """Who served a number, one after the other, from its first change on."""
    return [e.detail["operator"] for e in log if e.effect == "reference_changed" and e.msisdn == msisdn]


def rerouted(log: Sequence[Effect], msisdn: str) -> list[str]:
    """I8: each table of an engine or robot that had to follow a port did so once for it."""
    moves = Counter(
        (e.party, e.detail["dossier_id"]) for e in log if e.effect == "routing_changed" and e.msisdn == msisdn
    )
    return [f"{table} followed {dossier} {times} times" for (table, dossier), times in moves.items() if times > 1]
