"""Every kind of order has all that a kind needs, and few files name one of them."""

import ast
from pathlib import Path
from typing import get_type_hints

import pytest

from background.texts.renderer import TEXTS
from domain.lines import LineAction
from domain.order_kinds import ORDER_KINDS
from domain.orders import ACCEPTED, OrderKind, OrderState
from tests.support.api_kit import Api
from workflows import ALL_WORKFLOWS

ROOT = Path(__file__).parents[2]
PACKAGES = ("activities", "api", "background", "cli", "journal", "parties", "rules", "runtime", "stack", "workflows")

OTHER_NAMES = {"line_service": "lines", "port_out": "port_requests"}
"""What a folder or a file of a kind's story is called where it has not the kind's own name."""

NAME_KINDS_OF_OTHERS = {
    "activities/requested_line.py": "whether the SIM of a requested line is being replaced",
    "api/orders/routes.py": "the port in that takes a port out back",
    "api/sim_replacement/order.py": "a stolen handset is blocked by an order of its own",
    "rules/line_precedence.py": "which kind may have whose line is a rule",
    "workflows/parts/contract_end.py": "a contract that has ended is settled",
}

ENDED_OTHERWISE = {OrderKind.SETTLEMENT}
"""A settlement cannot be refused, withdrawn or given up."""


@pytest.mark.parametrize("kind", OrderKind)
def test_a_kind_has_an_entry_with_a_prefix_and_stages_from_accepted_to_closed(kind: OrderKind):
    stages = list(ORDER_KINDS[kind].stages)
    assert (stages[0], stages[-1]) == (ACCEPTED.stage, "closed")
    assert [other for other, each in ORDER_KINDS.items() if each.prefix == ORDER_KINDS[kind].prefix] == [kind]


@pytest.mark.parametrize("kind", OrderKind)
def test_a_kind_has_a_workflow_that_takes_its_order(kind: OrderKind):
    definition = ORDER_KINDS[kind]
    found = next(each for each in ALL_WORKFLOWS if each.__name__ == definition.workflow)
    assert get_type_hints(found.run)["order"] is definition.order


@pytest.mark.parametrize("kind", OrderKind)
def test_the_input_of_a_kind_has_what_an_order_is_listed_by(kind: OrderKind):
    order = ORDER_KINDS[kind].order
    for name in ("order_id", "line_hash", "donor", "recipient"):
        assert name in order.model_fields or isinstance(getattr(order, name), property)


@pytest.mark.parametrize("kind", OrderKind)
def test_a_kind_has_a_text_for_each_end(kind: OrderKind):
    ends = {OrderState.COMPLETED} if kind in ENDED_OTHERWISE else set(OrderState) - {OrderState.PARTIAL}
    wanted = {state.value for state in ends if state.is_final}
    if kind is OrderKind.LINE_SERVICE:  # what was done is named instead
        wanted = wanted - {"completed"} | set(LineAction)
    assert wanted - TEXTS[kind].kinds.keys() == set()


async def test_the_routes_of_a_kind_are_in_the_openapi_document(tmp_path: Path):
    async with Api(tmp_path) as api:
        paths = (await api.client.get("/openapi.json")).json()["paths"]
    for definition in ORDER_KINDS.values():
        assert [route for route in definition.routes if "post" not in paths.get(route, {})] == []


def test_few_files_name_a_kind_outside_the_folder_of_its_story():
    naming = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if any(not _is_its_story(path, kind) for kind in _kinds_named_in(path))
    }
    assert naming == set(NAME_KINDS_OF_OTHERS)


def _kinds_named_in(path: Path) -> set[str]:
    return {
        node.attr.lower()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "OrderKind"
    }


def _is_its_story(path: Path, kind: str) -> bool:
    return {kind, OTHER_NAMES.get(kind, kind)} & {*path.parts, path.stem} != set()
