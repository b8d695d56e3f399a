"""Mailboxes of the simulated clearing house: ids, confirmations, replays of a key, and what a restart leaves."""

from datetime import timedelta

import pytest

from simulator.clearing_house.wire_refusals import WireRefusal
from simulator.world.operators import OPERATORS
from tests.support.clearing_house_world import Town, acceptance, cancel, deactivation, open_town, performed, request

DOSSIER = "ALIZE-10001"


@pytest.fixture
def town(tmp_path):
    return open_town(tmp_path)


def port(town: Town, number: str, dossierid: str = DOSSIER) -> None:
    town.send("ALIZE", request(dossierid, "ALIZE", "CIRUS", number))
    town.send("CIRUS", acceptance(dossierid, "CIRUS", "ALIZE", number))
    town.send("ALIZE", performed(dossierid, "ALIZE", "CIRUS", number))


def test_ids_grow_over_all_mailboxes(town: Town):
    port(town, town.number_of("CIRUS"))
    ids = [delivery.id for code in OPERATORS for delivery in town.inbox(code)]
    assert sorted(ids) == list(range(1, len(ids) + 1))
    assert len(ids) == 7


def test_a_restart_keeps_everything_and_ids_grow_on(town: Town, tmp_path):
    number = town.number_of("CIRUS")
    port(town, number)
    town.house.confirm(OPERATORS["CIRUS"], town.inbox("CIRUS")[0].id)
    before = {code: town.inbox(code) for code in OPERATORS}
    newest = max(delivery.id for box in before.values() for delivery in box)
    town.store.close()
    again = open_town(tmp_path)
    assert {code: again.inbox(code) for code in OPERATORS} == before
    assert [delivery.type for delivery in again.house.mailboxes.waiting(["CIRUS"], 10)] == ["portingperformed"]
    assert (again.status(DOSSIER), again.serving(number)) == ("performed", "ALIZE")
    again.send("ALIZE", request("ALIZE-10002", "ALIZE", "CIRUS", again.number_of("CIRUS", 1)))
    assert again.inbox("CIRUS")[-1].id > newest


def test_the_same_key_returns_the_first_answer_and_does_nothing_else(town: Town):
    number = town.number_of("CIRUS")
    town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", number))
    town.send("CIRUS", acceptance(DOSSIER, "CIRUS", "ALIZE", number))
    first = town.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number), key="order:perform:1")
    effects = len(town.effects.after(0, 100))
    assert town.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number), key="order:perform:1") == first
    assert "errorfound" not in town.types("ALIZE")
    assert town.types("BOREA") == ["portingperformed"]
    assert len(town.effects.after(0, 100)) == effects


def test_a_second_performed_without_its_key_comes_back_as_an_error(town: Town):
    number = town.number_of("CIRUS")
    port(town, number)
    town.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number), key="order:perform:2")
    assert town.last_error("ALIZE") == "ALREADY_PERFORMED"


def test_a_key_belongs_to_its_sender(town: Town):
    first = town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", town.number_of("CIRUS")), key="1")
    second = town.send("DUNE", request("DUNE-10001", "DUNE", "CIRUS", town.number_of("CIRUS", 1)), key="1")
    assert first != second
    assert town.types("CIRUS") == ["portingrequest"] * 2


def test_a_key_is_remembered_across_a_restart(town: Town, tmp_path):
    number = town.number_of("CIRUS")
    first = town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", number), key="1")
    town.store.close()
    again = open_town(tmp_path)
    assert again.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", number), key="1") == first
    assert again.types("CIRUS") == ["portingrequest"]


def test_a_message_is_confirmed_by_its_own_receiver_and_as_often_as_he_likes(town: Town):
    town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", town.number_of("CIRUS")))
    delivery = town.inbox("CIRUS")[0].id
    assert not town.house.confirm(OPERATORS["DUNE"], delivery)
    assert len(town.house.mailboxes.waiting(["CIRUS"], 10)) == 1
    assert town.house.confirm(OPERATORS["CIRUS"], delivery)
    assert town.house.confirm(OPERATORS["CIRUS"], delivery)
    assert town.house.mailboxes.waiting(["CIRUS"], 10) == []
    assert not town.house.confirm(OPERATORS["CIRUS"], delivery + 1)


def test_a_confirmation_is_the_acknowledgement_that_the_registry_shows(town: Town):
    port(town, town.number_of("CIRUS"))
    town.house.confirm(OPERATORS["DUNE"], town.inbox("DUNE")[0].id)
    shown = town.registry.dossier(DOSSIER, OPERATORS["CIRUS"], town.clock.now)["acknowledgements"]
    assert {one["operator"] for one in shown if one["at"] is not None} == {"DUNE", "FJORD"}
    assert {"operator": "EOLE", "consumer": "relais-eole", "at": None} in shown


def test_the_first_confirmation_is_the_one_that_counts(town: Town):
    port(town, town.number_of("CIRUS"))
    for _ in range(2):
        town.house.confirm(OPERATORS["DUNE"], town.inbox("DUNE")[0].id)
        town.clock.now += timedelta(days=1)
    shown = town.registry.dossier(DOSSIER, OPERATORS["CIRUS"], town.clock.now)["acknowledgements"]
    assert {one["at"] for one in shown if one["operator"] == "DUNE"} == {"2026-11-23T09:00:00.000000Z"}


def test_the_registry_shows_a_dossier_to_its_parties_only(town: Town):
    number = town.number_of("CIRUS")
    town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", number))
    town.send("DUNE", cancel(DOSSIER, "DUNE", "CIRUS"))
    shown = town.registry.dossier(DOSSIER, OPERATORS["ALIZE"], town.clock.now)
    assert (shown["status"], shown["number"], shown["recipient"], shown["donor"]) == (
        "requested",
        number,
        "ALIZE",
        "CIRUS",
    )
    assert [one["type"] for one in shown["messages"]] == ["portingrequest"]
    with pytest.raises(WireRefusal) as refused:
        town.registry.dossier(DOSSIER, OPERATORS["DUNE"], town.clock.now)
    assert (refused.value.status, refused.value.code) == (403, 8000)


def test_the_registry_says_why_a_message_had_no_effect(town: Town):
    number = town.number_of("CIRUS")
    town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", number))
    town.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    newest = town.registry.dossier(DOSSIER, OPERATORS["ALIZE"], town.clock.now)["messages"][-1]
    assert (newest["type"], newest["errorcode"], newest["about"]) == ("errorfound", "NOT_ANSWERED", "portingperformed")


@pytest.mark.parametrize("form", ["0{}", "+33{}"])
def test_the_registry_takes_both_forms_of_a_number(town: Town, form: str):
    number = town.number_of("EOLE")
    shown = town.registry.number(form.format(number[1:]), town.clock.now)
    assert shown == {
        "number": number,
        "operator": "EOLE",
        "range_holder": "EOLE",
        "networkoperator": "BOREA",
        "serviceprovider": "EOLE",
        "open_dossier": False,
    }


def test_the_registry_says_since_when_a_number_is_where_it_is(town: Town):
    number = town.number_of("CIRUS")
    assert "changed_at" not in town.registry.number(number, town.clock.now)
    port(town, number)
    assert town.registry.number(number, town.clock.now)["changed_at"] == "2026-11-23T09:00:00.000000Z"
    town.send("ALIZE", deactivation("ALIZE-20001", "ALIZE", number))
    assert town.registry.number(number, town.clock.now)["operator"] == "CIRUS"


@pytest.mark.parametrize("text", ["0611111111", "hello", "", "٠٦٣٩٩٨٤٠٠٠"])
def test_a_number_of_no_range_is_not_in_the_registry(town: Town, text: str):
    with pytest.raises(WireRefusal) as refused:
        town.registry.number(text, town.clock.now)
    assert (refused.value.status, refused.value.code) == (404, 1010)
