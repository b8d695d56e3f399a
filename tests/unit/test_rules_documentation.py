"""docs/rules.md says what the code does."""

import re
from datetime import time
from pathlib import Path

import pytest

from domain.refusals import RefusalCode, block_code, refusal
from rules.france.calendar import ZONES
from rules.france.config import RulesConfig
from rules.france.refusals import Verdict, judge_donor_refusal
from rules.france.rio import check_rio, parse_rio
from rules.france.sim_config import SimRulesConfig

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
GROUND = {Verdict.LAWFUL: "yes", Verdict.BREACH: "no", Verdict.NO_DECISION: "no decision"}


def test_the_documented_rios_fit_their_numbers():
    vectors = re.findall(r"\| `([0-9A-Z+]{12})` \| (0[0-9]{9}) \|", PAGE)
    assert len(vectors) == 5
    for rio, number in vectors:
        check_rio(parse_rio(rio), "+33" + number[1:])


@pytest.mark.parametrize(
    ("config", "field"),
    [(config, field) for config in (RulesConfig(), SimRulesConfig()) for field in type(config).model_fields],
)
def test_each_figure_is_documented_with_its_default(config, field):
    default = getattr(config, field)
    shown = f"{default:%H:%M}" if isinstance(default, time) else str(default)
    assert f"| `{field}` | {shown} |" in PAGE


@pytest.mark.parametrize("code", list(RefusalCode))
def test_each_refusal_is_documented_as_it_is(code):
    made = refusal(code, "BOREA")
    ground = GROUND[judge_donor_refusal(made).verdict]
    assert f"| `{code}` | {block_code(code) or '–'} | {made.fix_by} | {made.retry} | {ground} |" in PAGE


def test_every_territorys_zone_is_documented():
    assert [zone for zone in ZONES.values() if f"| {zone} |" not in PAGE] == []
