"""Who serves a number, and the contracts of its lines."""

from pathlib import Path

import pytest

from simulator.numbers import national
from simulator.settings import Settings
from simulator.world.free_numbers import is_free, put_into_pool
from simulator.world.identifiers import rio_key
from simulator.world.ranges import range_holder
from simulator.world.subscriber_table import by_contract
from simulator.world.world import World

NUMBER = "+33639980001"
SIM = {"iccid": "8933420050000000001", "imsi": "208425000000000"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    World(Settings(state_dir=folder)).close()
    return folder / "simulator" / "world.sqlite"


@pytest.fixture
def world(template: Path, tmp_path: Path):
    settings = Settings(state_dir=tmp_path)
    settings.world_file.parent.mkdir()
    settings.world_file.write_bytes(template.read_bytes())
    world = World(settings)
    yield world
    world.close()


def effects(world: World) -> list[str]:
    return [effect["effect"] for effect in world.effects.after(0, 100)]


def test_a_number_is_its_range_holders_until_the_reference_says_otherwise(world):
    reference = world.numbers.reference(NUMBER)
    assert reference is not None
    assert (reference.operator, reference.range_holder) == ("ALIZE", "ALIZE")
    world.numbers.set_reference(NUMBER, "DUNE")
    changed = world.numbers.reference(NUMBER)
    assert changed is not None
    assert (changed.operator, changed.range_holder) == ("DUNE", "ALIZE")


def test_a_number_that_comes_back_has_another_contract_and_rio_and_care_shows_the_newest(world):
    first = world.subscribers.get(NUMBER, "ALIZE")
    assert first is not None
    assert first.as_json()["ended_at"] is None
    world.subscribers.end(NUMBER, "ALIZE", "ported_out")
    ended = world.subscribers.get(NUMBER, "ALIZE")
    assert ended is not None
    assert ended.rio == first.rio
    assert ended.as_json()["ended_at"] is not None
    added = world.subscribers.add(NUMBER, "ALIZE", holder_kind="consumer", holder_name="Zoé Martin", **SIM)
    newest = world.subscribers.get(NUMBER, "ALIZE")
    assert (newest, newest.state) == (added, "active")
    assert newest.rio != first.rio
    shown = world.subscribers.page(operator="ALIZE", state=None, limit=1000, after=0)
    assert [line.state for line in shown if line.msisdn == NUMBER][:1] == ["ended"]


def test_routing_tables_change_one_by_one_except_the_one_that_follows_the_reference(world):
    world.numbers.set_reference(NUMBER, "EOLE")
    assert world.numbers.routing("FJORD", NUMBER) == "BOREA"
    assert world.numbers.routing("CIRUS", NUMBER) == "ALIZE"
    world.numbers.set_routing("CIRUS", NUMBER, "EOLE")
    assert world.numbers.routing("CIRUS", NUMBER) == "BOREA"
    assert world.numbers.routing("DUNE", NUMBER) == "ALIZE"


def test_a_number_outside_the_plan_is_in_no_table(world):
    assert world.numbers.reference("+33612345678") is None
    assert not world.numbers.accepts("+33612345678")
    with pytest.raises(KeyError):
        world.numbers.routing("ALIZE", "+33612345678")


def test_a_line_ported_in_from_the_start_is_known_to_every_table(world):
    page = world.subscribers.page(operator="DUNE", state="active", limit=1000, after=0)
    ported = next(line for line in page if line.range_holder != "DUNE")
    reference = world.numbers.reference(ported.msisdn)
    assert reference is not None
    assert (reference.operator, reference.range_holder) == ("DUNE", range_holder(ported.msisdn))
    assert {world.numbers.routing(code, ported.msisdn) for code in ("ALIZE", "BOREA", "FJORD")} == {"DUNE"}


def test_an_ended_contract_is_still_shown_with_the_moment_of_its_end(world):
    before = world.clock.legal_now()
    assert world.subscribers.end(NUMBER, "ALIZE", "ported_out")
    line = world.subscribers.get(NUMBER, "ALIZE")
    assert line is not None
    assert line.state == "ended"
    assert line.ended_at is not None
    assert line.ended_at >= before
    assert effects(world) == ["contract_ended"]


def test_a_contract_ends_once(world):
    assert world.subscribers.end(NUMBER, "ALIZE", "ported_out")
    assert not world.subscribers.end(NUMBER, "ALIZE", "ported_out")
    assert not world.subscribers.end(NUMBER, "DUNE", "ported_out")
    assert effects(world) == ["contract_ended"]


def test_a_line_that_joins_gets_a_valid_rio_that_nobody_has(world):
    taken = {line.rio for line in world.subscribers.page(operator="BOREA", state=None, limit=5000, after=0)}
    line = world.subscribers.add(NUMBER, "BOREA", holder_kind="business", holder_name="Garage Roy SA", **SIM)
    assert line.rio[:3] == "B1E"
    assert line.rio[9:] == rio_key(line.rio[:9], national(NUMBER))
    assert line.rio not in taken
    assert world.subscribers.get(NUMBER, "BOREA") == line
    last = world.subscribers.page(operator="BOREA", state=None, limit=1, after=0, descending=True)
    assert last == [line]


def test_a_number_that_comes_back_has_a_new_rio_and_its_old_contract_has_ended(world):
    before = world.subscribers.get(NUMBER, "ALIZE")
    after = world.subscribers.add(NUMBER, "ALIZE", holder_kind="consumer", holder_name="Zoé Martin", **SIM)
    assert before is not None
    assert after.rio != before.rio
    assert effects(world) == ["contract_ended", "contract_activated"]
    states = world.store.execute("SELECT state FROM subscribers WHERE msisdn = ? ORDER BY id", (NUMBER,)).fetchall()
    assert [row["state"] for row in states] == ["ended", "active"]


def test_a_contract_is_found_by_its_id_whether_it_was_there_from_the_start_or_joined(world):
    old = world.subscribers.get(NUMBER, "ALIZE")
    new = world.subscribers.add(NUMBER, "ALIZE", holder_kind="consumer", holder_name="Zoé Martin", **SIM)
    assert old is not None
    assert world.subscribers.contract(new.contract.id) == new
    found = world.subscribers.contract(old.contract.id)
    assert found is not None
    assert (found.rio, found.state) == (old.rio, "ended")
    for unknown in ("ALIZE-9999999999", "ALIZE-N999999999", "NOBODY-0000000001", "", "N"):
        assert world.subscribers.contract(unknown) is None


def test_a_number_is_free_if_it_never_had_a_line_or_was_put_into_the_pool(world):
    assert is_free(world, "ALIZE", "+33639980850")
    assert not is_free(world, "BOREA", "+33639980850")
    assert not is_free(world, "ALIZE", NUMBER)
    world.subscribers.end(NUMBER, "ALIZE", "terminated")
    assert not is_free(world, "ALIZE", NUMBER)
    put_into_pool(world, "ALIZE", NUMBER)
    put_into_pool(world, "ALIZE", NUMBER)
    assert is_free(world, "ALIZE", NUMBER)
    assert effects(world) == ["contract_ended", "number_pooled"]
    world.numbers.set_reference(NUMBER, "DUNE")
    world.numbers.set_reference(NUMBER, "ALIZE")
    assert not is_free(world, "ALIZE", NUMBER)


def test_look_ups_use_an_index(world):
    lines = "SELECT * FROM subscribers WHERE"
    plans = {
        f"{lines} {by_contract('ALIZE-N000000001')[0].replace('?', chr(39) + 'x' + chr(39))}": "subscribers_joined",
        f"{lines} {by_contract('ALIZE-0000000001')[0].replace('?', '1')}": "PRIMARY KEY",
        f"{lines} msisdn = 'x' AND operator = 'y' ORDER BY id DESC LIMIT 1": "subscribers_by_msisdn",
        f"{lines} id BETWEEN 1 AND 9 ORDER BY id LIMIT 1": "PRIMARY KEY",
        f"{lines} id BETWEEN 1 AND 9 AND state = 'ended' ORDER BY id LIMIT 1": "subscribers_by_state",
        "SELECT * FROM hlr_alize WHERE msisdn = 'x'": "hlr_alize_msisdn",
        "SELECT * FROM hlr_alize WHERE imsi = 'x'": "hlr_alize_imsi",
    }
    for sql, expected in plans.items():
        plan = world.store.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        assert len(plan) == 1, sql
        assert expected in plan[0]["detail"], sql
