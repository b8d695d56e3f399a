"""One-time codes: made once, tried a few times at most, told to the order once."""

import re
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.orders import CustomerMessage, OrderState
from journal import CUSTOMER_MESSAGE, WAKE_WORKFLOW, CodeCheck, Journal, UnknownOrder
from tests.support.journal_kit import NOW, REAL, acceptance, delivered, entry, open_journal, order_id, record

pytestmark = pytest.mark.usefixtures("database")

ORDER = order_id(1)
LOCK, VALID = timedelta(hours=24), timedelta(minutes=30)
LATER = timedelta(minutes=30)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    opened = open_journal(tmp_path)
    opened.orders.accept(acceptance())
    return opened


def send(journal: Journal, number: int = 1, after: timedelta = timedelta(0), order: str = ORDER) -> None:
    message = CustomerMessage(kind=f"sim_replacement.code_{number}", channel="sms", to="+33639980001")
    waiting = entry(int(order[3:]), f"code_{number}_sent")
    journal.codes.send(order, number, message, entry=waiting, at_legal=NOW + after, at_real=REAL + after)


def codes(journal: Journal) -> list[str]:
    """The codes in the messages that nobody has claimed yet."""
    return [item.payload["fields"]["code"] for item in journal.outbox.claim(CUSTOMER_MESSAGE, 10, 0, REAL + LATER * 9)]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def check(
    journal: Journal,
    code: str,
    after: timedelta = timedelta(0),
    at_real: datetime | None = None,
    order: str = ORDER,
) -> CodeCheck:
    return journal.codes.check(
        order, code, tries=3, lock=LOCK, valid=VALID, at_legal=NOW + after, at_real=at_real or REAL + after
    )


def told(journal: Journal, order: str = ORDER) -> list[dict[str, Any]]:
    """What the order finds in its inbox when it is woken; nothing without a wake."""
    woken = {item.order_id for item in journal.outbox.claim(WAKE_WORKFLOW, 10, 0, REAL + LATER * 99)}
    found = delivered(journal, order)
    assert (order in woken) == bool(found)
    assert {kind for kind, _ in found} <= {"code_checked"}
    return [content for _, content in found]


def test_a_code_of_six_digits_goes_out_with_its_entry_and_is_made_once(journal: Journal):
    send(journal)
    send(journal)
    (code,) = codes(journal)
    assert re.fullmatch(r"[0-9]{6}", code)
    assert [event.what for event in journal.orders.events(ORDER)] == ["accepted", "code_1_sent happened"]
    assert journal.outbox.count_unsent(ORDER, "sim_replacement.code_1") == 1
    with pytest.raises(UnknownOrder):
        journal.codes.send(
            order_id(9), 1, CustomerMessage(kind="x", channel="sms", to=""), entry=None, at_legal=NOW, at_real=REAL
        )


def test_the_right_code_is_told_to_the_order_once_however_often_it_is_typed(journal: Journal):
    send(journal)
    (code,) = codes(journal)
    assert check(journal, code) == CodeCheck(outcome="right", tries_left=3)
    assert check(journal, code).outcome == "right"
    assert check(journal, wrong(code)).outcome == "none"  # no code is wanted any more
    assert told(journal) == [{"right": True, "number": 1, "locked_until": None}]


def test_the_third_wrong_try_locks_and_is_told_to_the_order_once(journal: Journal):
    send(journal)
    (code,) = codes(journal)
    assert check(journal, wrong(code)) == CodeCheck(outcome="wrong", tries_left=2)
    assert check(journal, "") == CodeCheck(outcome="wrong", tries_left=1)
    assert told(journal) == []
    locked = CodeCheck(outcome="locked", locked_until=NOW + LOCK)
    assert check(journal, wrong(code)) == locked
    assert check(journal, code) == locked  # also the right one, now
    assert told(journal) == [{"right": False, "number": 1, "locked_until": "2026-05-14T08:00:00Z"}]
    assert check(journal, code, LOCK).outcome == "expired"  # a locked code never comes back


def test_a_new_code_has_tries_of_its_own_and_replaces_the_one_before(journal: Journal):
    send(journal)
    check(journal, "x")
    send(journal, 2)
    first, second = codes(journal)
    assert check(journal, first if first != second else wrong(second)) == CodeCheck(outcome="wrong", tries_left=2)
    assert check(journal, second).outcome == "right"
    assert [content["number"] for content in told(journal)] == [2]


def anew(journal: Journal, number: int, after: timedelta = timedelta(0), **line: str) -> tuple[str, str]:
    """The order before cancelled, another one placed, by default on the same line: its id and its code."""
    record(journal, entry(number - 1, "withdrawn", OrderState.CANCELLED, seq=2, release_line=True))
    journal.orders.accept(acceptance(number, **({"msisdn": acceptance().msisdn} | line)))
    send(journal, after=after, order=order_id(number))
    return order_id(number), codes(journal)[-1]


def test_a_door_that_wrong_codes_have_closed_stays_closed_for_an_order_placed_anew_on_the_line(journal: Journal):
    send(journal)
    for _ in range(3):
        check(journal, "x")
    order, code = anew(journal, 2)
    assert check(journal, code, LATER, order=order) == CodeCheck(outcome="locked", locked_until=NOW + LOCK)
    assert check(journal, "x", LATER, order=order).outcome == "locked"
    assert check(journal, code, LOCK, REAL, order=order).outcome == "right"


def test_wrong_tries_are_counted_over_the_orders_of_a_line_and_not_of_another(journal: Journal):
    send(journal)
    check(journal, "x")
    check(journal, "x")
    order, code = anew(journal, 2)
    assert check(journal, "x", order=order) == CodeCheck(outcome="locked", locked_until=NOW + LOCK)
    order, code = anew(journal, 3, msisdn="+33639980003")
    assert check(journal, code, order=order) == CodeCheck(outcome="right", tries_left=3)


def test_wrong_tries_that_closed_no_door_are_forgotten_after_as_long(journal: Journal):
    send(journal)
    check(journal, "x")
    order, _ = anew(journal, 2, after=LOCK)
    assert check(journal, "x", LOCK, order=order) == CodeCheck(outcome="wrong", tries_left=2)


def test_a_code_is_too_old_after_its_time_but_never_within_a_real_minute(journal: Journal):
    send(journal)
    (code,) = codes(journal)
    assert check(journal, code, VALID, at_real=REAL + timedelta(seconds=59)).outcome == "right"
    send(journal, 2)
    second = codes(journal)[1]
    assert check(journal, second, VALID - timedelta(seconds=1)).outcome == "right"


def test_who_comes_too_late_with_a_code_is_told_and_so_is_the_order_once(journal: Journal):
    send(journal)
    (code,) = codes(journal)
    assert check(journal, code, VALID) == CodeCheck(outcome="expired")
    assert check(journal, code, VALID * 2) == CodeCheck(outcome="expired")
    assert told(journal) == [{"right": False, "number": 1, "locked_until": None}]


def test_no_code_is_wanted_before_one_was_sent_nor_after_the_order_has_ended(journal: Journal):
    assert check(journal, "123456") == CodeCheck(outcome="none")
    send(journal)
    (code,) = codes(journal)
    record(journal, entry(1, "withdrawn", OrderState.CANCELLED, seq=1))
    assert check(journal, code) == CodeCheck(outcome="none")
    assert told(journal) == []


def test_of_many_simultaneous_tries_no_more_are_compared_than_allowed(journal: Journal):
    send(journal)
    (code,) = codes(journal)
    start, outcomes = threading.Barrier(12), list[str]()

    def one() -> None:
        start.wait()
        outcomes.append(check(journal, wrong(code)).outcome)

    threads = [threading.Thread(target=one) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["locked"] * 10 + ["wrong"] * 2
    assert len(told(journal)) == 1
    assert check(journal, code).outcome == "locked"


def test_the_right_code_typed_twice_at_once_is_told_once(journal: Journal):
    send(journal)
    (code,) = codes(journal)
    outcomes: list[str] = []
    threads = [threading.Thread(target=lambda: outcomes.append(check(journal, code).outcome)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["right"] * 8
    assert len(told(journal)) == 1


def test_a_code_sent_by_two_workers_at_once_is_one(journal: Journal):
    threads = [threading.Thread(target=send, args=(journal,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (code,) = codes(journal)
    assert check(journal, code).outcome == "right"
