"""What becomes of last invoices, disputes and lent items, change by change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from simulator.billing import accounts, behaviours, disputes, invoices, routes
from simulator.billing.behaviours import BillingBehaviour
from simulator.billing.schema import next_due
from simulator.settings import Settings
from simulator.world.build import build_world
from simulator.world.clock import parse_iso
from simulator.world.subscriber import Subscriber
from simulator.world.world import World

NUMBER, KEY = "+33639980001", "te-1:invoice:1"


@dataclass
class Office:
    """A world with one contract that has ended, whose changes happen when the test says so."""

    world: World

    @property
    def line(self) -> Subscriber:
        line = self.world.subscribers.get(NUMBER, "ALIZE")
        assert line is not None
        return line

    def behave(self, **behaviour: object) -> None:
        behaviours.put(self.world, self.line, BillingBehaviour.model_validate(behaviour))

    def invoice(self) -> dict[str, Any]:
        return invoices.request(self.world, self.line, "te-1", self.world.clock.legal_now(), "10.00", KEY)

    def dispute(self) -> dict[str, Any]:
        row = invoices.of_contract(self.world, self.line.contract.id)
        assert row is not None
        differences = [{"kind": "leaving_fee", "over": "10.00", "why": "twice", "rule": "once"}] * 2
        return disputes.open_one(self.world, row, "st-1", differences, KEY)

    def invoice_goes_on(self) -> dict[str, Any]:
        row = invoices.of_contract(self.world, self.line.contract.id)
        assert row is not None
        invoices.advance(self.world, row)
        after = invoices.of_contract(self.world, self.line.contract.id)
        assert after is not None
        return after

    def dispute_goes_on(self) -> dict[str, Any]:
        row = disputes.find(self.world, "ALIZE", "D0000000001")
        assert row is not None
        disputes.advance(self.world, row)
        after = disputes.find(self.world, "ALIZE", "D0000000001")
        assert after is not None
        return after

    def item_goes_on(self) -> dict[str, Any]:
        row = self.world.store.execute("SELECT * FROM billing_accounts").fetchone()
        accounts.advance(self.world, dict(row))
        return accounts.account(self.world, self.line.contract.id)

    def effects(self) -> list[dict[str, Any]]:
        return self.world.effects.after(0, 100)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = Settings(state_dir=tmp_path)
    settings.world_file.parent.mkdir()
    build_world(settings.world_file, seed=1, subscribers=10, pace=1.0)
    world = World(settings)
    routes.prepare(world)
    world.subscribers.end(NUMBER, "ALIZE", "terminated")
    yield Office(world)
    world.close()


def between(earlier: str, later: str) -> timedelta:
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)


def test_an_invoice_is_issued_when_it_was_promised_and_paid_three_days_later(office):
    asked = office.invoice()
    issued, paid = office.invoice_goes_on(), office.invoice_goes_on()
    assert [row["state"] for row in (asked, issued, paid)] == ["pending", "issued", "paid"]
    assert issued["issued_at"] == asked["expected_at"]
    assert between(issued["issued_at"], paid["paid_at"]) == timedelta(days=3)
    assert next_due(office.world) is None
    shown = invoices.as_json(paid)
    assert Decimal(shown["total"]) == sum(Decimal(line["amount"]) for line in shown["lines"])
    effects = office.effects()[1:]
    assert [one["effect"] for one in effects] == ["final_invoice_requested", "invoice_issued", "invoice_paid"]
    assert [one["key"] for one in effects] == [KEY, None, None]
    assert effects[2]["detail"]["amount"] == shown["total"]


def test_what_was_credited_before_the_payment_is_not_paid(office):
    office.invoice()
    issued = office.invoice_goes_on()
    assert office.dispute()["state"] == "open"
    answered = office.dispute_goes_on()
    assert (answered["state"], answered["credited"], answered["due"]) == ("credited", "20.00", None)
    office.invoice_goes_on()
    credit, paid = office.effects()[-2:]
    assert (credit["effect"], credit["detail"]["amount"]) == ("credit_note_issued", "20.00")
    assert Decimal(paid["detail"]["amount"]) == Decimal(issued["total"]) - 20


def test_a_dispute_may_be_rejected_or_never_answered_until_somebody_wakes_up(office):
    office.invoice()
    office.invoice_goes_on()
    office.dispute()
    office.behave(dispute="silent")
    assert (office.dispute_goes_on()["state"], office.dispute_goes_on()["due"]) == ("open", None)
    office.behave(dispute="reject")
    row = disputes.find(office.world, "ALIZE", "D0000000001")
    assert row is not None
    assert parse_iso(row["due"]) <= office.world.clock.legal_now()
    answered = office.dispute_goes_on()
    assert (answered["state"], answered["credited"]) == ("rejected", "0.00")
    assert office.effects()[-1]["effect"] == "dispute_rejected"


def test_a_customer_who_does_not_pay_may_pay_later(office):
    office.behave(pays=False)
    office.invoice()
    office.invoice_goes_on()
    unpaid = office.invoice_goes_on()
    assert (unpaid["state"], unpaid["due"]) == ("issued", None)
    office.behave(pays=True)
    assert office.invoice_goes_on()["state"] == "paid"


def test_a_lent_item_comes_back_three_days_after_the_end(office):
    office.behave(deposit="50", deposit_item="router", advances="12.5")
    accounts.await_item(office.world, office.line)
    before = accounts.account(office.world, office.line.contract.id)
    assert before == {"deposit": "50.00", "deposit_item": "router", "item_returned_at": None, "advances": "12.50"}
    after = office.item_goes_on()
    assert office.line.ended_at is not None
    assert parse_iso(after["item_returned_at"]) == office.line.ended_at + timedelta(days=3)
    assert office.effects()[-1]["effect"] == "item_returned"


def test_an_item_that_is_kept_comes_back_once_the_customer_thinks_better_of_it(office):
    office.behave(deposit="50.00", deposit_item="router", item_returned=False)
    accounts.await_item(office.world, office.line)
    assert office.item_goes_on()["item_returned_at"] is None
    office.behave(deposit="50.00", deposit_item="router")
    accounts.await_item(office.world, office.line)
    assert office.item_goes_on()["item_returned_at"] is not None


def test_a_deposit_for_no_item_waits_for_none(office):
    office.behave(deposit="50.00")
    accounts.await_item(office.world, office.line)
    assert next_due(office.world) is None
