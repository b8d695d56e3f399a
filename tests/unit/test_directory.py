"""The directory of operators."""

import json

import pytest
from pydantic import ValidationError

from domain.directory import DEFAULT_DIRECTORY, Directory, Operator, UnknownOperator


def borea(**changes: object) -> dict[str, object]:
    operator = {"code": "BOREA", "rio_code": "B1", "name": "Boréa", "network_operator": "BOREA"}
    return operator | {"desk_email": "porting@borea.example"} | changes


@pytest.mark.parametrize(
    ("code", "rio_code", "pair"),
    [
        ("ALIZE", "A1", ("ALIZE", None)),
        ("BOREA", "B1", ("BOREA", None)),
        ("CIRUS", "C1", ("CIRUS", None)),
        ("DUNE", "D1", ("DUNE", None)),
        ("EOLE", "E1", ("BOREA", "EOLE")),
        ("FJORD", "AF", ("FJORD", None)),
    ],
)
def test_an_operator_is_found_by_code_by_rio_and_by_its_pair(code, rio_code, pair):
    operator = DEFAULT_DIRECTORY.by_code(code)
    assert operator.code == code
    assert operator.desk_email == f"portability@{code.lower()}.example"
    assert DEFAULT_DIRECTORY.by_rio_code(rio_code) is operator
    assert DEFAULT_DIRECTORY.by_pair(*pair) is operator


def test_a_virtual_operator_has_no_network_of_its_own():
    assert DEFAULT_DIRECTORY.by_code("EOLE").is_virtual
    assert "EOLE" not in [operator.code for operator in DEFAULT_DIRECTORY.networks]
    assert len(DEFAULT_DIRECTORY.networks) == 5


def test_a_network_that_names_itself_as_service_provider_is_the_network():
    assert DEFAULT_DIRECTORY.by_pair("BOREA", "BOREA").code == "BOREA"


@pytest.mark.parametrize("find", ["by_code", "by_rio_code", "by_pair"])
def test_an_unknown_operator_is_an_error_of_its_own(find):
    with pytest.raises(UnknownOperator) as caught:
        getattr(DEFAULT_DIRECTORY, find)("NOPE")
    assert caught.value.code == "operator_unknown"


def test_an_unknown_service_provider_is_not_taken_for_its_network():
    with pytest.raises(UnknownOperator):
        DEFAULT_DIRECTORY.by_pair("BOREA", "NOPE")


def test_a_market_loads_its_own_directory(tmp_path):
    path = tmp_path / "operators.json"
    path.write_text(json.dumps({"operators": [borea()]}), encoding="utf-8")
    assert Directory.load(path).by_rio_code("B1").name == "Boréa"


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "BO"},
        {"code": "BOREA\n"},
        {"code": "borea"},
        {"rio_code": "B"},
        {"rio_code": "٣1"},
        {"desk_email": "nobody"},
    ],
)
def test_a_badly_formed_operator_is_refused(changes):
    with pytest.raises(ValidationError):
        Operator.model_validate(borea(**changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rio_code": "C1", "network_operator": "BOREA"}, "operator code"),
        ({"code": "CIRUS", "network_operator": "BOREA", "service_provider": "CIRUS"}, "RIO code"),
        ({"code": "CIRUS", "rio_code": "C1"}, "network and service provider"),
        ({"code": "CIRUS", "rio_code": "C1", "network_operator": "DUNE"}, "not in the directory"),
    ],
)
def test_an_ambiguous_directory_is_refused(changes, why):
    with pytest.raises(ValidationError, match=why):
        Directory.model_validate({"operators": [borea(), borea(**changes)]})
