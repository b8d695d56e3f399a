"""When a robot gets to a delivery, and what faults of its operator do to that."""

import pytest

from simulator.clearing_house.mailboxes import Delivery
from simulator.robots.delivery_delays import DeliveryDelays
from simulator.world.faults import Faults
from tests.support.clearing_house_world import open_town

HOUR = 3600.0
REQUEST = Delivery(1, "CIRUS", "portingrequest", "")
BROADCAST = Delivery(2, "BOREA", "portingperformed", "")


@pytest.fixture
def faults(tmp_path) -> Faults:
    return Faults(open_town(tmp_path).store)


def test_a_broadcast_is_acted_on_at_once_and_a_request_after_the_usual_delay(faults: Faults):
    delays = DeliveryDelays(faults, HOUR)
    assert delays.due([REQUEST, BROADCAST]) == [BROADCAST]
    next_due = delays.next_due()
    assert next_due is not None
    assert HOUR - 10 < next_due <= HOUR
    assert delays.due([REQUEST]) == []


def test_a_delivery_that_no_longer_waits_is_not_waited_for(faults: Faults):
    delays = DeliveryDelays(faults, HOUR)
    delays.due([REQUEST])
    delays.due([])
    assert delays.next_due() is None


def test_latency_delays_a_delivery_once(faults: Faults):
    faults.put("BOREA", "latency", delay_s=HOUR, count=1)
    delays = DeliveryDelays(faults, 0.0)
    assert delays.due([REQUEST, BROADCAST]) == [REQUEST]
    assert faults.items() == []
    assert delays.due([BROADCAST]) == []


def test_a_failing_operator_is_tried_again(faults: Faults):
    faults.put("BOREA", "503", count=1)
    delays = DeliveryDelays(faults, 0.0)
    assert delays.due([BROADCAST]) == []
    next_due = delays.next_due()
    assert next_due is not None
    assert 0 < next_due <= 1


def test_a_fault_aimed_at_another_call_leaves_the_desk_alone(faults: Faults):
    faults.put("BOREA", "hang", call="route")
    assert DeliveryDelays(faults, 0.0).due([BROADCAST]) == [BROADCAST]
