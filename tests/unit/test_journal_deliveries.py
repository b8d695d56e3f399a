"""What comes from outside for an order waits in its inbox: once, in order, sealed; and a signal wakes the order."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select

from domain.deliveries import DeliveryKind
from journal import WAKE_WORKFLOW, Journal, OutboxItem, Sealed, UnknownOrder, schema
from journal.deliveries import write_delivery
from tests.support.journal_kit import REAL, acceptance, open_journal, order_id, run_sql, url_in

pytestmark = pytest.mark.usefixtures("database")

ORDER = order_id(1)
NEWS = DeliveryKind.LINE_NEWS
LATER = REAL + timedelta(hours=1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(tmp_path)
    for number in (1, 2):
        opened.orders.accept(acceptance(number))
    yield opened
    opened.close()


def deliver(journal: Journal, occasion: str, order: str = ORDER, kind: DeliveryKind = NEWS, **content: Any) -> bool:
    return journal.inbox.deliver(order, kind, content, occasion, at_real=REAL)


def wakes(journal: Journal) -> list[OutboxItem]:
    """Claims all wakes that nobody has claimed."""
    return journal.outbox.claim(WAKE_WORKFLOW, 1000, 30, REAL)


def occasions(journal: Journal, order: str = ORDER, after: int = 0, limit: int = 1000) -> list[str]:
    return [each.content["of"] for each in journal.inbox.unread(order, after, limit)]


def test_deliveries_are_numbered_within_their_order_and_read_page_by_page(journal: Journal):
    for name in ("a", "b", "c"):
        assert deliver(journal, name, of=name)
        assert deliver(journal, name, order_id(2), of=name)
    assert [each.n for each in journal.inbox.unread(ORDER, 0)] == [1, 2, 3]
    assert occasions(journal, limit=2) == ["a", "b"]
    assert occasions(journal, after=2) == ["c"]
    assert occasions(journal, after=3) == []


def test_a_repeated_delivery_changes_nothing_and_another_kind_or_occasion_is_another_delivery(journal: Journal):
    assert deliver(journal, "a", of="first")
    assert not deliver(journal, "a", of="again")
    assert deliver(journal, "a", kind=DeliveryKind.CODE_CHECKED, of="other kind")
    assert deliver(journal, "b", of="other occasion")
    assert occasions(journal) == ["first", "other kind", "other occasion"]
    assert [each.kind for each in journal.inbox.unread(ORDER, 0, 2)] == [NEWS, DeliveryKind.CODE_CHECKED]


def test_one_wake_without_content_is_queued_however_many_deliveries_wait(journal: Journal):
    for name in ("a", "b", "c"):
        deliver(journal, name)
    deliver(journal, "a", order_id(2))
    found = wakes(journal)
    assert [(each.order_id, each.payload) for each in found] == [
        (ORDER, {}),
        (order_id(2), {}),
    ]


def test_a_wake_that_is_claimed_or_tried_again_or_done_is_not_for_what_comes_later(journal: Journal):
    deliver(journal, "a")
    (first,) = wakes(journal)
    deliver(journal, "b")  # the order may have read its inbox before that
    assert wakes(journal) == []  # the order's first wake has to leave before
    journal.outbox.retry(first.id, "Away", LATER)
    deliver(journal, "c")
    assert len(journal.outbox.claim(WAKE_WORKFLOW, 10, 30, LATER)) == 2
    for item in journal.outbox.claim(WAKE_WORKFLOW, 10, 30, LATER + timedelta(minutes=1)):
        journal.outbox.mark_done(item.id)
    deliver(journal, "d")
    assert len(journal.outbox.claim(WAKE_WORKFLOW, 10, 30, LATER)) == 1


def test_a_repeated_delivery_wakes_nobody(journal: Journal):
    deliver(journal, "a")
    (item,) = wakes(journal)
    journal.outbox.mark_done(item.id)
    deliver(journal, "a")
    assert wakes(journal) == []


def test_nothing_is_delivered_to_an_order_that_was_never_accepted(journal: Journal):
    with pytest.raises(UnknownOrder):
        deliver(journal, "a", order_id(9))
    assert journal.inbox.unread(order_id(9), 0) == []


def test_a_delivery_of_a_transaction_that_fails_leaves_neither_content_nor_wake(journal: Journal):
    store = journal.inbox._store

    def work(connection: Any) -> None:
        write_delivery(connection, store.cipher, ORDER, NEWS, {}, "a", REAL)
        raise OSError

    with pytest.raises(OSError):
        store.write(work)
    assert journal.inbox.unread(ORDER, 0) == []
    assert wakes(journal) == []


def test_the_content_is_sealed_and_belongs_to_its_place(journal: Journal, tmp_path: Path):
    deliver(journal, "a", of="+33639980001")
    deliver(journal, "b", of="second")
    with create_engine(url_in(tmp_path)).connect() as connection:
        rows = connection.execute(select(schema.deliveries)).all()
    assert all(b"+33639980001" not in row.content_sealed for row in rows)
    assert [row.at_real for row in rows] == [schema.to_stored(REAL)] * 2
    of_the_first = "(SELECT content_sealed FROM deliveries WHERE n = 1)"
    run_sql(tmp_path, f"UPDATE deliveries SET content_sealed = {of_the_first} WHERE n = 2")
    with pytest.raises(Sealed):
        journal.inbox.unread(ORDER, 1)


def test_simultaneous_deliveries_all_arrive_and_no_reader_ever_misses_one(journal: Journal, tmp_path: Path):
    """A reader that goes on behind what it has read sees each delivery once, also with others under way."""
    seen: list[int] = []
    together, over = threading.Barrier(9), threading.Event()

    def bring(writer: int) -> None:
        together.wait()
        for position in range(10):
            deliver(journal, f"{writer}:{position}" if position else "the same for all")

    def read() -> None:
        together.wait()
        while not over.is_set():
            seen.extend(each.n for each in journal.inbox.unread(ORDER, seen[-1] if seen else 0, 3))

    writers = [threading.Thread(target=bring, args=(writer,)) for writer in range(8)]
    reader = threading.Thread(target=read)
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    reader.join()
    seen.extend(each.n for each in journal.inbox.unread(ORDER, seen[-1] if seen else 0, 1000))
    assert seen == list(range(1, 8 * 9 + 2))
    with create_engine(url_in(tmp_path)).connect() as connection:
        signals = select(func.count()).where(schema.outbox.c.kind == WAKE_WORKFLOW)
        assert connection.execute(signals).scalar_one() == 1


def test_every_delivery_is_followed_by_a_wake_that_leaves_after_it(journal: Journal):
    """Relays claim while others deliver: whoever reads when woken has read everything in the end."""
    read_up_to = 0
    over = threading.Event()

    def relay() -> None:
        nonlocal read_up_to
        while True:
            was_over = over.is_set()
            items = wakes(journal)
            for item in items:
                found = journal.inbox.unread(ORDER, read_up_to, 1000)
                read_up_to = found[-1].n if found else read_up_to
                journal.outbox.mark_done(item.id)
            if was_over and not items:
                return

    def bring(writer: int) -> None:
        for position in range(10):
            deliver(journal, f"{writer}:{position}")

    threads = [threading.Thread(target=bring, args=(writer,)) for writer in range(4)]
    relaying = threading.Thread(target=relay)
    for thread in (*threads, relaying):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    relaying.join()
    assert read_up_to == 40
