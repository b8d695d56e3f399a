"""Acceptance is one transaction: key, order, line, events, outbox."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select

from domain.orders import OrderState
from journal import IdempotencyKeyReused, Journal, LineHeld, schema
from tests.support.journal_kit import MSISDN, NOW, acceptance, entry, order_id, record, url_in
from tests.support.journal_racer import race

pytestmark = pytest.mark.usefixtures("database")

REPOSITORY = Path(__file__).parents[2]


def rows(folder: Path) -> dict[str, int]:
    with create_engine(url_in(folder)).begin() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in schema.metadata.tables.items()
        }


def test_an_accepted_order_is_there_with_its_events_its_line_and_the_start_of_its_workflow(journal: Journal, tmp_path):
    accepted = journal.orders.accept(acceptance())
    assert not accepted.replayed
    view = journal.orders.read(order_id(1))
    assert view is not None
    assert (view.msisdn, view.donor, view.recipient, view.accepted_at) == (MSISDN, "CIRUS", "ALIZE", NOW)
    assert view.status.state is OrderState.ACKNOWLEDGED
    assert [event.what for event in journal.orders.events(order_id(1))] == ["accepted"]
    held_by = journal.lines.read(MSISDN).held_by
    assert held_by is not None
    assert held_by.order_id == order_id(1)
    assert journal.outbox.awaits_start(order_id(1))
    assert rows(tmp_path)["outbox"] == 1


def test_the_same_request_again_gets_the_same_acceptance_whatever_happened_since(journal: Journal):
    first = journal.orders.accept(acceptance())
    record(journal, entry(1, "done", OrderState.COMPLETED, release_line=True))
    again = journal.orders.accept(acceptance(order_id=order_id(2)))
    assert again.replayed
    assert again.model_copy(update={"replayed": False}) == first
    assert journal.orders.find_acceptance("key-1", "body-1") == again


def test_a_key_that_was_used_for_another_body_is_refused_and_nothing_is_kept(journal: Journal, tmp_path: Path):
    journal.orders.accept(acceptance())
    before = rows(tmp_path)
    with pytest.raises(IdempotencyKeyReused):
        journal.orders.accept(acceptance(2, key="key-1"))
    with pytest.raises(IdempotencyKeyReused):
        journal.orders.find_acceptance("key-1", "body-2")
    assert rows(tmp_path) == before


def test_a_second_order_on_a_held_line_is_refused_says_who_holds_it_and_is_not_remembered(journal, tmp_path: Path):
    journal.orders.accept(acceptance())
    before = rows(tmp_path)
    with pytest.raises(LineHeld) as held:
        journal.orders.accept(acceptance(2, msisdn=MSISDN))
    assert (held.value.order_id, held.value.kind, held.value.since) == (order_id(1), "port_in", NOW)
    assert MSISDN not in str(held.value)
    assert rows(tmp_path) == before
    record(journal, entry(1, "done", OrderState.COMPLETED, release_line=True))
    assert not journal.orders.accept(acceptance(2, msisdn=MSISDN)).replayed


def test_an_unknown_key_has_no_acceptance(journal: Journal):
    assert journal.orders.find_acceptance("never", "seen") is None


@pytest.mark.parametrize("mode", ["same_key", "same_line"])
def test_of_25_simultaneous_requests_in_threads_exactly_one_becomes_an_order(journal, tmp_path: Path, mode: str):
    outcomes = race(journal, mode, 25)
    _exactly_one(outcomes, mode)
    assert rows(tmp_path)["orders"] == rows(tmp_path)["line_holds"] == rows(tmp_path)["outbox"] == 1


@pytest.mark.parametrize("mode", ["same_key", "same_line"])
def test_of_25_simultaneous_requests_in_processes_exactly_one_becomes_an_order(tmp_path: Path, mode: str):
    # Not opened before: the processes also race for making the schema.
    command = [sys.executable, "-m", "tests.support.journal_racer", str(tmp_path), mode]
    racers = [
        subprocess.Popen([*command, count], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for count in ("9", "8", "8")
    ]
    outcomes = [line for racer in racers for line in racer.communicate(timeout=60)[0].split("\n") if line]
    assert [racer.returncode for racer in racers] == [0] * 3
    _exactly_one(outcomes, mode)
    assert rows(tmp_path)["orders"] == rows(tmp_path)["line_holds"] == rows(tmp_path)["outbox"] == 1


def _exactly_one(outcomes: list[str], mode: str) -> None:
    assert len(outcomes) == 25
    winners = {outcome for outcome in outcomes if not outcome.startswith("held")}
    assert len(winners) == 1
    (winner,) = winners
    expected = [winner] * 25 if mode == "same_key" else [winner] + [f"held by {winner}"] * 24
    assert sorted(outcomes) == sorted(expected)
