"""What becomes of a card that is sent by post, change by change."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulator.home import routes, shipments
from simulator.phones import behaviours
from simulator.phones.behaviours import CustomerBehaviour
from simulator.settings import Settings
from simulator.world.build import build_world
from simulator.world.world import World

REFERENCE, NUMBER = "ORD-1", "+33639980001"
SUNDAY = 6


@dataclass
class Post:
    """A world with one card on its way, which goes on when the test says so."""

    world: World

    def send(self, **behaviour: object) -> dict[str, object]:
        behaviours.put(self.world.store, NUMBER, CustomerBehaviour.model_validate(behaviour))
        self.world.store.execute(
            "INSERT INTO sims (operator, reference, state, iccid, imsi) VALUES ('ALIZE', ?, 'reserved', '', '')",
            (REFERENCE,),
        )
        return shipments.order(self.world, "ALIZE", REFERENCE, NUMBER)

    @property
    def card(self) -> dict[str, str]:
        row = shipments.find(self.world, "ALIZE", REFERENCE)
        assert row is not None
        return row

    def go_on(self, times: int = 1) -> dict[str, str]:
        for _ in range(times):
            shipments.advance(self.world, self.card)
        return self.card

    def told(self) -> list[dict[str, str]]:
        rows = self.world.store.execute("SELECT body FROM callback ORDER BY id")
        return [json.loads(row["body"]) for row in rows]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    settings = Settings(state_dir=tmp_path)
    settings.world_file.parent.mkdir()
    build_world(settings.world_file, seed=1, subscribers=0, pace=1.0)
    world = World(settings)
    routes.prepare(world)
    world.store.declare(behaviours.SCHEMA)
    yield Post(world)
    world.close()


def between(earlier: str, later: str) -> timedelta:
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)


def test_a_card_leaves_after_two_hours_comes_at_eleven_on_a_working_day_and_is_inserted_half_an_hour_later(post):
    ordered = post.send()
    expected = datetime.fromisoformat(str(ordered["expected_at"])).astimezone(ZoneInfo("Europe/Paris"))
    assert expected.strftime("%H:%M:%S") == "11:00:00"
    assert expected.weekday() != SUNDAY
    states = [ordered, *(post.go_on() for _ in range(3))]
    assert [one["state"] for one in states] == ["preparing", "shipped", "delivered", "inserted"]
    assert between(states[0]["at"], states[1]["at"]) == timedelta(hours=2)
    assert states[2]["at"] == ordered["expected_at"]
    assert between(states[2]["at"], states[3]["at"]) == timedelta(minutes=30)
    assert states[3]["due"] is None


def test_every_change_is_told_and_an_effect(post):
    tracking = post.send()["tracking"]
    post.go_on(3)
    told = post.told()
    assert [one["state"] for one in told] == ["shipped", "delivered", "inserted"]
    assert {(one["reference"], one["tracking"]) for one in told} == {(REFERENCE, tracking)}
    assert len({one["event_id"] for one in told}) == 3
    assert told[-1]["at"] == post.card["at"]
    assert [effect["effect"] for effect in post.world.effects.after(0, 10)] == ["sim_shipment_changed"] * 3


@pytest.mark.parametrize(("state", "days"), [("lost", 2), ("returned", 7)])
def test_a_card_that_never_comes_is_known_only_days_after_it_was_due(post, state, days):
    ordered = post.send(post=state)
    card = post.go_on(2)
    assert (card["state"], card["due"]) == (state, None)
    assert between(str(ordered["expected_at"]), card["at"]) == timedelta(days=days)


def test_a_customer_may_leave_the_card_in_its_envelope(post):
    post.send(inserts=False)
    card = post.go_on(2)
    assert (card["state"], card["due"]) == ("delivered", None)


def test_a_card_that_was_voided_on_its_way_is_delivered_and_never_inserted(post):
    post.send()
    post.go_on()
    assert not shipments.stop(post.world, "ALIZE", REFERENCE)
    post.world.store.execute("UPDATE sims SET state = 'released'")
    card = post.go_on(2)
    assert (card["state"], card["due"]) == ("delivered", None)
    assert [one["state"] for one in post.told()] == ["shipped", "delivered"]


def test_a_card_that_was_stopped_goes_nowhere(post):
    post.send()
    assert shipments.stop(post.world, "ALIZE", REFERENCE)
    assert (post.card["state"], post.card["due"], shipments.next_due(post.world)) == ("stopped", None, None)
