"""The last invoice against the contract, and what is owed back."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contracts import Account, Contract, InvoiceLine, LeavingCost
from rules.france.contract_end_config import ContractEndConfig
from rules.france.invoice import check_invoice
from rules.france.refunds import owe_back


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


def day(number: int, month: int = 6) -> date:
    return date(2026, month, number)


CONTRACT = Contract(id="c-1", signed_on=date(2025, 1, 15), commitment_months=24, monthly_price=Decimal("29.99"))
COST = LeavingCost(currency="EUR", last_day=day(11), fee=Decimal("59.98"))
END = paris(2026, 6, 12)
A_MONTH_TO_THE_END = ("subscription", "11.00", day(1), day(11))  # 11 of 30 days: 10.9963…
LEAVING = ("leaving_fee", "59.98")


def line(kind, amount, first_day=None, last_day=None):
    return InvoiceLine(kind=kind, amount=Decimal(amount), first_day=first_day, last_day=last_day)


def check(*lines, cost=COST, ended_at=END):
    read = [line(*one) for one in lines]
    return check_invoice(read, contract=CONTRACT, cost=cost, effective_at=ended_at)


def over(*lines, **rest):
    return [(difference.kind, str(difference.over)) for difference in check(*lines, **rest)]


@pytest.mark.parametrize(
    "lines",
    [
        [A_MONTH_TO_THE_END, LEAVING, ("usage", "3.20"), ("sim_fee", "10.00")],
        [("subscription", "10.99", day(1), day(11))],  # rounded down
        [("subscription", "29.99", day(1, 5), day(31, 5)), A_MONTH_TO_THE_END],
        [("subscription", "40.99", day(1, 5), day(11))],  # two months in one line
        [("subscription", "5.00", day(1), day(5)), ("subscription", "6.00", day(6), day(11))],
        [("subscription", "11.00")],  # no bounds: the last month
        [("leaving_fee", "30.00"), ("leaving_fee", "29.98")],  # in two lines, and no more than announced
        [("credit", "-5.00"), ("surprise", "-1.00"), ("usage", "1.00", day(3), day(11)), ("usage", "1.00", day(11))],
        [("sim_fee", "10.00", day(2), day(2)), ("sim_fee", "10.00", day(9), day(9))],  # two SIMs
        [],
    ],
)
def test_what_the_contract_justifies_is_no_difference(lines):
    assert check(*lines) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # After the end.
        ([("subscription", "29.99", day(1), day(30))], [("subscription", "19.00")]),
        ([A_MONTH_TO_THE_END, ("subscription", "18.99", day(12), day(30))], [("subscription", "18.99")]),
        ([("subscription", "29.99", day(1, 7), day(31, 7))], [("subscription", "29.99")]),
        (
            [("usage", "2.00", day(12), day(12)), ("sim_fee", "10.00", day(15))],
            [("usage", "2.00"), ("sim_fee", "10.00")],
        ),
        # The month's share.
        ([("subscription", "11.01", day(1), day(11))], [("subscription", "0.02")]),  # asked back from 10.99
        ([("subscription", "29.99", day(1), day(11))], [("subscription", "19.00")]),
        ([("subscription", "29.99")], [("subscription", "19.00")]),
        ([A_MONTH_TO_THE_END, A_MONTH_TO_THE_END], [("subscription", "11.00")]),
        ([A_MONTH_TO_THE_END, ("subscription", "11.00")], [("subscription", "11.00")]),
        ([("subscription", "1.00", day(11), day(1))], [("subscription", "1.00")]),  # a period that is none
        ([("subscription", "29.99", date(2024, 5, 1), date(2024, 5, 31))], [("subscription", "29.99")]),  # before it
        # Leaving.
        ([("leaving_fee", "74.97")], [("leaving_fee", "14.99")]),
        ([LEAVING, LEAVING], [("leaving_fee", "59.98")]),
        ([("leaving_fee", "30.00"), LEAVING], [("leaving_fee", "30.00")]),
        # What nobody ordered.
        ([("option", "5.00", day(1), day(11))], [("option", "5.00")]),
        ([("surprise", "0.01")], [("surprise", "0.01")]),
        ([("deposit", "50.00"), ("credit", "3.00")], [("deposit", "50.00"), ("credit", "3.00")]),
        ([("sim_fee", "10.00", day(2), day(2)), ("sim_fee", "10.00", day(2), day(2))], [("sim_fee", "10.00")]),
    ],
)
def test_what_it_does_not_is_named_with_what_is_too_much(lines, expected):
    assert over(*lines) == expected


def test_a_contract_that_cost_nothing_to_leave_justifies_no_fee():
    assert over(("leaving_fee", "59.98"), cost=LeavingCost(currency="EUR", last_day=day(11))) == [
        ("leaving_fee", "59.98")
    ]


def test_a_contract_that_ended_within_a_day_is_charged_to_that_day():
    assert over(A_MONTH_TO_THE_END, ended_at=paris(2026, 6, 11, 9)) == []
    assert over(A_MONTH_TO_THE_END, ended_at=paris(2026, 6, 11)) == [("subscription", "1.01")]


@pytest.mark.parametrize(
    ("charged", "why", "rule"),
    [
        (("subscription", "29.99", day(1), day(30)), "after 2026-06-11", "L224-39"),
        (("subscription", "29.99", day(1), day(11)), "more than the contract's price", "by the days of the month"),
        (("leaving_fee", "99.99"), "more than was announced", "L224-28"),
        (("surprise", "1.00"), "not known", "ours"),
    ],
)
def test_each_difference_says_why_and_by_which_rule(charged, why, rule):
    (found,) = check(charged)
    assert why in found.why
    assert rule in found.rule


AMOUNTS = st.decimals(-50, 100, places=2)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["subscription", "leaving_fee", "sim_fee", "option", "usage", "deposit", "credit", "other"]),
        AMOUNTS,
        st.none() | st.dates(date(2025, 12, 1), date(2026, 9, 1)),
        st.none() | st.dates(date(2025, 12, 1), date(2026, 9, 1)),
    ),
    max_size=8,
)


@given(LINES)
def test_no_more_is_asked_back_than_was_charged_and_no_leaving_fee_above_the_announced_stands(lines):
    found = check(*lines)
    charged = {}
    for kind, amount, *_ in lines:
        charged[kind] = charged.get(kind, Decimal(0)) + max(Decimal(0), amount)
    asked = {kind: sum(one.over for one in found if one.kind == kind) for kind in charged}
    assert all(one.over > 0 for one in found)
    assert all(asked[kind] <= charged[kind] for kind in charged)
    assert charged.get("leaving_fee", 0) - asked.get("leaving_fee", 0) <= COST.fee


LENT = Account(deposit=Decimal("50.00"), deposit_item="router", advances=Decimal("12.35"))
BACK, PAID = paris(2026, 6, 15, 10), paris(2026, 6, 19, 18)
DEPOSIT_DUE, ADVANCES_DUE = paris(2026, 6, 26), paris(2026, 6, 30)


def test_nothing_is_due_before_the_item_is_back_and_the_invoice_paid():
    owed = owe_back(LENT, returned_at=None, paid_at=None, now=END)
    assert (owed.amounts, owed.deposit_due, owed.advances_due) == ({}, None, None)


@pytest.mark.parametrize(
    ("returned", "paid", "now", "amounts", "late"),
    [
        (BACK, None, BACK, {"deposit": "50.00"}, {}),
        (None, PAID, PAID, {"advances": "12.35"}, {}),
        (BACK, PAID, DEPOSIT_DUE, {"deposit": "50.00", "advances": "12.35"}, {}),
        (BACK, None, DEPOSIT_DUE + timedelta(seconds=1), {"deposit": "50.00"}, {"deposit": "25.00"}),
        (None, PAID, paris(2026, 7, 1), {"advances": "12.35"}, {"advances": "6.18"}),  # 6.175: not less
        (
            BACK,
            PAID,
            paris(2026, 7, 1),
            {"deposit": "50.00", "advances": "12.35"},
            {"deposit": "25.00", "advances": "6.18"},
        ),
    ],
)
def test_each_is_due_to_the_end_of_its_tenth_day_and_half_as_much_again_after_it(returned, paid, now, amounts, late):
    owed = owe_back(LENT, returned_at=returned, paid_at=paid, now=now)
    assert {kind: str(amount) for kind, amount in owed.amounts.items()} == amounts
    assert owed.deposit_due == (DEPOSIT_DUE if returned else None)
    assert owed.advances_due == (ADVANCES_DUE if paid else None)
    assert {kind: str(amount) for kind, amount in owed.late.items()} == late


def test_nothing_lent_is_nothing_owed():
    assert owe_back(Account(), returned_at=BACK, paid_at=PAID, now=paris(2027, 1, 1)).amounts == {}


def test_a_deposit_for_no_item_is_due_from_the_end_of_the_contract():
    account = Account(deposit=Decimal("50.00"))
    owed = owe_back(account, returned_at=None, paid_at=None, now=END, effective_at=END)
    assert owed.amounts == {"deposit": Decimal("50.00")}
    assert owed.deposit_due == paris(2026, 6, 23)


def test_ten_days_over_a_clock_change_end_at_midnight():
    owed = owe_back(LENT, returned_at=paris(2026, 10, 20, 23), paid_at=None, now=END)
    assert owed.deposit_due == paris(2026, 10, 31)


def test_other_terms_can_be_configured():
    config = ContractEndConfig(deposit_days=5, late_increase=Decimal("0.1"))
    owed = owe_back(LENT, returned_at=BACK, paid_at=None, now=paris(2026, 6, 21, 1), config=config)
    assert owed.late == {"deposit": Decimal("5.00")}
