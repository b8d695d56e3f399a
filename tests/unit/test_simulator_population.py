"""Who lives in a new world."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from simulator.numbers import national
from simulator.world.clock import parse_iso
from simulator.world.identifiers import iccid_of, rio_key
from simulator.world.operators import OPERATORS
from simulator.world.population import PLAIN, Line, lines, sizes
from simulator.world.ranges import PLAN, range_holder

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIELDS = (
    *("id", "msisdn", "operator", "state", "rio", "holder_kind", "holder_name", "iccid", "imsi", "contract_id"),
    *("signed_on", "commitment_months", "monthly_price", "handset_subsidy", "ended_at"),
)


def fields(line: Line) -> dict[str, object]:
    return dict(zip(FIELDS, line.row, strict=True))


@pytest.fixture(scope="module")
def world() -> list[dict[str, object]]:
    return [fields(line) for line in lines(1, 10_000, NOW)]


def of(world: list[dict[str, object]], operator: str) -> list[dict[str, object]]:
    return [line for line in world if line["operator"] == operator]


def test_the_same_seed_and_size_make_the_same_world(world):
    assert [fields(line) for line in lines(1, 10_000, NOW)] == world


def test_another_seed_makes_another_world(world):
    assert [fields(line) for line in lines(2, 10_000, NOW)] != world


@pytest.mark.parametrize("size", [0, 1, 7, 600, 10_001])
def test_the_operators_share_exactly_the_lines_asked_for(size):
    assert sum(sizes(size).values()) == size


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_first_hundred_lines_of_an_operator_are_plain(world, operator):
    first = of(world, operator)[:PLAIN]
    assert len(first) == PLAIN
    for line in first:
        assert (line["state"], line["holder_kind"]) == ("active", "consumer")
        assert (line["commitment_months"], line["handset_subsidy"], line["ended_at"]) == (0, 0, None)
        assert range_holder(str(line["msisdn"])) == operator


def test_numbers_cards_contracts_and_rios_are_each_unique(world):
    for name in ("id", "msisdn", "imsi", "iccid", "contract_id", "rio"):
        assert len({line[name] for line in world}) == len(world), name


def test_every_rio_is_valid_for_its_number_and_names_its_operator(world):
    for line in world:
        rio = str(line["rio"])
        assert rio[9:] == rio_key(rio[:9], national(str(line["msisdn"])))
        assert rio[:2] == OPERATORS[str(line["operator"])].rio_code
        assert rio[2] == ("E" if line["holder_kind"] == "business" else "P")


def test_every_card_has_an_iccid_that_belongs_to_its_imsi(world):
    assert all(line["iccid"] == iccid_of(str(line["imsi"])) for line in world)


def test_ids_follow_the_order_of_the_list(world):
    assert all(before["id"] < after["id"] for before, after in pairwise(world))


def test_the_mix_has_every_kind_of_line(world):
    states = Counter(line["state"] for line in world)
    ported_in = sum(range_holder(str(line["msisdn"])) != line["operator"] for line in world)
    assert states["suspended"] > 100
    assert 0.05 < ported_in / len(world) < 0.10
    assert {line["holder_kind"] for line in world} == {"consumer", "business"}
    assert {line["commitment_months"] for line in world} == {0, 12, 24}
    assert {"2022-12-31", "2023-01-01"} <= {line["signed_on"] for line in world}
    assert any(line["handset_subsidy"] and line["commitment_months"] == 24 for line in world)


def test_lines_have_ended_on_both_sides_of_the_fortieth_day(world):
    ages = [NOW - parse_iso(str(line["ended_at"])) for line in world if line["ended_at"] is not None]
    assert min(ages) >= timedelta(days=1)
    assert not [age for age in ages if timedelta(days=39) < age < timedelta(days=41)]
    assert any(age < timedelta(days=40) for age in ages)
    assert any(age > timedelta(days=40) for age in ages)


def test_every_block_of_the_numbering_plan_keeps_free_numbers():
    for blocks in PLAN.values():
        for block in blocks:
            assert block.own.stop == block.away.start
            assert block.size - block.away.stop == block.size * 15 // 100


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("new_rule", [False, True], ids=["before 2023", "since 2023"])
def test_every_operator_has_commitments_of_both_rules_with_and_without_a_subsidised_handset(world, operator, new_rule):
    terms = Counter(
        (line["commitment_months"], line["handset_subsidy"])
        for line in of(world, operator)[PLAIN:]
        if line["state"] == "active" and (str(line["signed_on"]) >= "2023-01-01") is new_rule
    )
    assert min(terms[kind] for kind in ((12, 0), (24, 0), (24, 1))) >= 3
