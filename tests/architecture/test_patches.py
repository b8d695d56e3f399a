"""CONTRIBUTING.md says what tests may patch."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
HARMLESS = {"setenv", "delenv", "chdir"}
BREAKS_A_METHOD = "test_api_access_and_documents.py"
"""The one exception: an error that nobody foresaw."""


def patches(file: Path) -> list[tuple[str, str]]:
    """What a file does with `monkeypatch`: the method, and the name that it replaces."""
    calls = [
        node
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "monkeypatch"
    ]
    return [(call.func.attr, _replaced(call)) for call in calls]  # type: ignore[attr-defined]


def _replaced(call: ast.Call) -> str:
    """`SWEEP_S` of both `setattr(module, "SWEEP_S", …)` and `setattr("module.SWEEP_S", …)`."""
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return texts[0].rpartition(".")[2] if texts else ""


def test_tests_patch_only_the_environment_and_named_durations():
    files = [file for file in TESTS.rglob("*.py") if file.name != BREAKS_A_METHOD]
    odd = [
        f"{file.name}: {method} {name}"
        for file in files
        for method, name in patches(file)
        if method not in HARMLESS and not (method == "setattr" and name and name == name.upper())
    ]
    assert odd == []
    assert [file.name for file in files if "unittest.mock" in file.read_text("utf-8") and file != Path(__file__)] == []
