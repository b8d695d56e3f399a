"""Numbers in quarantine: begun with the end of their contract, given back once, and never an older life's business."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, create_engine, select
from sqlalchemy.dialects import sqlite

from domain.lines import LineChange, LineFacts
from domain.orders import OrderState
from domain.termination import FollowUp, Quarantine
from journal import CUSTOMER_MESSAGE, START_WORKFLOW, Journal, NotInQuarantine, Sealed, quarantines, schema
from tests.support.journal_kit import (
    MSISDN,
    NOW,
    REAL,
    acceptance,
    entry,
    message,
    order_id,
    record,
    run_sql,
    url_in,
)

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)
PORTABLE, REASSIGNABLE = NOW + 40 * DAY, NOW + 45 * DAY


def begun(number: int = 1, **changed: Any) -> Quarantine:
    """The quarantine that follows order `number`, on the number of its own."""
    values = {
        "msisdn": f"+3363998{number:04d}",
        "since": NOW,
        "portable_until": PORTABLE,
        "reassignable_from": REASSIGNABLE,
        "contract_id": f"CT-{number}",
        "range_holder": "ALIZE",
        "ended_by": order_id(number),
        **changed,
    }
    return Quarantine(**values)


def end_contract(journal: Journal, number: int = 1, *, ends: Quarantine | None = None, **changed: Any) -> Quarantine:
    """Order `number` is accepted and has ended a contract."""
    ends = ends or begun(number)
    journal.orders.accept(acceptance(number, msisdn=ends.msisdn, **changed))
    record(journal, entry(number, "closed", OrderState.COMPLETED, release_line=True, quarantine=ends))
    return ends


def number_of_the_row(journal: Journal, at: datetime, limit: int = 10, after: int = 0) -> list[str]:
    return [each.msisdn for each in journal.quarantines.due(at, limit, after).items]


def test_a_quarantine_begins_with_the_entry_that_ends_the_contract_and_only_once(journal: Journal):
    ends = end_contract(journal)
    assert journal.quarantines.of(MSISDN, NOW) == ends
    assert not record(journal, entry(1, "closed", OrderState.COMPLETED, quarantine=begun(since=NOW + DAY)))
    record(journal, entry(1, "closed_again", OrderState.COMPLETED, quarantine=begun(since=NOW + DAY)))
    assert journal.quarantines.of(MSISDN, NOW + DAY) == ends
    assert journal.quarantines.of("+33639980002", NOW) is None
    assert journal.quarantines.of(MSISDN, NOW - DAY) is None


def test_an_entry_that_is_refused_begins_no_quarantine_and_no_order(journal: Journal):
    journal.orders.accept(acceptance(1))
    broken = FollowUp(kind="settlement", order_id="st-1", order={"home": "ALIZE"})
    with pytest.raises(KeyError):
        record(journal, entry(1, "closed", quarantine=begun(), follow_ups=[broken]))
    assert journal.quarantines.of(MSISDN, NOW) is None
    assert [event.what for event in journal.orders.events(order_id(1))] == ["accepted"]


def test_an_order_that_follows_is_accepted_with_the_entry_started_by_the_outbox_and_holds_nothing(journal: Journal):
    journal.orders.accept(acceptance(1))
    follows = FollowUp(
        kind="settlement",
        order_id="st-00000000000000000000000001",
        order={"order_id": "st-00000000000000000000000001", "msisdn": MSISDN, "home": "ALIZE", "ended_by": order_id(1)},
    )
    for key in ("closed", "closed", "closed_again"):
        record(journal, entry(1, key, OrderState.COMPLETED, release_line=True, follow_ups=[follows]), after_s=5)
    view = journal.orders.read(follows.order_id)
    assert view is not None
    assert view.related_to == order_id(1)
    assert (view.kind, view.msisdn, view.donor, view.recipient) == ("settlement", MSISDN, "ALIZE", "ALIZE")
    assert (view.status.state, view.accepted_at, view.order) == (
        OrderState.ACKNOWLEDGED,
        NOW + timedelta(seconds=5),
        follows.order,
    )
    assert journal.lines.read(MSISDN).held_by is None
    starts = [item.order_id for item in journal.outbox.claim(START_WORKFLOW, 10, 30, REAL + timedelta(minutes=1))]
    assert starts == [order_id(1), follows.order_id]
    assert order_id(1) in journal.orders.events(follows.order_id)[0].reason
    assert journal.orders.verify(follows.order_id).ok


def test_a_number_is_due_from_its_instant_on_and_not_a_moment_before(journal: Journal):
    end_contract(journal)
    assert number_of_the_row(journal, REASSIGNABLE - timedelta(microseconds=1)) == []
    assert number_of_the_row(journal, REASSIGNABLE) == [MSISDN]


def test_pages_of_due_numbers_go_on_behind_what_is_held_and_show_each_once(journal: Journal):
    for number in range(1, 8):
        # Two of each day, the younger rows first.
        end_contract(journal, number, ends=begun(number, reassignable_from=REASSIGNABLE - (number // 2) * DAY))
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page = journal.quarantines.due(REASSIGNABLE, 3, after)
        seen += [each.msisdn for each in page.items]
        journal.quarantines.settle(page.items[0].contract_id, "released", at_legal=REASSIGNABLE)
        after = page.next
    assert seen == [f"+3363998{number:04d}" for number in (6, 7, 4, 5, 2, 3, 1)]
    assert number_of_the_row(journal, REASSIGNABLE) == [f"+3363998{number:04d}" for number in (7, 4, 2, 3)]


def test_a_settled_quarantine_is_due_no_longer_and_is_settled_once(journal: Journal):
    end_contract(journal)
    assert journal.quarantines.settle("CT-1", "released", at_legal=REASSIGNABLE)
    assert not journal.quarantines.settle("CT-1", "ported", at_legal=REASSIGNABLE + DAY)
    assert number_of_the_row(journal, REASSIGNABLE + DAY) == []
    settled = journal.quarantines.of(MSISDN, REASSIGNABLE)
    assert settled is not None
    assert settled.state == "released"
    assert journal.lines.facts(MSISDN).life_began_at == REASSIGNABLE
    with pytest.raises(NotInQuarantine):
        journal.quarantines.settle("CT-9", "released", at_legal=REASSIGNABLE)
    with pytest.raises(ValueError, match="does not end"):
        journal.quarantines.settle("CT-1", "quarantine", at_legal=REASSIGNABLE)


def test_the_dossier_of_a_return_is_made_once_and_the_number_stays_due_until_it_is_back(journal: Journal):
    end_contract(journal, ends=begun(range_holder="BOREA"))
    dossier = journal.quarantines.open_dossier("CT-1", "ALIZE")
    assert journal.quarantines.open_dossier("CT-1", "ALIZE") == dossier
    assert (dossier[:6], len(dossier), dossier[6:].isdigit()) == ("ALIZE-", 21, True)
    (due,) = journal.quarantines.due(REASSIGNABLE, 10).items
    assert due.state == "returning"
    assert journal.quarantines.settle("CT-1", "returned", at_legal=REASSIGNABLE, dossier_id=dossier)
    assert journal.quarantines.open_dossier("CT-1", "ALIZE") == dossier
    end_contract(journal, 2)
    journal.quarantines.settle("CT-2", "ported", at_legal=REASSIGNABLE)
    for contract in ("CT-2", "CT-9"):
        with pytest.raises(NotInQuarantine):
            journal.quarantines.open_dossier(contract, "ALIZE")


def test_a_quarantine_that_is_not_settled_in_time_is_overdue_also_while_its_number_goes_back(journal: Journal):
    for number in range(1, 5):
        end_contract(journal, number)
    journal.quarantines.settle("CT-1", "released", at_legal=REASSIGNABLE)
    journal.quarantines.settle("CT-2", "ported", at_legal=REASSIGNABLE)
    journal.quarantines.open_dossier("CT-3", "ALIZE")
    assert journal.quarantines.count_overdue(REASSIGNABLE) == 0
    assert journal.quarantines.count_overdue(REASSIGNABLE + timedelta(seconds=1)) == 2


@pytest.mark.parametrize("state", ["released", "returned"])
def test_with_a_new_life_locks_bars_and_changes_of_sim_end_and_older_orders_are_only_counted(journal: Journal, state):
    changes = [LineChange.SWAPPED, LineChange.LOCKED, LineChange.BARRED]
    end_contract(journal, line_changes=changes)
    assert journal.lines.facts(MSISDN).locked_since == NOW
    journal.quarantines.settle("CT-1", state, at_legal=REASSIGNABLE)
    assert journal.lines.facts(MSISDN) == LineFacts(life_began_at=REASSIGNABLE)
    assert (journal.lines.read(MSISDN).orders, journal.lines.read(MSISDN).former) == ([], 1)
    journal.orders.accept(acceptance(2, msisdn=MSISDN, accepted_at=REASSIGNABLE, refuses_locked=True))
    line = journal.lines.read(MSISDN)
    assert ([view.order_id for view in line.orders], line.former) == ([order_id(2)], 1)
    assert [view.order_id for view in journal.orders.page(msisdn=MSISDN).items] == [order_id(2)]
    assert [view.order_id for view in journal.orders.page(msisdn=MSISDN, former=True).items] == [
        order_id(2),
        order_id(1),
    ]
    assert len(journal.orders.page().items) == 2


def test_what_is_told_late_leaves_alone_what_the_next_holder_has_done_already(journal: Journal):
    end_contract(journal, line_changes=[LineChange.LOCKED])
    journal.orders.accept(acceptance(2, msisdn=MSISDN, accepted_at=REASSIGNABLE, line_changes=[LineChange.LOCKED]))
    journal.quarantines.settle("CT-1", "released", at_legal=REASSIGNABLE + DAY)
    facts = LineFacts(locked_since=REASSIGNABLE, locked_by=order_id(2), life_began_at=REASSIGNABLE)
    assert journal.lines.facts(MSISDN) == facts
    assert [view.order_id for view in journal.lines.read(MSISDN).orders] == [order_id(2)]


def test_a_ported_number_keeps_its_holder_and_its_orders_but_not_the_facts_of_our_line(journal: Journal):
    end_contract(journal, line_changes=[LineChange.LOCKED])
    journal.quarantines.settle("CT-1", "ported", at_legal=NOW + DAY)
    assert journal.lines.facts(MSISDN) == LineFacts()
    assert [view.order_id for view in journal.lines.read(MSISDN).orders] == [order_id(1)]


def test_what_an_order_of_a_former_life_still_says_changes_nothing_of_the_new_one(journal: Journal):
    end_contract(journal)
    journal.orders.accept(acceptance(2, msisdn=MSISDN, kind="line_service"))
    journal.quarantines.settle("CT-1", "released", at_legal=REASSIGNABLE)
    journal.orders.accept(
        acceptance(3, msisdn=MSISDN, accepted_at=REASSIGNABLE + DAY, line_changes=[LineChange.LOCKED])
    )
    before = journal.lines.facts(MSISDN)
    late = entry(
        2,
        "late",
        line_changes=[LineChange.BARRED, LineChange.UNLOCKED],
        release_line=True,
        messages=[message("a", "sms", MSISDN), message("b", "sms", "+33639989999"), message("c")],
    )
    record(journal, late)
    assert journal.lines.facts(MSISDN) == before
    held_by = journal.lines.read(MSISDN).held_by
    assert held_by is not None
    assert held_by.order_id == order_id(3)
    sent = [item.payload["kind"] for item in journal.outbox.claim(CUSTOMER_MESSAGE, 10, 30, REAL + DAY)]
    assert sent == ["b", "c"]  # an SMS to the number itself would tell its new holder


def test_a_number_that_was_ported_away_and_came_back_has_one_quarantine_under_way(journal: Journal):
    end_contract(journal)
    end_contract(journal, 2, ends=begun(2, msisdn=MSISDN, since=NOW + 20 * DAY, reassignable_from=NOW + 65 * DAY))
    assert number_of_the_row(journal, REASSIGNABLE) == []
    assert number_of_the_row(journal, NOW + 65 * DAY) == [MSISDN]
    newest, older = journal.quarantines.of(MSISDN, NOW + 20 * DAY), journal.quarantines.of(MSISDN, NOW)
    assert newest is not None
    assert older is not None
    assert (newest.contract_id, newest.state, older.contract_id, older.state) == (
        "CT-2",
        "quarantine",
        "CT-1",
        "ported",
    )


def test_a_number_that_a_port_in_brings_back_is_due_no_longer_and_keeps_what_was_done_since(journal: Journal):
    end_contract(journal, line_changes=[LineChange.BARRED, LineChange.SWAPPED])
    journal.orders.accept(acceptance(2, msisdn=MSISDN, accepted_at=NOW + 20 * DAY))
    refused = entry(2, "refused", OrderState.REJECTED, release_line=True)
    record(journal, refused)
    assert number_of_the_row(journal, REASSIGNABLE) == [MSISDN]
    journal.orders.accept(acceptance(3, msisdn=MSISDN, accepted_at=NOW + 30 * DAY))
    lock = {"kind": "line_service", "line_changes": [LineChange.LOCKED]}
    journal.orders.accept(acceptance(4, msisdn=MSISDN, accepted_at=NOW + 31 * DAY, **lock))
    here = entry(3, "active", release_line=True)
    arrived = here.model_copy(update={"status": here.status.model_copy(update={"point_of_no_return": True})})
    record(journal, arrived)
    assert number_of_the_row(journal, REASSIGNABLE) == []
    assert journal.lines.facts(MSISDN) == LineFacts(locked_since=NOW + 31 * DAY, locked_by=order_id(4))
    assert len(journal.lines.read(MSISDN).orders) == 4
    end_contract(journal, 5, ends=begun(5, msisdn=MSISDN, since=NOW + 35 * DAY))
    record(journal, arrived.model_copy(update={"key": "closed"}))  # its last laggard has acknowledged
    assert number_of_the_row(journal, REASSIGNABLE) == [MSISDN]


def test_no_day_of_a_quarantine_is_moved_unnoticed_and_nothing_of_it_is_in_clear(journal: Journal, tmp_path: Path):
    end_contract(journal)
    with create_engine(url_in(tmp_path)).connect() as connection:
        stored = str(connection.execute(select(schema.quarantine)).one())
    assert MSISDN[1:] not in stored
    assert "CT-1" not in stored
    run_sql(tmp_path, "UPDATE quarantine SET reassignable_from = reassignable_from - 1")
    with pytest.raises(Sealed):
        journal.quarantines.due(REASSIGNABLE, 10)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", [quarantines._due, quarantines._due_after], ids=["first page", "next page"])
def test_what_is_due_is_found_by_its_index_however_many_wait(journal: Journal, tmp_path: Path, statement: Select[Any]):
    compiled: Any = statement.compile(dialect=sqlite.dialect())
    sent = compiled.construct_expanded_state({"now": 0, "limit": 1, "after": 1})
    engine = create_engine(url_in(tmp_path))
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sent.statement}", tuple(sent.positional_parameters))
        steps = [row[3] for row in plan]
    engine.dispose()
    assert any("USING INDEX quarantine_due (state=? AND reassignable_from" in step for step in steps), steps
    assert not any(step.startswith("SCAN quarantine") for step in steps), steps
