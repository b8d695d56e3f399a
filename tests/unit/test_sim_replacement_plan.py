"""The plan of a SIM replacement: promise, fee, handset and what follows from them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.authentication import AuthenticationMethod
from domain.lines import LineFacts
from domain.refusals import Refusal, RefusalCode
from domain.sim_replacement import ReplacementReason
from domain.sims import SimForm
from rules.france.calendar import add_business_days_ouvres, is_business_day_ouvre, local_date, local_instant
from rules.france.config import DEFAULT_RULES, RulesConfig
from rules.france.numbering import Territory
from rules.france.promises import due
from rules.france.sim_config import SimRulesConfig
from rules.france.sim_fees import replacement_fee
from rules.france.sims import Sims
from rules.plans import LineSeen, SimReplacementPlan
from tests.support.france import number_in
from tests.support.sim_orders import ACCEPTED, MSISDN, REAL, clock_at, sim_order

CONFIG = SimRulesConfig()
METROPOLE, REUNION = Territory.METROPOLE, Territory.REUNION
PHYSICAL, ESIM = SimForm.PHYSICAL, SimForm.ESIM
CODE = AuthenticationMethod.ONE_TIME_CODE


def at(text: str) -> datetime:
    """A local time of Paris as an instant."""
    day, hour = text.split()
    return local_instant(date.fromisoformat(day), time.fromisoformat(hour), METROPOLE)


def promised(order, *, clock=None, config=CONFIG, rules=DEFAULT_RULES, territory=METROPOLE):
    return due(order, clock=clock or clock_at(), config=config, rules=rules, territory=territory)


@pytest.mark.parametrize(
    ("accepted", "promise"),
    [
        ("2026-06-15 10:00", "2026-06-16 20:00"),
        ("2026-06-15 18:00", "2026-06-16 20:00"),
        ("2026-06-15 23:59", "2026-06-17 20:00"),  # after the hour at which the post leaves
        ("2026-06-20 10:00", "2026-06-22 20:00"),  # Saturday: the next working day is Monday
        ("2026-06-21 10:00", "2026-06-22 20:00"),
        ("2026-05-13 10:00", "2026-05-15 20:00"),  # before Ascension Day
        ("2026-10-24 10:00", "2026-10-26 20:00"),  # summer time ends in between
    ],
)
def test_a_card_is_promised_for_the_evening_of_the_next_working_day(accepted, promise):
    assert promised(sim_order(accepted_at=at(accepted))) == at(promise)


@pytest.mark.parametrize(
    ("accepted", "promise"),
    [
        ("2026-06-15 10:00", "2026-06-15 20:00"),
        ("2026-06-15 20:00", "2026-06-16 20:00"),
        ("2026-06-21 10:00", "2026-06-22 20:00"),
    ],
)
def test_a_card_promised_for_the_same_day_is_never_due_before_it_was_asked_for(accepted, promise):
    same_day = SimRulesConfig(card_working_days=0)
    assert promised(sim_order(accepted_at=at(accepted)), config=same_day) == at(promise)


def test_a_cards_day_is_that_of_the_numbers_territory():
    evening = datetime(2026, 6, 15, 21, tzinfo=UTC)  # Tuesday one in the morning on La Réunion
    assert promised(sim_order(accepted_at=evening), territory=REUNION) == datetime(2026, 6, 17, 16, tzinfo=UTC)


def test_the_holidays_of_alsace_count_where_they_are_set():
    order = sim_order(accepted_at=at("2026-04-02 10:00"))  # before Good Friday
    assert promised(order) == at("2026-04-03 20:00")
    assert promised(order, rules=RulesConfig(alsace_moselle=True)) == at("2026-04-04 20:00")


@pytest.mark.parametrize("pace", [1.0, 20000.0])
def test_an_esim_is_promised_in_real_minutes_whatever_the_pace(pace):
    later = REAL + timedelta(minutes=3)  # the plan is made after a wait
    clock = clock_at(ACCEPTED + timedelta(minutes=3) * pace, real=later, pace=pace)
    promise = promised(sim_order(form=ESIM), clock=clock)
    assert clock.real_at(promise) == REAL + timedelta(minutes=10)
    assert promise == ACCEPTED + timedelta(minutes=10) * pace


@pytest.mark.parametrize(
    ("filed", "last_day"),
    [
        ("2026-06-15 10:00", "2026-06-19"),
        ("2026-06-15 23:59", "2026-06-19"),
        ("2026-06-18 10:00", "2026-06-24"),  # a weekend in between, Saturday counts as little as Sunday
        ("2026-06-20 10:00", "2026-06-25"),
        ("2026-05-12 10:00", "2026-05-19"),  # Ascension Day
    ],
)
def test_a_stolen_handset_is_blocked_by_the_end_of_the_fourth_jour_ouvre(filed, last_day):
    assert Sims().handset_block_due(at(filed), MSISDN) == at(f"{last_day} 23:59:59")


@given(
    filed=st.integers(0, 10 * 366 * 24).map(lambda hours: ACCEPTED + timedelta(hours=hours)),
    territory=st.sampled_from(Territory),
)
def test_exactly_four_jours_ouvres_lie_between_a_declaration_and_the_blocks_last_day(filed, territory):
    last = local_date(Sims().handset_block_due(filed, number_in(territory)), territory)
    first = local_date(filed, territory)
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(is_business_day_ouvre(day, territory) for day in between) == 4
    assert is_business_day_ouvre(last, territory)


def test_no_jour_ouvre_to_count_is_the_day_itself():
    assert add_business_days_ouvres(date(2026, 6, 21), 0, METROPOLE) == date(2026, 6, 21)


def test_a_declaration_is_waited_for_thirty_days():
    assert Sims().declaration_awaited_until(ACCEPTED) == ACCEPTED + timedelta(days=30)


OLD = ACCEPTED - timedelta(days=900)
BOUGHT = date(2024, 6, 15)  # 730 days before the order


@pytest.mark.parametrize(
    ("reason", "form", "line", "amount", "said"),
    [
        ("lost", PHYSICAL, {}, "10.00", "a new SIM card"),
        ("stolen", PHYSICAL, {}, "10.00", "a new SIM card"),
        ("upgrade", PHYSICAL, {"sim_since": ACCEPTED}, "10.00", "a new SIM card"),
        ("upgrade", ESIM, {}, "0.00", "a new eSIM profile"),
        ("fraud", PHYSICAL, {}, "0.00", "waived: a fraud"),
        ("damaged", PHYSICAL, {"sim_since": ACCEPTED - timedelta(days=729)}, "0.00", "under warranty"),
        ("damaged", PHYSICAL, {"sim_since": ACCEPTED - timedelta(days=730)}, "10.00", "a new SIM card"),
        # the SIM's own age decides, where it is known
        ("damaged", PHYSICAL, {"sim_since": OLD, "contract_signed_on": date(2026, 6, 1)}, "10.00", "a new SIM card"),
        ("damaged", PHYSICAL, {"sim_since": ACCEPTED, "contract_signed_on": date(2020, 6, 1)}, "0.00", "warranty"),
        ("damaged", PHYSICAL, {"contract_signed_on": BOUGHT + timedelta(days=1)}, "0.00", "warranty"),
        ("damaged", PHYSICAL, {"contract_signed_on": BOUGHT}, "10.00", "a new SIM card"),
        ("damaged", PHYSICAL, {}, "10.00", "a new SIM card"),
    ],
)
def test_a_new_sim_has_its_fee_unless_it_is_waived_and_says_why(reason, form, line, amount, said):
    fee = replacement_fee(
        ReplacementReason(reason),
        form,
        line=LineSeen(**line),
        accepted_at=ACCEPTED,
        config=CONFIG,
        territory=METROPOLE,
    )
    assert fee.amount == Decimal(amount)
    assert said in fee.why


def planned(order, *, line=None, facts=None, config=CONFIG):
    made = Sims(config).plan(order, clock=clock_at(), line=line or LineSeen(), facts=facts or LineFacts())
    assert isinstance(made, SimReplacementPlan)
    return made


@pytest.mark.parametrize("has_email", [True, False])
@pytest.mark.parametrize("reason", list(ReplacementReason))
def test_a_sim_in_wrong_hands_is_not_told_and_its_successor_waits_for_nobody(reason, has_email):
    plan = planned(sim_order(reason), line=LineSeen(has_email=has_email))
    assert plan.activate_on_delivery is reason.bars_the_old_sim
    assert plan.notify_line is not (reason.bars_the_old_sim and has_email)


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        (LineSeen(has_email=True, suspended=True), LineFacts()),
        (LineSeen(has_email=True), LineFacts(barred_since=ACCEPTED, barred_by="ls-9")),
    ],
)
def test_a_line_that_receives_nothing_is_sent_neither_code_nor_notice(line, facts):
    plan = planned(sim_order(method=CODE), line=line, facts=facts)
    assert plan.challenge is not None
    assert plan.challenge.channel == "email"
    assert not plan.notify_line


def test_a_plan_keeps_the_figures_it_was_made_with():
    config = SimRulesConfig(
        edition="mine",
        fee_physical=Decimal("7.5"),
        code_rounds=2,
        code_patience=timedelta(hours=5),
        most_attempts=5,
        download_patience=timedelta(days=1),
        activation_reminder=timedelta(days=2),
        barred_list=("ada",),
    )
    plan = planned(sim_order(), config=config)
    assert (plan.edition, plan.zone, plan.fee, plan.fee_why) == ("mine", "Europe/Paris", "7.50", "a new SIM card")
    assert (plan.code_rounds, plan.code_patience, plan.most_attempts) == (2, timedelta(hours=5), 5)
    assert (plan.download_patience, plan.remind_after) == (timedelta(days=1), timedelta(days=2))
    assert plan.review == ("the shop's agent is on the barred list",)
    assert plan.due == at("2026-06-16 20:00")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (sim_order(ReplacementReason.FRAUD, method=AuthenticationMethod.PORTAL), "in a shop"),
        (sim_order(ReplacementReason.LOST, method=CODE), "come to a shop"),
    ],
)
def test_who_cannot_show_who_he_is_is_refused_with_a_way_out(order, said):
    made = Sims().plan(order, clock=clock_at(), line=LineSeen(), facts=LineFacts())
    assert isinstance(made, Refusal)
    assert (made.code, made.said_by) == (RefusalCode.HOLDER_NOT_ENTITLED, "rules")
    assert said in made.raw_text
