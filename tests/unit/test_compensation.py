"""What a late port and a lost number cost, and the mandate."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.france.compensation import late_port_compensation, lateness_days, lost_number_compensation
from rules.france.deadlines import plan_port_in
from rules.france.mandate import MandateRefused, check_mandate
from rules.france.numbering import Territory
from rules.plans import Tariff


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Paris"))


PLAN = plan_port_in(paris(2026, 6, 15, 9))  # in time until Thursday 18 June


@pytest.mark.parametrize(
    ("price", "days", "owed"),
    [
        ("19.99", 3, "12.00"),  # 11.994: not less than, so up
        ("19.99", 1, "4.00"),
        ("20.00", 1, "4.00"),  # exact: nothing is added
        ("2.00", 10, "4.00"),
        ("0.01", 1, "0.01"),
        ("19.99", 0, "0.00"),
        ("0", 5, "0.00"),
    ],
)
def test_each_day_of_delay_costs_a_fifth_of_the_monthly_price_rounded_up(price, days, owed):
    assert late_port_compensation(Decimal(price), days) == Decimal(owed)


def test_a_lost_number_costs_twenty_four_months():
    assert lost_number_compensation(Decimal("19.99")) == Decimal("479.76")


@given(st.decimals(0, 500, places=2), st.integers(0, 400))
def test_compensation_is_in_cents_never_below_the_floor_and_less_than_a_cent_above(price, days):
    owed = late_port_compensation(price, days)
    assert owed == owed.quantize(Decimal("0.01"))
    assert Decimal(0) <= owed - price * days / 5 < Decimal("0.01")


def test_another_tariff_can_be_applied():
    tariff = Tariff(article="test", late_share_per_day=Decimal("0.5"), lost_number_months=Decimal(2))
    assert late_port_compensation(Decimal(10), 3, tariff) == Decimal("15.00")
    assert lost_number_compensation(Decimal(10), tariff) == Decimal("20.00")


def test_a_plan_carries_the_tariff_it_was_made_under():
    assert "L224-42-1" in PLAN.compensation.article


@pytest.mark.parametrize("price", ["-0.01", "NaN", "Infinity"])
def test_a_price_that_is_no_sum_of_money_is_refused(price):
    with pytest.raises(ValueError, match="price"):
        late_port_compensation(Decimal(price), 1)


def test_a_negative_delay_is_refused():
    with pytest.raises(ValueError, match="delay"):
        late_port_compensation(Decimal(10), -1)


@pytest.mark.parametrize(
    ("planned", "days"),
    [
        (paris(2026, 6, 16, 8), 0),  # early
        (paris(2026, 6, 18, 8), 0),
        (paris(2026, 6, 18, 23, 59), 0),
        (paris(2026, 6, 19, 0, 0), 1),
        (paris(2026, 6, 22, 8), 4),  # calendar days: the Sunday counts
    ],
)
def test_delay_is_counted_in_calendar_days_after_the_last_day_in_time(planned, days):
    assert lateness_days(PLAN, planned) == days


def test_delay_is_counted_on_the_territorys_own_calendar():
    plan = plan_port_in(datetime(2026, 6, 15, 6, tzinfo=UTC), territory=Territory.REUNION)
    assert plan.latest_day == date(2026, 6, 18)
    assert lateness_days(plan, datetime(2026, 6, 18, 19, 59, tzinfo=UTC)) == 0
    assert lateness_days(plan, datetime(2026, 6, 18, 20, tzinfo=UTC)) == 1


def test_a_mandate_signed_by_now_carries_the_port():
    now = paris(2026, 6, 15, 9)
    check_mandate(now, now)
    check_mandate(now - timedelta(days=30), now.astimezone(UTC))


@pytest.mark.parametrize(
    ("signed_at", "code"),
    [
        (paris(2026, 6, 15, 9, 0, 1), "mandate_in_future"),
        (datetime(2026, 6, 15, 9), "mandate_without_zone"),  # noqa: DTZ001 - that is the point
    ],
)
def test_a_mandate_from_the_future_or_from_no_zone_is_refused(signed_at, code):
    with pytest.raises(MandateRefused) as caught:
        check_mandate(signed_at, paris(2026, 6, 15, 9))
    assert caught.value.code == code
    assert caught.value.reason == str(caught.value)
