"""What leaving costs: the table of the rule, and what holds for every contract."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contracts import Account, Contract
from rules.france.contract_end_config import DEFAULT_CONTRACT_END, ContractEndConfig
from rules.france.leaving_cost import leaving_cost

NOTHING = Account()
PRICE = "29.99"


def contract(signed, months, *, subsidy=True, price=PRICE, amended=None):
    return Contract(
        id="c",
        signed_on=date.fromisoformat(signed),
        amended_on=None if amended is None else date.fromisoformat(amended),
        commitment_months=months,
        monthly_price=Decimal(price),
        handset_subsidy=subsidy,
    )


def fee(paid_by, last_day):
    return leaving_cost(paid_by, date.fromisoformat(last_day), NOTHING).fee


@pytest.mark.parametrize(
    ("signed", "months", "subsidy", "last_day", "owed"),
    [
        # No commitment, or none left.
        ("2025-01-15", 0, True, "2025-01-15", "0.00"),
        ("2025-01-15", 0, False, "2026-01-15", "0.00"),
        ("2025-01-15", -3, True, "2025-02-15", "0.00"),
        ("2025-01-15", 12, False, "2026-01-14", "0.00"),  # the commitment's last day
        ("2025-01-15", 12, False, "2026-01-15", "0.00"),  # the day after
        ("2025-01-15", 24, True, "2027-01-14", "0.00"),
        ("2025-01-15", 24, True, "2030-06-01", "0.00"),
        # At most twelve months: every instalment to the end; with or without a handset.
        ("2025-01-15", 12, False, "2025-01-15", "329.89"),  # the first month has begun: 11 are left
        ("2025-01-15", 12, True, "2025-01-15", "329.89"),
        ("2025-01-15", 12, False, "2025-02-14", "329.89"),  # the last day of month 1
        ("2025-01-15", 12, False, "2025-02-15", "299.90"),  # the first of month 2
        ("2025-01-15", 12, False, "2025-07-14", "179.94"),  # 6 left
        ("2025-01-15", 12, False, "2025-12-14", "29.99"),
        ("2025-01-15", 12, False, "2025-12-15", "0.00"),  # month 12 has begun
        ("2025-01-15", 1, False, "2025-01-20", "0.00"),
        ("2025-01-15", 6, False, "2025-03-14", "119.96"),
        ("2022-03-01", 12, False, "2022-06-30", "239.92"),  # the same before the reform
        # More than twelve, since 2023, subsidised handset: to month 12, and 20 % of what follows.
        ("2025-01-15", 24, True, "2025-01-15", "401.86"),  # 11 × 29.99 + 20 % of 12
        ("2025-01-15", 24, True, "2025-12-14", "101.96"),  # 29.99 + 71.97
        ("2025-01-15", 24, True, "2025-12-15", "71.97"),  # month 12 has begun
        ("2025-01-15", 24, True, "2026-01-14", "71.97"),  # its last day: 12 left
        ("2025-01-15", 24, True, "2026-01-15", "65.97"),  # 11 left: 65.978
        ("2025-01-15", 24, True, "2026-03-14", "59.98"),  # 14 full months elapsed, 10 left
        ("2025-01-15", 24, True, "2026-03-15", "53.98"),  # 53.982, down
        ("2025-01-15", 24, True, "2026-12-14", "5.99"),  # 5.998, down
        ("2025-01-15", 24, True, "2026-12-15", "0.00"),
        ("2025-01-15", 18, True, "2026-01-14", "35.98"),  # 6 left: 35.988
        ("2025-01-15", 13, True, "2026-01-14", "5.99"),
        # The same without a handset: nothing after month 12.
        ("2025-01-15", 24, False, "2025-01-15", "329.89"),
        ("2025-01-15", 24, False, "2025-12-14", "29.99"),
        ("2025-01-15", 24, False, "2025-12-15", "0.00"),
        ("2025-01-15", 24, False, "2026-01-15", "0.00"),
        # Before 2023: 25 %, handset or not; the day decides.
        ("2022-12-31", 24, True, "2024-02-28", "74.97"),  # 14 elapsed, 10 left: 74.975, down
        ("2022-12-31", 24, False, "2024-02-28", "74.97"),
        ("2022-12-31", 24, True, "2024-02-29", "67.47"),  # month 15 begins on the 29th
        ("2022-12-31", 24, True, "2023-12-30", "89.97"),
        ("2022-12-31", 24, True, "2023-01-31", "389.87"),  # month 2 begins on 31 January: 10 to month 12, 25 % of 12
        ("2023-01-01", 24, True, "2024-02-29", "59.98"),
        ("2023-01-01", 24, False, "2024-02-29", "0.00"),
        ("2023-01-01", 24, True, "2023-12-31", "71.97"),
        # The end of February: a month without the day begins on its last.
        ("2024-02-29", 12, False, "2025-01-28", "29.99"),
        ("2024-02-29", 12, False, "2025-02-27", "0.00"),
        ("2024-02-29", 24, True, "2025-02-27", "71.97"),
        ("2024-02-29", 24, True, "2025-02-28", "65.97"),  # month 13 begins on the 28th
        ("2025-01-31", 12, False, "2025-02-27", "329.89"),
        ("2025-01-31", 12, False, "2025-02-28", "299.90"),
        ("2025-01-31", 12, False, "2025-03-30", "299.90"),  # and month 3 on the 31st again
        ("2025-01-31", 12, False, "2025-03-31", "269.91"),
        # Longer than a consumer can be bound.
        ("2025-01-15", 36, True, "2026-03-14", "59.98"),
        ("2025-01-15", 36, True, "2027-01-15", "0.00"),
    ],
)
def test_the_fee_follows_the_contracts_date_commitment_and_handset(signed, months, subsidy, last_day, owed):
    assert fee(contract(signed, months, subsidy=subsidy), last_day) == Decimal(owed)


@pytest.mark.parametrize(
    ("amended", "last_day", "subsidy", "owed"),
    [
        (None, "2023-04-30", True, "59.98"),  # of before the reform: 25 % of the 8 left
        ("2022-12-31", "2024-02-28", True, "74.97"),
        ("2023-01-01", "2024-02-29", True, "59.98"),  # amended across the reform: a conclusion of its own
        ("2023-01-01", "2024-02-29", False, "0.00"),
        ("2023-01-01", "2023-11-30", False, "29.99"),  # the commitment runs from the amendment
    ],
)
def test_an_amendment_is_a_conclusion_of_its_own(amended, last_day, subsidy, owed):
    assert fee(contract("2022-01-01", 24, subsidy=subsidy, amended=amended), last_day) == Decimal(owed)


@pytest.mark.parametrize(
    ("signed", "months", "ends_on"),
    [
        ("2025-01-15", 24, date(2027, 1, 14)),
        ("2024-02-29", 12, date(2025, 2, 27)),
        ("2024-02-29", 24, date(2026, 2, 27)),
        ("2025-01-01", 12, date(2025, 12, 31)),
        ("2025-01-15", 36, date(2027, 1, 14)),
        ("2025-01-15", 0, None),
    ],
)
def test_a_commitment_ends_on_the_eve_of_its_day(signed, months, ends_on):
    assert leaving_cost(contract(signed, months), date(2025, 6, 1), NOTHING).commitment_ends_on == ends_on


def test_deposit_and_advances_are_shown_as_coming_back_and_never_lower_the_fee():
    account = Account(deposit=Decimal("50.00"), deposit_item="router", advances=Decimal("12.30"))
    cost = leaving_cost(contract("2025-01-15", 24), date(2026, 3, 14), account)
    assert (cost.fee, cost.due_back) == (Decimal("59.98"), Decimal("62.30"))
    assert [(line.what, line.amount) for line in cost.lines[1:]] == [
        ("deposit (router) back", Decimal("-50.00")),
        ("advances back", Decimal("-12.30")),
    ]
    assert all("L224-35" in line.rule for line in cost.lines[1:])


@pytest.mark.parametrize(
    ("months", "last_day", "figures"),
    [
        (12, date(2025, 7, 14), ["6 months at 29.99 to the end of the commitment"]),
        (24, date(2026, 3, 14), ["20 % of 10 months at 29.99 after month 12"]),
        (
            24,
            date(2025, 12, 14),
            ["1 month at 29.99 to the end of month 12", "20 % of 12 months at 29.99 after month 12"],
        ),
        (24, date(2027, 1, 14), ["leaving: no instalment left"]),
    ],
)
def test_each_figure_says_what_it_is_and_none_is_empty_but_the_only_one(months, last_day, figures):
    cost = leaving_cost(contract("2025-01-15", months), last_day, NOTHING)
    assert [line.what for line in cost.lines] == figures


@pytest.mark.parametrize(
    ("signed", "subsidy", "words"),
    [
        ("2022-12-31", False, "25 %"),
        ("2023-01-01", True, "subsidised handset: at most 20 %"),
        ("2023-01-01", False, "nothing after month 12"),
    ],
)
def test_the_rule_that_applies_is_named_with_its_source(signed, subsidy, words):
    last = leaving_cost(contract(signed, 24, subsidy=subsidy), date(2023, 6, 1), NOTHING).lines[-1]
    assert words in last.rule
    assert "L224-28" in last.rule


def test_another_edition_of_the_figures_can_be_applied():
    config = ContractEndConfig(edition="later", share_since=Decimal("0.1"), free_after_months=6)
    cost = leaving_cost(contract("2025-01-15", 24), date(2025, 7, 14), NOTHING, config)
    assert (cost.fee, cost.edition) == (Decimal("53.98"), "later")  # 10 % of 18
    assert "10 %" in cost.lines[0].rule


@pytest.mark.parametrize(
    ("price", "account"),
    [
        ("-0.01", NOTHING),
        (PRICE, Account(deposit=Decimal(-1))),
        (PRICE, Account(advances=Decimal(-1))),
    ],
)
def test_what_is_no_sum_of_money_is_an_error(price, account):
    paid_by = contract("2025-01-15", 24, price=price)
    with pytest.raises(ValueError, match="sums of money"):
        leaving_cost(paid_by, date(2026, 1, 1), account)


DAYS = st.dates(date(2021, 1, 1), date(2027, 12, 31))
CONTRACTS = st.builds(
    Contract,
    id=st.just("c"),
    signed_on=DAYS,
    amended_on=st.none() | DAYS,
    commitment_months=st.integers(-1, 40),
    monthly_price=st.decimals(0, 200, places=2),
    handset_subsidy=st.booleans(),
)


def full_months(start, end):
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


@given(CONTRACTS, st.integers(0, 1300))
def test_a_fee_is_in_cents_never_negative_and_never_above_what_the_law_allows(paid_by, days):
    start = paid_by.amended_on or paid_by.signed_on
    cost = leaving_cost(paid_by, start + timedelta(days=days), NOTHING)
    months = max(0, min(paid_by.commitment_months, 24))
    left = Decimal(max(0, months - full_months(start, start + timedelta(days=days + 1))))
    after = min(left, Decimal(max(0, months - 12)))
    old = start < DEFAULT_CONTRACT_END.reform
    share = Decimal("0.25") if old else Decimal("0.2") if paid_by.handset_subsidy else Decimal(0)
    assert cost.fee == cost.fee.quantize(Decimal("0.01"))
    assert 0 <= cost.fee <= paid_by.monthly_price * (left - after + after * share)
    assert cost.fee == sum(line.amount for line in cost.lines)


@given(CONTRACTS, st.integers(0, 1300), st.integers(1, 400))
def test_leaving_later_never_costs_more(paid_by, days, later):
    day = (paid_by.amended_on or paid_by.signed_on) + timedelta(days=days)
    cost = [leaving_cost(paid_by, last, NOTHING).fee for last in (day, day + timedelta(days=later))]
    assert cost[1] <= cost[0]
