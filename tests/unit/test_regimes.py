"""The contract between the engine and a country's rules, held against France and against an invented country."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from background.texts import known_kinds, render
from domain.authentication import Authentication, AuthenticationMethod
from domain.authorisation import Authorisation
from domain.clock import real_time
from domain.contracts import Account, Contract
from domain.directory import DEFAULT_DIRECTORY
from domain.identifier_error import IdentifierError
from domain.lines import LineFacts
from domain.orders import CustomerMessage
from domain.port_out import PortOutOrder
from domain.refusals import RefusalCode, refusal
from domain.sim_replacement import ReplacementReason, SimReplacementOrder
from domain.sims import SimForm
from domain.termination import TerminationOrder
from rules.dates import DateRefused, local_date
from rules.france.regime import FRANCE
from rules.plans import LineAsked, LineSeen, Plan, PlanChange, PortPlan, Then
from rules.regime import Regime, zone_of
from tests.support.nordmark import NORDMARK

NOW = datetime(2026, 5, 13, 8, tzinfo=UTC)  # a Wednesday
DAY = timedelta(days=1)
NUMBERS = {"fr": "+33639980001", "nordmark": "+99940000001"}
CONTRACT = Contract(id="K-1", signed_on=date(2025, 1, 15), monthly_price=Decimal("20.00"))

both = pytest.mark.parametrize("regime", [FRANCE, NORDMARK], ids=lambda regime: regime.name)


def order_of(regime: Regime, **more: Any) -> dict[str, Any]:
    msisdn = NUMBERS[regime.name]
    common = {"line_hash": "h", "msisdn": msisdn, "zone": zone_of(regime, msisdn), "home": "ALIZE"}
    who = Authentication(method=AuthenticationMethod.PORTAL)
    return common | {"accepted_at": NOW, "accepted_at_real": NOW, "authentication": who} | more


def plans_of(regime: Regime) -> list[Plan]:
    """One of each kind."""
    asked = PortOutOrder.model_validate(order_of(regime, order_id="po-1", recipient="BOREA", dossier_id="BOREA-1"))
    leaves = TerminationOrder.model_validate(order_of(regime, order_id="te-1"))
    new_sim = SimReplacementOrder.model_validate(
        order_of(regime, order_id="sr-1", reason=ReplacementReason.DAMAGED, form=SimForm.PHYSICAL)
    )
    ends = regime.leaving.plan(leaves, line=LineSeen(), contract=CONTRACT, account=Account(), facts=LineFacts())
    swaps = regime.sims.plan(new_sim, clock=real_time(NOW), line=LineSeen(), facts=LineFacts())
    assert isinstance(ends, Plan)
    assert isinstance(swaps, Plan)
    return [regime.port_in.plan(NOW, NUMBERS[regime.name]), regime.port_out.plan(asked, NOW), ends, swaps]


@both
def test_every_plan_says_whose_rules_made_it_where_and_in_which_money(regime: Regime):
    for plan in plans_of(regime):
        assert (plan.regime, plan.zone, plan.currency) == (regime.name, regime.zone, regime.currency)
        assert plan.edition


@both
def test_every_plan_survives_its_own_json(regime: Regime):
    for plan in plans_of(regime):
        assert type(plan).model_validate_json(plan.model_dump_json()) == plan


def test_silence_is_answered_by_each_country_in_its_own_way():
    french, nordic = (regime.port_in.plan(NOW, NUMBERS[regime.name]) for regime in (FRANCE, NORDMARK))
    assert [deadline.then for deadline in french.answer_deadlines] == [Then.REMIND, Then.HOLD]
    assert [(deadline.at, deadline.then) for deadline in nordic.answer_deadlines] == [(NOW + DAY, Then.AGREE)]
    assert {deadline.whose for plan in (french, nordic) for deadline in plan.answer_deadlines} == {"donor"}


@both
def test_a_donor_that_is_asked_again_gets_its_whole_term(regime: Regime):
    plan = regime.port_in.plan(NOW, NUMBERS[regime.name])
    again = regime.port_in.next_plan(plan, NOW + 7 * DAY, PlanChange(asked_again=True))
    fresh = regime.port_in.plan(NOW + 7 * DAY, NUMBERS[regime.name])
    assert again.answer_deadlines == fresh.answer_deadlines
    assert again.chosen_day == plan.chosen_day


@both
def test_a_port_is_planned_for_a_working_day_inside_its_slot(regime: Regime):
    plan = regime.port_in.plan(NOW, NUMBERS[regime.name])
    assert regime.calendar.is_working_day(plan.chosen_day, plan.territory)
    assert plan.cancel_until < plan.slot_start < plan.slot_end
    assert local_date(plan.slot_start, plan.zone) == plan.chosen_day <= plan.latest_day


@both
def test_a_person_moves_the_day_or_hears_why_not(regime: Regime):
    plan = regime.port_in.plan(NOW, NUMBERS[regime.name])
    assert moved(regime, plan, "2026-05-26").chosen_day == date(2026, 5, 26)
    with pytest.raises(DateRefused, match=f"today is Wednesday 13 May 2026, {plan.zone}"):
        moved(regime, plan, "2026-05-12")


def moved(regime: Regime, plan: PortPlan, wanted: str) -> PortPlan:
    return regime.port_in.next_plan(plan, NOW, PlanChange(wanted=wanted))


def test_the_week_is_the_countrys_own():
    sunday, friday = date(2026, 5, 17), date(2026, 5, 15)
    assert [FRANCE.calendar.is_working_day(day, "metropole") for day in (sunday, friday)] == [False, True]
    assert [NORDMARK.calendar.is_working_day(day, "mainland") for day in (sunday, friday)] == [True, False]


def test_each_country_reads_its_own_numbers():
    assert (NORDMARK.numbers.parse("4000 0001"), NORDMARK.numbers.national("+99940000001")) == (
        "+99940000001",
        "40000001",
    )
    for regime, foreign in ((FRANCE, "+99940000001"), (NORDMARK, "+33639980001")):
        with pytest.raises(IdentifierError):
            regime.numbers.parse(foreign)


def test_a_customer_proves_himself_by_what_his_country_asks_for():
    rio = FRANCE.authorisation.read("a1p 74n7d8o2k")
    donor = FRANCE.authorisation.donor_of(rio, DEFAULT_DIRECTORY)
    assert donor is not None
    assert (rio.kind, donor.code) == ("rio", "ALIZE")
    assert "74N7D8" not in repr(rio)
    assert NORDMARK.authorisation.read("whatever") == Authorisation()
    assert NORDMARK.authorisation.donor_of(Authorisation(), DEFAULT_DIRECTORY) is None


def test_only_where_a_code_is_asked_for_a_wrong_one_is_a_ground_to_refuse():
    line = LineAsked(is_ours=True, code="A1P74N7D8O2K")
    grounds = []
    for regime in (FRANCE, NORDMARK):
        order = PortOutOrder.model_validate(order_of(regime, order_id="po-1", recipient="BOREA", dossier_id="BOREA-1"))
        ground = regime.port_out.ground_to_refuse(order, line)
        grounds.append(ground and ground.code)
    assert grounds == [RefusalCode.TRANSFER_CODE_INVALID, None]


def test_the_rules_judge_a_donors_refusal():
    made = refusal(RefusalCode.CONTRACT_TYPE_WRONG, "BOREA")
    assert "a donor may refuse only" in FRANCE.port_in.judged(made).breach
    assert NORDMARK.port_in.judged(made).breach == ""


@both
def test_a_number_is_portable_before_it_is_anybody_elses(regime: Regime):
    terms = regime.leaving.quarantine(NOW, NUMBERS[regime.name])
    assert NOW < terms.portable_until < terms.reassignable_from


FIELDS = {"day": "2026-06-09", "portable": "2026-07-20", "reason": "transfer_code_invalid", "fee": "1.00 NMK"}
FIELDS |= {"amount": "2.00 NMK", "code": "042137", "recipient": "BOREA", "time": "00:30", "what": "deposit"}


@both
@pytest.mark.parametrize("language", ["fr", "en"])
def test_customers_are_told_in_the_countrys_words_and_no_other_ones(regime: Regime, language: str):
    told = ""
    for kind in known_kinds():
        message = CustomerMessage(
            kind=kind.replace("{n}", "2"), channel="sms", to="x", language=language, fields=FIELDS | {"form": "esim"}
        )
        told += render(message, regime.authorisation)[1]
    assert ("RIO" in told, "3179" in told) == ((True, True) if regime is FRANCE else (False, False))
