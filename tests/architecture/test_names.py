"""Words that the glossary has retired do not come back as names."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.test_shape import PACKAGES, PROGRAMS, ROOT

RETIRED = re.compile(
    r"(?:^|_)(?:wish(?:es)?|hear[sd]?|hearing|remarks?|lends?|lent|borrow\w*|words?|aside|make_up|made_up|laggards?"
    r"|carriages?|doors?|here|firm|departures?)(?:_|$)"
)
ALLOWED = {
    ("api/orders/dead_letters.py", "aside"): "the path of the REST API",
    ("api/orders/dead_letters.py", "AsideMessage"): "a schema of the REST API",
    ("api/orders/dead_letters.py", "AsideMessages"): "a schema of the REST API",
    ("cli/orders.py", "aside"): "an option of the command line",
    ("workflows/order/calls.py", "words"): "not renamed yet",
    ("workflows/order/page.py", "words"): "not renamed yet",
    ("workflows/order/page.py", "_words"): "not renamed yet",
    ("workflows/order/page.py", "here"): "not renamed yet",
}
FILES = [
    *(path for name in (*PACKAGES, "benchmarks") for path in (ROOT / name).rglob("*.py")),
    *(ROOT / name for name in PROGRAMS),
]


def names_in(tree: ast.AST) -> Iterator[str]:
    """The names that a module gives to things."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr


def is_retired(name: str) -> bool:
    return RETIRED.search(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()) is not None


def test_retired_words_do_not_come_back_as_names():
    found = []
    for path in FILES:
        relative = path.relative_to(ROOT).as_posix()
        names = {*names_in(ast.parse(path.read_text())), *relative.removesuffix(".py").split("/")}
        found += [(relative, name) for name in names if is_retired(name)]
    assert set(found) <= ALLOWED.keys()


@pytest.mark.parametrize("name", ["LineWord", "words", "_hear", "line_here", "MADE_UP", "make_up", "borrowed_by"])
def test_a_retired_word_is_seen_in_any_spelling(name: str):
    assert is_retired(name)


@pytest.mark.parametrize("name", ["keyword", "whereabouts", "adhere", "confirm", "password_hash"])
def test_a_word_that_only_contains_one_is_none(name: str):
    assert not is_retired(name)
