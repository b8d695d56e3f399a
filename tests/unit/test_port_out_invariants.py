"""The checks of two engines see what they are there for."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.support.living_relais import Effect
from tests.support.port_out_invariants import ended_once, rerouted

NUMBER = "+33639980001"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
COMPLETED = [{"order_id": "po-1", "state": "completed"}]
_NUMBERS = count(1)


def effect(name: str, party: str = "care", **detail: Any) -> Effect:
    return Effect(next(_NUMBERS), NOW, NOW, party, name, None, NUMBER, detail)


def ended(order_id: str) -> Effect:
    return effect("contract_ended", operator="ALIZE", reason="ported_out", reference=order_id)


def invoiced(order_id: str) -> Effect:
    return effect("final_invoice_requested", operator="ALIZE", reference=order_id)


def routed(dossier: str) -> Effect:
    return effect("routing_changed", "ALIZE", operator="BOREA", dossier_id=dossier)


def test_one_end_and_one_invoice_of_each_port_out_are_no_breach():
    assert ended_once([ended("po-1"), invoiced("po-1")], COMPLETED, "ALIZE") == []


def test_a_contract_that_did_not_end_ended_twice_or_without_a_port_is_seen():
    assert len(ended_once([], COMPLETED, "ALIZE")) == 1
    assert len(ended_once([ended("po-1"), ended("po-1")], COMPLETED, "ALIZE")) == 1
    assert len(ended_once([ended("po-1"), ended("po-2")], COMPLETED, "ALIZE")) == 1
    assert len(ended_once([ended("po-1"), invoiced("po-1"), invoiced("po-1")], COMPLETED, "ALIZE")) == 1


def test_a_table_that_followed_one_port_twice_is_seen():
    assert rerouted([routed("BOREA-1"), routed("BOREA-2")], NUMBER) == []
    assert len(rerouted([routed("BOREA-1"), routed("BOREA-1")], NUMBER)) == 1
