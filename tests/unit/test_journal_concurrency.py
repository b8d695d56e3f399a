"""Writers that work at the same time, as PostgreSQL lets them: nobody misses, overtakes or undoes another."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from sqlalchemy import Connection, update

from domain.lines import LineChange, LineFacts
from journal import CUSTOMER_MESSAGE, Journal
from journal.entries import write_entry
from journal.schema import orders
from tests.support.journal_kit import MSISDN, NOW, REAL, acceptance, entry, message, order_id, record

pytestmark = pytest.mark.usefixtures("database")
only_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""SQLite's writers wait for each other before they begin."""


class Slow:
    """A transaction that has done its work and does not end yet."""

    def __init__(self, journal: Journal, pool: ThreadPoolExecutor, work: Callable[[Connection], Any]) -> None:
        self._done, self._end = threading.Event(), threading.Event()
        self._written: Future[None] = pool.submit(
            journal._store.write, lambda connection: self._write(connection, work)
        )
        assert self._done.wait(10)

    def _write(self, connection: Connection, work: Callable[[Connection], Any]) -> None:
        work(connection)
        self._done.set()
        assert self._end.wait(10)

    def end_before(self, other: Future[Any]) -> None:
        """Ends when the other one has ended, or waits for it."""
        wait([other], timeout=0.3)
        self._end.set()
        self._written.result(10)


def entering(journal: Journal, *args: Any, **changed: Any) -> Callable[[Connection], bool]:
    return lambda connection: write_entry(
        connection, journal._store, entry(*args, **changed), at_legal=NOW, at_real=REAL
    )


@only_postgresql
def test_an_event_that_was_overtaken_while_it_was_written_is_not_missed(journal: Journal):
    for number in (1, 2):
        journal.orders.accept(acceptance(number))
    start = journal.orders.last_event()

    def look() -> tuple[int, set[str]]:
        return journal.orders.last_event(), journal.orders.changed_since(start)

    with ThreadPoolExecutor() as pool:
        slow = Slow(journal, pool, entering(journal, 1, "asked"))
        record(journal, entry(2, "asked"))
        looking = pool.submit(look)
        slow.end_before(looking)
        last, seen = looking.result(10)
    assert seen | journal.orders.changed_since(last) == {order_id(1), order_id(2)}


@only_postgresql
def test_a_reader_sees_one_state_of_an_order_that_is_being_written(journal: Journal):
    journal.orders.accept(acceptance(1))
    with journal._store.reading() as connection:
        before = connection.execute(orders.select()).all()
        record(journal, entry(1, "asked"))
        assert connection.execute(orders.select()).all() == before
    assert journal.orders.verify(order_id(1)).ok


def test_of_two_who_claim_at_once_none_gets_what_comes_after_the_others_in_the_same_order(journal: Journal):
    for number in range(1, 11):
        messages = [message(channel=channel) for channel in ("email", "sms")]
        journal.orders.accept(acceptance(number, messages=messages))
        together = threading.Barrier(2)

        def claim(together: threading.Barrier = together) -> list[int]:
            together.wait(10)
            return [item.id for item in journal.outbox.claim(CUSTOMER_MESSAGE, 1, 30, REAL)]

        with ThreadPoolExecutor(2) as pool:
            claimed = [future.result(10) for future in [pool.submit(claim) for _ in range(2)]]
        assert sorted(map(len, claimed)) == [0, 1]
        journal.outbox.mark_done(max(claimed)[0])
        (second,) = journal.outbox.claim(CUSTOMER_MESSAGE, 1, 30, REAL)
        journal.outbox.mark_done(second.id)


@only_postgresql
def test_a_move_does_not_begin_on_a_line_that_its_last_holder_is_just_changing(journal: Journal):
    journal.orders.accept(acceptance(1, msisdn=MSISDN, kind="sim_replacement"))
    journal.orders.accept(acceptance(2, msisdn=MSISDN, kind="port_out", waits_for_line=True))
    swap = entering(journal, 1, "swapped", release_line=True, line_changes=[LineChange.SWAPPED])
    with ThreadPoolExecutor() as pool:
        slow = Slow(journal, pool, swap)
        moving = pool.submit(journal.lines.begin_move, entry(2, "moving"), LineFacts(), at_legal=NOW, at_real=REAL)
        slow.end_before(moving)
        move = moving.result(10)
    assert not move.begun
    assert move.facts == journal.lines.facts(MSISDN)


@only_postgresql
def test_of_two_writers_that_wait_for_each_other_both_are_done_in_the_end(journal: Journal):
    for number in (1, 2):
        journal.orders.accept(acceptance(number))
    together = threading.Barrier(2)

    def write(first: int, second: int) -> None:
        tried: list[bool] = []

        def work(connection: Connection) -> None:
            connection.execute(update(orders).where(orders.c.order_id == order_id(first)).values(stage=f"{first}"))
            if not tried:
                tried.append(True)
                together.wait(10)
            connection.execute(update(orders).where(orders.c.order_id == order_id(second)).values(stage=f"{first}"))

        journal._store.write(work)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(write, 1, 2), pool.submit(write, 2, 1)]:
            future.result(10)
