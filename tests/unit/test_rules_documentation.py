"""docs/rules.md says what the code does."""

import re
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from domain.contracts import Account, Contract
from domain.port_out import PortOutOrder
from domain.refusals import RefusalCode, block_code, refusal
from rules.france.calendar import ZONES, local_date, local_instant
from rules.france.config import RulesConfig
from rules.france.contract_end import ContractEnds
from rules.france.contract_end_config import ContractEndConfig
from rules.france.leaving_cost import leaving_cost
from rules.france.numbering import Territory
from rules.france.port_out import PortOut
from rules.france.port_out_config import PortOutConfig
from rules.france.refusals import DONOR_GROUNDS, judged
from rules.france.rio import check_rio, parse_rio
from rules.france.sim_config import SimRulesConfig

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
CONFIGS = (RulesConfig(), SimRulesConfig(), ContractEndConfig(), PortOutConfig())


def test_the_documented_rios_fit_their_numbers():
    vectors = re.findall(r"\| `([0-9A-Z+]{12})` \| (0[0-9]{9}) \|", PAGE)
    assert len(vectors) == 5
    for rio, number in vectors:
        check_rio(parse_rio(rio), "+33" + number[1:])


@pytest.mark.parametrize(
    ("config", "field"),
    [(config, field) for config in CONFIGS for field in type(config).model_fields],
)
def test_each_figure_is_documented_with_its_default(config, field):
    default = getattr(config, field)
    shown = f"{default:%H:%M}" if isinstance(default, time) else str(default)
    assert f"| `{field}` | {shown} |" in PAGE


@pytest.mark.parametrize("code", list(RefusalCode))
def test_each_refusal_is_documented_as_it_is(code):
    made = refusal(code, "BOREA")
    ground = "yes" if code in DONOR_GROUNDS else "no" if judged(made).breach else "no decision"
    assert f"| `{code}` | {block_code(code) or '–'} | {made.fix_by} | {made.retry} | {ground} |" in PAGE


def test_every_territorys_zone_is_documented():
    assert [zone for zone in ZONES.values() if f"| {zone} |" not in PAGE] == []


def test_the_documented_fees_are_those_of_the_rule():
    day = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    rows = re.findall(rf"\| {day} \| ([0-9]+) \| ([0-9.]+) \| (yes|no) \| {day} \| ([0-9.]+) \|", PAGE)
    assert len(rows) == 7
    for signed_on, months, price, subsidy, last, fee in rows:
        contract = Contract(
            id="c",
            signed_on=date.fromisoformat(signed_on),
            commitment_months=int(months),
            monthly_price=Decimal(price),
            handset_subsidy=subsidy == "yes",
        )
        assert leaving_cost(contract, date.fromisoformat(last), Account()).fee == Decimal(fee)


def test_the_documented_end_is_the_rules():
    metropole, rules, msisdn = Territory.METROPOLE, ContractEnds(), "+33639980001"
    last = rules.last_day(local_instant(date(2026, 6, 1), time(15), metropole), None, metropole)
    ends = rules.effective_at(last, msisdn)
    terms = rules.quarantine(ends, msisdn)
    days = [local_date(instant, metropole) for instant in (ends, terms.portable_until, terms.reassignable_from)]
    assert [f"{day.day} {day:%B}" for day in (last, *days)] == ["11 June", "12 June", "22 July", "27 July"]
    assert "last day Thursday 11 June, effect on 12 June at 00:00" in PAGE
    assert "portable until 22 July at 00:00, nobody else's before 27 July" in PAGE


def test_the_documented_request_is_answered_and_let_go_as_the_rules_say():
    received = local_instant(date(2026, 4, 30), time(11), Territory.METROPOLE)
    msisdn = "+33639980001"
    order = PortOutOrder(
        order_id="po-1",
        line_hash="h",
        msisdn=msisdn,
        zone=ZONES[Territory.METROPOLE],
        home="ALIZE",
        recipient="BOREA",
        dossier_id="BOREA-1",
        accepted_at=received,
        accepted_at_real=received,
    )
    plan = PortOut().plan(order, received)
    days = [local_date(instant, Territory.METROPOLE) for instant in (plan.warn_at, plan.answer_due)]
    first = date.fromisoformat(PortOut().slots(received, msisdn)[0].day)
    assert [f"{day:%A} {day.day} {day:%B}" for day in (*days, first)] == [
        "Monday 4 May", "Monday 4 May", "Saturday 2 May",
    ]  # fmt: skip
    assert "answered by Monday 4 May at 18:00, a person warned at 14:00, first possible day Saturday 2 May" in PAGE
