"""Faults: which call they strike, and how often."""

from pathlib import Path

import pytest

from simulator.store import Store
from simulator.world.build import build_world
from simulator.world.faults import Faults


@pytest.fixture
def store(tmp_path: Path) -> Store:
    file = tmp_path / "world.sqlite"
    build_world(file, seed=1, subscribers=0, pace=1.0)
    return Store(file)


def test_a_fault_strikes_every_call_of_its_party_and_no_other(store):
    faults = Faults(store)
    faults.put("care", "503")
    assert faults.take("care", "line") is not None
    assert faults.take("care", "prepare") is not None
    assert faults.take("logistics", "reserve") is None


def test_a_fault_of_one_call_leaves_the_others_alone(store):
    faults = Faults(store)
    faults.put("care", "503", call="activate")
    assert faults.take("care", "line") is None
    assert faults.take("care", "activate") is not None


def test_a_counted_fault_is_gone_after_that_many_times(store):
    faults = Faults(store)
    faults.put("care", "500", count=2)
    struck = [faults.take("care", "line") is not None for _ in range(4)]
    assert struck == [True, True, False, False]
    assert faults.items() == []
    assert Faults(store).items() == []


def test_each_call_takes_the_first_fault_that_matches(store):
    faults = Faults(store)
    faults.put("care", "500", call="line", count=1)
    faults.put("care", "hang")
    kinds = [fault.kind for _ in range(2) if (fault := faults.take("care", "line"))]
    assert kinds == ["500", "hang"]


def test_setting_the_same_kind_again_replaces_it(store):
    faults = Faults(store)
    faults.put("care", "latency", delay_s=1)
    faults.put("care", "latency", delay_s=2)
    assert [fault.delay for fault in faults.items()] == [2]


def test_a_rate_strikes_about_that_share_and_the_same_calls_for_the_same_seed(store):
    def strikes() -> list[bool]:
        faults = Faults(store)
        faults.put("care", "500", rate=0.25)
        return [faults.take("care", "line") is not None for _ in range(400)]

    first = strikes()
    assert 60 < sum(first) < 140
    assert strikes() == first


def test_a_rate_of_zero_never_strikes(store):
    faults = Faults(store)
    faults.put("care", "500", rate=0)
    assert all(faults.take("care", "line") is None for _ in range(100))


def test_only_the_kinds_asked_for_are_taken(store):
    faults = Faults(store)
    faults.put("clearing_house", "duplicate")
    faults.put("clearing_house", "503")
    taken = faults.take("clearing_house", "events", kinds={"503"})
    assert taken is not None
    assert taken.kind == "503"


def test_faults_survive_a_restart(store):
    Faults(store).put("hlr", "outage")
    assert Faults(store).outage("hlr")


def test_clearing_removes_all_and_tells_who_listens(store):
    faults = Faults(store)
    told: list[bool] = []
    faults.on_change(lambda: told.append(faults.any))
    faults.put("hlr", "outage")
    faults.clear()
    assert told == [True, False]


def test_a_call_is_known_by_method_and_whole_path(store):
    faults = Faults(store)
    faults.register_call("PUT", "/home/(?P<operator>[A-Z]+)/routing/[^/]+", "{operator}", "route")
    assert faults.call_of("PUT", "/home/DUNE/routing/+33639980001") == ("DUNE", "route")
    assert faults.call_of("GET", "/home/DUNE/routing/+33639980001") is None
    assert faults.call_of("PUT", "/home/DUNE/routing/+33639980001/more") is None
