"""The witnesses of ends of contracts see what they are there to see: a good effect log, and one wrong in one thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.end_invariants import EndLog
from tests.support.living_relais import HOME, AskedEnd, Effect, Line

START = datetime(2026, 1, 20, 9, tzinfo=UTC)
ENDS = datetime(2026, 1, 31, 23, tzinfo=UTC)
TE, ST = "te-1", "st-1"
SIM = {"imsi": "208410000000001"}
LINE = Line("+33790000001", HOME, HOME, "A1P1", "consumer", "Ada", "8933410000000000018", SIM["imsi"], "ALIZE-1")
ASKED = AskedEnd(LINE, START, {"deposit": Decimal("50.00")})
ENDED_AT = {"effective_at": ENDS.isoformat()}
LINES = [
    {"kind": "subscription", "amount": "10.00", "first_day": "2026-01-01", "last_day": "2026-01-31"},
    {"kind": "subscription", "amount": "4.00", "first_day": "2026-02-01", "last_day": "2026-02-28"},
    {"kind": "leaving_fee", "amount": "30.00", "first_day": None, "last_day": None},
    {"kind": "leaving_fee", "amount": "30.00", "first_day": None, "last_day": None},
]
LOG: list[tuple[int, str, str, str | None, dict[str, Any]]] = [  # legal days after the end, party, effect, reference
    (0, "hlr", "msisdn_cleared", None, SIM),
    (0, "care", "contract_ended", TE, ENDED_AT),
    (0, "care", "final_invoice_requested", TE, {"leaving_fee": "30.00", "contract_id": LINE.contract}),
    (0, "logistics", "sim_retired", TE, {"iccid": LINE.iccid}),
    (2, "care", "invoice_issued", TE, {"lines": LINES, "contract_id": LINE.contract}),
    (2, "care", "dispute_opened", f"{ST}:dispute-1:1", {"dispute_id": "D1"}),
    (4, "care", "refunded", f"{ST}:deposit", {"amount": "50.00", "kind": "deposit"}),
    (4, "care", "credit_note_issued", f"{ST}:dispute-1:1", {"dispute_id": "D1", "amount": "34.00"}),
    (9, "clearing_house", "porting_requested", None, {"dossierid": "FJORD-1"}),
    (9, "clearing_house", "porting_cancelled", None, {"dossierid": "FJORD-1"}),
    (46, "care", "number_pooled", "quarantine:ALIZE-1", {}),
    (47, "hlr", "msisdn_set", None, {"imsi": "208410000000009"}),
]
COMPLETED = {
    "order_id": TE,
    "state": "completed",
    "outcome": {
        "effective_at": ENDS.isoformat(),
        "reassignable_from": (ENDS + timedelta(days=45)).isoformat(),
        "fee": "30.00",
    },
}
Change = Callable[[list[Effect]], list[Effect]]


def log_of(entries: list[tuple[int, str, str, str | None, dict[str, Any]]]) -> list[Effect]:
    return [
        Effect(n, ENDS + timedelta(days=days, minutes=n), START + timedelta(seconds=n), party, effect, None,
               LINE.msisdn, {"operator": HOME, **({"reference": reference} if reference else {}), **detail})
        for n, (days, party, effect, reference, detail) in enumerate(entries, 1)
    ]  # fmt: skip


def breaches(log: list[Effect], order: dict[str, Any] | None = None, **more: Any) -> list[str]:
    return EndLog(log, TE, ASKED).breaches(order or COMPLETED, **more)


def without(effect: str) -> Change:
    return lambda log: [entry for entry in log if entry.effect != effect]


def again(effect: str) -> Change:
    return lambda log: [twin for entry in log for twin in ([entry, entry] if entry.effect == effect else [entry])]


def early(effect: str, by: timedelta) -> Change:
    return lambda log: [replace(e, at=e.at - by) if e.effect == effect else e for e in log]


def says(effect: str, **detail: Any) -> Change:
    return lambda log: [replace(e, detail=e.detail | detail) if e.effect == effect else e for e in log]


def also(after: str, effect: str, party: str, **detail: Any) -> Change:
    """One more thing happens right after the first `after`."""

    def changed(log: list[Effect]) -> list[Effect]:
        at = next(place for place, entry in enumerate(log) if entry.effect == after) + 1
        extra = replace(log[at - 1], party=party, effect=effect, detail={"operator": HOME, **detail})
        return [replace(entry, n=n) for n, entry in enumerate([*log[:at], extra, *log[at:]], 1)]

    return changed


def test_a_good_end_breaks_nothing():
    assert breaches(log_of(LOG)) == []
    assert breaches(log_of(LOG[:8])) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (without("msisdn_cleared"), "still on a SIM of ours"),
        (early("msisdn_cleared", timedelta(hours=1)), "before the last day was over"),
        (early("contract_ended", timedelta(hours=1)), "before the last day was over"),
        (says("contract_ended", effective_at=START.isoformat()), "care ended it at"),
        (again("contract_ended"), "2 contract_ended"),
        (without("final_invoice_requested"), "0 final_invoice_requested"),
        (without("sim_retired"), "0 sim_retired"),
        (also("contract_ended", "msisdn_set", "hlr", imsi="208410000000007"), "put on a SIM"),
        (also("contract_ended", "reference_changed", "clearing_house", operator="FJORD"), "FJORD serves it"),
        (early("number_pooled", timedelta(days=2)), "number_pooled at"),
        (also("number_pooled", "number_pooled", "care", reference="quarantine:ALIZE-1"), "again"),
        (without("porting_cancelled"), "while dossier FJORD-1 was open"),
        (says("final_invoice_requested", leaving_fee="31.00"), "a fee of 31.00 was asked for"),
        (says("credit_note_issued", amount="33.99"), "34.00 too much, 33.99 credited"),
        (without("credit_note_issued"), "dispute D1 has no answer"),
        (without("invoice_issued"), "0 last invoices"),
        (without("refunded"), "deposit of 50.00 not paid back once"),
        (again("refunded"), "deposit of 50.00 not paid back once"),
        (
            also("refunded", "refunded", "care", reference=f"{ST}:late_increase:deposit", amount="25.01"),
            "increased by",
        ),
        (also("refunded", "refunded", "care", reference=f"{ST}:advances", amount="1.00"), "paid back for nothing"),
    ],
)
def test_each_wrong_thing_is_a_breach(wrong: Change, said: str):
    assert any(said in breach for breach in breaches(wrong(log_of(LOG))))


def test_a_number_is_not_given_back_while_an_order_holds_it():
    times = [{"at": (ENDS + timedelta(days=days)).isoformat()} for days in (1, 46, 60)]
    other = {"order_id": "pi-2", "kind": "port_in", "state": "completed"}
    assert breaches(log_of(LOG), orders_on_it=[{**other, "timeline": times[:2]}]) == []
    for held in ({**other, "timeline": times}, {**other, "state": "pending", "timeline": times[:2]}):
        assert any("while pi-2 held the line" in breach for breach in breaches(log_of(LOG), orders_on_it=[held]))


def test_a_withdrawn_end_has_touched_nothing():
    withdrawn = {"order_id": TE, "state": "cancelled"}
    assert breaches([], withdrawn) == []
    assert any("contract_ended" in breach for breach in breaches(log_of(LOG[:2]), withdrawn))
