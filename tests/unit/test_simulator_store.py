"""The store: all or nothing, and worlds swapped whole."""

import sqlite3
from pathlib import Path

import pytest

from simulator.store import Store

NOTES = "CREATE TABLE IF NOT EXISTS notes (text TEXT);"
KEYS = "CREATE TABLE IF NOT EXISTS keys (text TEXT);"


def texts(store: Store, table: str = "notes") -> list[str]:
    return [row["text"] for row in store.execute(f"SELECT text FROM {table}")]


def write_and_fail(store: Store) -> None:
    with store.transaction():
        store.execute("INSERT INTO notes VALUES ('lost')")
        store.execute("INSERT INTO nowhere VALUES ('nothing')")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "world.sqlite")
    store.declare(NOTES)
    store.declare(KEYS, keep=("keys",))
    return store


def test_a_transaction_that_fails_leaves_nothing(store):
    with pytest.raises(sqlite3.Error):
        write_and_fail(store)
    assert texts(store) == []


def test_a_failed_inner_transaction_undoes_the_outer_one(store):
    with pytest.raises(sqlite3.Error), store.transaction():
        write_and_fail(store)
    assert texts(store) == []


def test_work_goes_on_after_a_failed_transaction(store):
    with pytest.raises(sqlite3.Error):
        write_and_fail(store)
    with store.transaction():
        store.execute("INSERT INTO notes VALUES ('kept')")
    assert texts(store) == ["kept"]


def test_what_was_committed_is_there_for_another_process(store, tmp_path):
    store.execute("INSERT INTO notes VALUES ('kept')")
    other = sqlite3.connect(tmp_path / "world.sqlite")
    assert other.execute("SELECT text FROM notes").fetchall() == [("kept",)]


def test_a_fresh_world_has_empty_tables_except_those_to_be_kept(store, tmp_path):
    store.execute("INSERT INTO notes VALUES ('old')")
    store.execute("INSERT INTO keys VALUES ('secret')")
    sqlite3.connect(tmp_path / "fresh").close()
    called: list[str] = []
    store.on_reset(lambda: called.append("reset"))
    store.replace_with(tmp_path / "fresh")
    assert texts(store) == []
    assert texts(store, "keys") == ["secret"]
    assert called == ["reset"]
    assert not (tmp_path / "fresh").exists()
