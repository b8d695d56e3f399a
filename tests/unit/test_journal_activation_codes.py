"""Activation codes and callbacks: one matching id per profile, a code that is read once, news that is written once."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from domain.deliveries import DeliveryKind
from journal import WAKE_WORKFLOW, ActivationCodeRead, Journal, NoActivationCode
from tests.support.journal_kit import REAL, acceptance, delivered, open_journal, order_id

pytestmark = pytest.mark.usefixtures("database")

ICCID, OTHER = "8933010000000000002", "8933100000000001233"
CODE = "1$smdp.alize.example$"
ORDER = order_id(1)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    opened = open_journal(tmp_path)
    opened.orders.accept(acceptance(1))
    opened.orders.accept(acceptance(2))
    return opened


def offer(journal: Journal, attempt: int, iccid: str = ICCID) -> str:
    code = CODE + journal.profiles.matching_id(ORDER, attempt, iccid)
    journal.profiles.offer_code(ORDER, attempt, code)
    return code


def test_a_matching_id_is_made_once_for_an_attempt(journal: Journal):
    made = journal.profiles.matching_id(ORDER, 1, ICCID)
    assert re.fullmatch(r"[0-9A-F]{32}", made)
    assert journal.profiles.matching_id(ORDER, 1, ICCID) == made
    assert journal.profiles.matching_id(ORDER, 2, OTHER) != made


def test_an_activation_code_is_read_once(journal: Journal):
    with pytest.raises(NoActivationCode):
        journal.profiles.read_code(ORDER, REAL)
    with pytest.raises(NoActivationCode):
        journal.profiles.offer_code(ORDER, 1, CODE)  # of a profile that was never ordered
    journal.profiles.matching_id(ORDER, 1, ICCID)
    with pytest.raises(NoActivationCode):
        journal.profiles.read_code(ORDER, REAL)
    code = offer(journal, 1)
    assert offer(journal, 1) == code
    assert journal.profiles.read_code(ORDER, REAL) == code
    offer(journal, 1)  # a late repetition does not offer it again
    with pytest.raises(ActivationCodeRead) as read:
        journal.profiles.read_code(ORDER, REAL + timedelta(seconds=9))
    assert read.value.at == REAL
    with pytest.raises(NoActivationCode):
        journal.profiles.read_code(order_id(2), REAL)


def test_a_withdrawn_code_can_neither_be_read_nor_offered_again(journal: Journal):
    journal.profiles.withdraw_code(ORDER, 1)
    offer(journal, 1)
    journal.profiles.withdraw_code(ORDER, 1)
    journal.profiles.withdraw_code(ORDER, 1)
    offer(journal, 1)
    with pytest.raises(NoActivationCode):
        journal.profiles.read_code(ORDER, REAL)


def test_the_code_of_a_new_profile_is_readable_whatever_became_of_the_one_before(journal: Journal):
    offer(journal, 1)
    journal.profiles.read_code(ORDER, REAL)
    second = offer(journal, 2, OTHER)
    assert journal.profiles.read_code(ORDER, REAL) == second
    journal.profiles.withdraw_code(ORDER, 2)
    with pytest.raises(ActivationCodeRead):
        journal.profiles.read_code(ORDER, REAL)


def test_of_simultaneous_readers_one_gets_the_code(journal: Journal):
    code = offer(journal, 1)
    got: list[str] = []

    def read() -> None:
        try:
            got.append(journal.profiles.read_code(ORDER, REAL))
        except ActivationCodeRead:
            got.append("read")

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [code] + ["read"] * 7


def test_a_profile_belongs_to_the_order_it_was_last_made_for(journal: Journal):
    assert journal.profiles.owner(ICCID) is None
    journal.profiles.matching_id(ORDER, 1, ICCID)
    journal.profiles.matching_id(ORDER, 2, OTHER)
    assert journal.profiles.owner(ICCID) == (ORDER, 1)
    journal.profiles.withdraw_code(ORDER, 1)
    assert journal.profiles.owner(ICCID) == (ORDER, 1)  # what a phone still says of it is about this order
    journal.profiles.matching_id(order_id(2), 1, ICCID)  # given back, and taken again
    assert journal.profiles.owner(ICCID) == (order_id(2), 1)


def receive(journal: Journal, event_id: str = "e1", party: str = "logistics", order: str | None = ORDER) -> bool:
    kind, content = (DeliveryKind.SHIPMENT_PROGRESS, {"attempt": 1, "stage": "shipped"}) if order else (None, None)
    return journal.inbox.receive_callback(
        party, event_id, {"state": "shipped"}, order_id=order, kind=kind, content=content, at_real=REAL
    )


def test_a_callback_is_written_once_and_delivered_to_its_order_once_and_in_order(journal: Journal):
    assert receive(journal)
    assert not receive(journal)
    assert receive(journal, "e2")
    assert receive(journal, party="smdp")  # another party's ids are its own
    assert delivered(journal, ORDER) == [("shipment_progress", {"attempt": 1, "stage": "shipped"})] * 3
    assert [item.order_id for item in journal.outbox.claim(WAKE_WORKFLOW, 10, 30, REAL)] == [ORDER]


def test_a_callback_of_nobodys_order_is_kept_and_wakes_nobody(journal: Journal):
    assert receive(journal, order=None)
    assert not receive(journal, order=None)
    assert journal.outbox.claim(WAKE_WORKFLOW, 10, 30, REAL) == []


def test_a_callback_that_comes_several_times_at_once_is_one(journal: Journal):
    news: list[bool] = []
    threads = [threading.Thread(target=lambda: news.append(receive(journal))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(news) == [False] * 7 + [True]
    assert len(delivered(journal, ORDER)) == 1
    assert len(journal.outbox.claim(WAKE_WORKFLOW, 10, 30, REAL)) == 1
