"""What the simulated billing writes on a contract's last invoice, right or wrong as it was told."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from simulator.billing.last_invoice import InvoiceLine, last_day_of, make
from simulator.world.subscriber import Contract

PARIS = ZoneInfo("Europe/Paris")
CONTRACT = Contract("CIRUS-0000000001", "2024-01-01", 24, "29.99", True)
NOTHING = Decimal("0.00")
END = datetime(2026, 11, 21, tzinfo=PARIS)


def lines(*errors: str, fee: str = "59.98", end: datetime = END, contract: Contract = CONTRACT) -> list[InvoiceLine]:
    made = make(contract, end, Decimal(fee), [(Decimal("15.00"), "lost (F0000000001)")], errors)  # type: ignore[arg-type]
    return [line for line in made if line.kind != "usage"]


def of_kind(kind: str, made: list[InvoiceLine]) -> list[tuple[str, date | None, date | None]]:
    return [(str(line.amount), line.first_day, line.last_day) for line in made if line.kind == kind]


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (datetime(2026, 11, 21, 0, 0, tzinfo=PARIS), date(2026, 11, 20)),
        (datetime(2026, 11, 21, 10, 0, tzinfo=PARIS), date(2026, 11, 21)),
        (datetime(2026, 3, 29, 0, 0, tzinfo=PARIS), date(2026, 3, 28)),
        (datetime(2026, 10, 26, 0, 0, tzinfo=PARIS), date(2026, 10, 25)),
    ],
    ids=["midnight", "in the morning", "before the clocks go forward", "after they went back"],
)
def test_the_last_day_is_the_local_one_that_was_still_begun(end: datetime, last: date):
    assert last_day_of(end) == last


def test_a_right_invoice_has_the_months_share_the_fee_as_asked_and_the_fees_not_billed_yet():
    made = lines()
    assert [line.kind for line in made] == ["subscription", "leaving_fee", "sim_fee"]
    assert of_kind("subscription", made) == [("19.99", date(2026, 11, 1), date(2026, 11, 20))]
    assert of_kind("leaving_fee", made) == [("59.98", None, None)]
    assert of_kind("sim_fee", made) == [("15.00", None, None)]


def test_a_contract_of_this_month_pays_from_its_first_day_and_a_half_cent_is_rounded_up():
    assert of_kind("subscription", lines(contract=Contract("N", "2026-11-06", 0, "19.99", False))) == [
        ("10.00", date(2026, 11, 6), date(2026, 11, 20))
    ]
    assert of_kind("subscription", lines(contract=Contract("N", "2026-11-21", 0, "19.99", False))) == []


def test_usage_is_of_the_last_month_and_the_same_whenever_it_is_asked():
    usage = [[line for line in make(CONTRACT, END, NOTHING, [], ()) if line.kind == "usage"] for _ in range(2)]
    assert usage[0] == usage[1]
    assert usage[0][0].last_day == date(2026, 11, 20)
    assert 0 <= usage[0][0].amount < 3


@pytest.mark.parametrize(
    ("error", "kind", "amounts"),
    [
        ("charge_after_end", "subscription", ["19.99", "10.00"]),
        ("prorata_wrong", "subscription", ["20.99"]),
        ("fee_twice", "leaving_fee", ["59.98", "59.98"]),
        ("fee_too_high", "leaving_fee", ["89.97"]),
        ("option_forgotten", "option", ["5.00"]),
    ],
)
def test_each_mistake_makes_the_invoice_too_high_by_its_own_line(error: str, kind: str, amounts: list[str]):
    wrong, right = lines(error), lines()
    assert [amount for amount, *_ in of_kind(kind, wrong)] == amounts
    assert [line for line in wrong if line.kind != kind] == [line for line in right if line.kind != kind]
    assert sum(line.amount for line in wrong) > sum(line.amount for line in right)


def test_what_is_charged_after_the_end_says_for_which_days():
    assert of_kind("subscription", lines("charge_after_end"))[1][1:] == (date(2026, 11, 21), date(2026, 11, 30))
    at_months_end = lines("charge_after_end", end=datetime(2026, 12, 1, tzinfo=PARIS))
    assert of_kind("subscription", at_months_end)[1] == ("29.99", date(2026, 12, 1), date(2026, 12, 31))


def test_no_fee_is_no_line_and_a_fee_that_nobody_asked_for_is_a_mistake():
    assert of_kind("leaving_fee", lines("fee_twice", fee="0")) == []
    assert of_kind("leaving_fee", lines("fee_too_high", fee="0")) == [("29.99", None, None)]
