"""What other operators ask us for: one order per number, one answer per dossier, each message heard by every order."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from domain.lines import LineChange, LineFacts
from domain.orders import OrderState
from domain.port_in import DossierMessage
from domain.port_out import DossierDecision, NumberDecision, Slot
from domain.termination import Quarantine
from journal import WAKE_WORKFLOW, Journal, Sealed, UnknownOrder
from tests.support.journal_kit import MSISDN, NOW, REAL, acceptance, delivered, entry, order_id, record, run_sql

pytestmark = pytest.mark.usefixtures("database")

DOSSIER, OTHER = "FJORD-000000000000001", "BOREA-000000000000001"
REFUSED = NumberDecision(block_code="13", note="RIO inconnu")
DAY = timedelta(days=1)
MONDAY = [Slot(day="2026-05-18", start=NOW + 5 * DAY + timedelta(hours=hour)) for hour in (0, 1)]
TUESDAY = [Slot(day="2026-05-19", start=NOW + 6 * DAY)]


def ask(journal: Journal, number: int, dossier: str = DOSSIER, **changed: Any) -> None:
    asked = {"kind": "port_out", "dossier_id": dossier, "waits_for_line": True, "key": f"portingrequest:{number}"}
    journal.orders.accept(acceptance(number, **{**asked, **changed}))


def woken(journal: Journal) -> list[str]:
    return [item.order_id for item in journal.outbox.claim(WAKE_WORKFLOW, 100, 30, REAL + 3650 * DAY)]


def message_ids(journal: Journal, number: int) -> list[int]:
    """The messages of the clearing house in the order's inbox."""
    found = delivered(journal, order_id(number))
    assert {kind for kind, _ in found} <= {"dossier_message"}
    return [content["message_id"] for _, content in found]


def number_of(number: int, decision: NumberDecision = REFUSED) -> DossierDecision:
    return DossierDecision(order_id=order_id(number), msisdn=f"+3363998{number:04d}", decision=decision)


def test_a_dossier_names_its_orders_in_the_order_of_the_request(journal: Journal):
    ask(journal, 2, also=[acceptance(1, kind="port_out", dossier_id=DOSSIER)])
    ask(journal, 3, OTHER)
    assert journal.dossiers.orders_of(DOSSIER) == [order_id(2), order_id(1)]
    assert journal.dossiers.orders_of("DUNE-000000000000001") == []
    ask(journal, 2)
    assert journal.dossiers.orders_of(DOSSIER) == [order_id(2), order_id(1)]


def test_the_numbers_of_a_dossier_are_answered_together_and_the_first_word_about_each_stands(journal: Journal):
    ask(journal, 1)
    ask(journal, 2)
    agreed = NumberDecision(first_possible=NOW + DAY)
    assert journal.dossiers.record_decision(order_id(2), REFUSED) == []
    answered = [number_of(1, agreed), number_of(2, REFUSED)]
    assert journal.dossiers.record_decision(order_id(1), agreed) == answered
    assert journal.dossiers.record_decision(order_id(2), agreed) == answered
    assert journal.dossiers.record_decision(order_id(1), REFUSED) == answered


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_asking_again_for_the_words_of_a_dossier_takes_no_turn_at_writing(journal: Journal, tmp_path: Path):
    ask(journal, 1)
    ask(journal, 2)
    journal.dossiers.record_decision(order_id(1), REFUSED)
    with sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert journal.dossiers.record_decision(order_id(1), REFUSED) == []
    writer.close()


def test_no_word_is_given_about_an_order_that_nobody_asked_for(journal: Journal):
    journal.orders.accept(acceptance(1))
    for number in (1, 2):
        with pytest.raises(UnknownOrder):
            journal.dossiers.record_decision(order_id(number), REFUSED)


def test_a_word_is_sealed_and_belongs_to_its_number(journal: Journal, tmp_path: Path):
    ask(journal, 1)
    ask(journal, 2)
    journal.dossiers.record_decision(order_id(1), REFUSED)
    assert not any(b"RIO inconnu" in file.read_bytes() for file in tmp_path.iterdir())
    of_the_other = "(SELECT decision_sealed FROM port_requests WHERE position = 0)"
    run_sql(
        tmp_path, f"UPDATE port_requests SET decision_sealed = {of_the_other}, given_at_real = 0 WHERE position = 1"
    )
    with pytest.raises(Sealed):
        journal.dossiers.record_decision(order_id(1), REFUSED)


def test_a_message_reaches_the_inboxes_of_all_orders_of_its_dossier_once_and_is_delivered_then(journal: Journal):
    ask(journal, 1)
    ask(journal, 2)
    ask(journal, 3, OTHER)
    assert journal.inbox.receive(7, "cancel", DOSSIER, {}).order_id == order_id(1)
    cancel = DossierMessage(message_id=7, type="cancel", dossier_id=DOSSIER, note="withdrawn")
    for _ in range(2):
        journal.inbox.deliver_message(7, journal.dossiers.orders_of(DOSSIER), cancel)
    assert [message_ids(journal, number) for number in (1, 2, 3)] == [[7], [7], []]
    assert woken(journal) == [order_id(1), order_id(2)]
    assert journal.inbox.receive(7, "cancel", DOSSIER, {}).state == "delivered"


def test_a_message_of_a_clearing_house_that_was_made_anew_is_delivered_as_well(journal: Journal):
    ask(journal, 1)
    for kind in ("cancel", "portingperformed"):
        journal.inbox.receive(7, kind, DOSSIER, {})
        message = DossierMessage(message_id=7, type=kind, dossier_id=DOSSIER)
        journal.inbox.deliver_message(7, [order_id(1)], message)
    assert message_ids(journal, 1) == [7, 7]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_message_whose_delivery_fails_for_one_order_is_in_no_inbox_and_stays_new(journal: Journal, tmp_path: Path):
    ask(journal, 1)
    ask(journal, 2)
    journal.inbox.receive(7, "cancel", DOSSIER, {})
    broken = f"CREATE TABLE broken (order_id TEXT CHECK (order_id <> '{order_id(2)}'))"
    trigger = "CREATE TRIGGER breaks AFTER INSERT ON deliveries BEGIN INSERT INTO broken VALUES (NEW.order_id); END"
    run_sql(tmp_path, broken, trigger)
    cancel = DossierMessage(message_id=7, type="cancel", dossier_id=DOSSIER)
    with pytest.raises(IntegrityError):
        journal.inbox.deliver_message(7, [order_id(1), order_id(2)], cancel)
    assert message_ids(journal, 1) == woken(journal) == []
    assert journal.inbox.receive(7, "cancel", DOSSIER, {}).state == "new"


def test_ports_out_of_a_number_are_open_until_they_end(journal: Journal):
    ask(journal, 1)
    ask(journal, 2, OTHER, msisdn=MSISDN)
    ask(journal, 3)
    journal.orders.accept(acceptance(4, msisdn=MSISDN, kind="settlement"))
    assert journal.dossiers.open_ports_out(MSISDN) == [(order_id(1), DOSSIER), (order_id(2), OTHER)]
    record(journal, entry(1, "refused", OrderState.REJECTED))
    assert journal.dossiers.open_ports_out(MSISDN) == [(order_id(2), OTHER)]


def test_a_number_that_was_refused_may_be_asked_for_again_while_its_dossier_still_waits_for_others(journal: Journal):
    ask(journal, 1)
    ask(journal, 2)
    journal.dossiers.record_decision(order_id(1), REFUSED)
    journal.dossiers.record_decision(order_id(2), NumberDecision(first_possible=NOW + DAY))
    assert journal.dossiers.open_ports_out(number_of(1).msisdn) == []
    assert journal.dossiers.open_ports_out(number_of(2).msisdn) == [(order_id(2), DOSSIER)]


def test_a_slot_is_the_first_with_room_of_its_own_and_on_its_day_and_stays_the_orders(journal: Journal):
    def reserve(number: int, slots: list[Slot]) -> object:
        return journal.slots.reserve(order_id(number), slots, per_day=3, per_slot=2)

    slots = [*MONDAY, *TUESDAY]
    given = [reserve(number, slots) for number in range(1, 7)]
    first, second, next_day = MONDAY[0].start, MONDAY[1].start, TUESDAY[0].start
    assert given == [first, first, second, next_day, next_day, None]
    assert reserve(1, TUESDAY) == first
    assert reserve(6, slots) is None


def test_an_order_that_ends_without_a_port_frees_its_slot(journal: Journal):
    for number in (1, 2, 3):
        ask(journal, number)
        journal.slots.reserve(order_id(number), MONDAY, per_day=3, per_slot=2)

    def given(number: int) -> object:
        return journal.slots.reserve(order_id(number), MONDAY, per_day=3, per_slot=2)

    record(journal, entry(1, "waits"))
    record(journal, entry(2, "performed", OrderState.COMPLETED, contract_ended=True, release_line=True))
    record(journal, entry(2, "remark", OrderState.COMPLETED, is_note=True))
    assert given(4) is None
    record(journal, entry(1, "cancelled", OrderState.CANCELLED, release_line=True))
    assert given(4) == MONDAY[0].start
    assert given(5) is None


def test_a_port_out_ends_the_quarantine_that_it_came_from_and_what_was_known_of_the_line(journal: Journal):
    journal.orders.accept(acceptance(1, kind="termination"))
    record(journal, entry(1, "closed", release_line=True, quarantine=quarantined(), line_changes=[LineChange.LOCKED]))
    ask(journal, 2, msisdn=MSISDN)
    record(journal, entry(2, "performed", contract_ended=True, release_line=True), after_s=9)
    ended = journal.quarantines.of(MSISDN)
    assert ended is not None
    assert ended.state == "ported"
    assert journal.lines.facts(MSISDN) == LineFacts()
    assert journal.quarantines.due(NOW + 100 * DAY, 5).items == []


def test_an_order_that_ends_a_contract_keeps_the_quarantine_that_it_began_itself(journal: Journal):
    journal.orders.accept(acceptance(1, kind="termination"))
    record(journal, entry(1, "ended", quarantine=quarantined()))
    record(journal, entry(1, "closed", contract_ended=True, release_line=True), after_s=9)
    kept = journal.quarantines.of(MSISDN)
    assert kept is not None
    assert kept.state == "quarantine"


def test_custody_begins_once_and_is_due_at_once(journal: Journal):
    given_back = quarantined(
        contract_id=f"custody:{DOSSIER}", ended_by=DOSSIER, portable_until=NOW, reassignable_from=NOW
    )
    journal.quarantines.begin(given_back)
    journal.quarantines.begin(given_back.model_copy(update={"since": NOW + DAY, "reassignable_from": NOW + DAY}))
    assert journal.quarantines.due(NOW, 5).items == [given_back]
    journal.quarantines.settle(given_back.contract_id, "released", at_legal=NOW)
    journal.quarantines.begin(given_back)
    assert journal.quarantines.due(NOW + DAY, 5).items == []


def quarantined(**changed: Any) -> Quarantine:
    values = {
        "msisdn": MSISDN,
        "since": NOW,
        "portable_until": NOW + 40 * DAY,
        "reassignable_from": NOW + 45 * DAY,
        "contract_id": "CT-1",
        "range_holder": "ALIZE",
        "ended_by": order_id(1),
    }
    return Quarantine(**{**values, **changed})


def test_a_word_can_be_taken_back_while_another_number_of_the_dossier_has_none(journal: Journal):
    ask(journal, 1)
    ask(journal, 2)
    agreed = NumberDecision(first_possible=NOW)
    assert journal.dossiers.record_decision(order_id(1), agreed) == []
    assert journal.dossiers.withdraw_decision(order_id(1))
    assert journal.dossiers.record_decision(order_id(2), agreed) == []
    said = journal.dossiers.record_decision(order_id(1), REFUSED)
    assert [each.decision for each in said] == [REFUSED, agreed]
    assert not journal.dossiers.withdraw_decision(order_id(1))
    assert [each.decision for each in journal.dossiers.record_decision(order_id(2), REFUSED)] == [REFUSED, agreed]
