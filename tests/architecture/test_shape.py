"""The shape of the code base: what no linter says."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "activities",
    "api",
    "background",
    "cli",
    "domain",
    "journal",
    "parties",
    "rules",
    "runtime",
    "simulator",
    "stack",
    "workflows",
)
PROGRAMS = ("starter.py", "worker.py")
LONGEST_FILE = 400
WRITTEN_BY_HAND = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".sh"}
NOT_OURS = {
    ".venv",
    ".git",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".import_linter_cache",
    ".hypothesis",
    "build",
}

REGISTRY_HOSTS = re.compile(r"pypi\.(org|python\.org)|pythonhosted\.org|--(extra-)?index-url[ =]\S+|--trusted-host")
SHADOWING = {"platform", "operator", "calendar"}


def files() -> list[Path]:
    found = []
    for entry in ROOT.iterdir():
        if entry.name in NOT_OURS or entry.name.startswith(".relais") or entry.name.endswith(".egg-info"):
            continue
        found += [entry] if entry.is_file() else [path for path in entry.rglob("*") if path.is_file()]
    return [path for path in found if path.suffix in WRITTEN_BY_HAND or path.name in {"Makefile", "run"}]


def python_files() -> list[Path]:
    ours = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    unbuilt = [path for name in ("benchmarks", "tests") for path in (ROOT / name).rglob("*.py")]
    return ours + [ROOT / name for name in PROGRAMS] + unbuilt


def imported_by(path: Path) -> set[str]:
    """The top-level names that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_python_file_is_longer_than_400_lines():
    assert [str(path.relative_to(ROOT)) for path in python_files() if lines(path) > LONGEST_FILE] == []


def test_no_file_names_a_package_registry():
    named = [path for path in files() if path != Path(__file__) and REGISTRY_HOSTS.search(path.read_text("utf-8"))]
    assert [str(path.relative_to(ROOT)) for path in named] == []


def test_every_pinned_requirement_carries_its_hash():
    for file in (ROOT / "requirements").glob("*.txt"):
        blocks = re.split(r"\n(?=[a-z0-9])", file.read_text(encoding="utf-8"))
        pinned = [block for block in blocks if re.match(r"[a-z0-9]", block)]
        assert pinned, file.name
        assert [block.split()[0] for block in pinned if "==" not in block or "--hash=sha256:" not in block] == []


def test_what_a_machine_has_installed_for_tests_is_what_it_runs_with():
    pins = {
        file.name: dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE))
        for file in (ROOT / "requirements").glob("*.txt")
    }
    for name in ("runtime.txt", "bench.txt"):
        assert pins[name].items() <= pins["test.txt"].items()


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "simulator"])
def test_the_engine_knows_nothing_of_the_simulator(package):
    assert [path.name for path in (ROOT / package).rglob("*.py") if "simulator" in imported_by(path)] == []


def test_the_simulator_knows_nothing_of_the_engine():
    ours = set(PACKAGES) - {"simulator"} | {"worker", "starter"}
    assert [path.name for path in (ROOT / "simulator").rglob("*.py") if imported_by(path) & ours] == []


def test_the_programs_stand_at_the_top_and_the_command_line_is_all_that_its_program_needs():
    below = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    assert [path.name for path in below if imported_by(path) & {"worker", "starter"}] == []
    assert imported_by(ROOT / "starter.py") == {"cli"}


def test_no_top_level_name_shadows_the_standard_library():
    assert SHADOWING.isdisjoint(entry.stem for entry in ROOT.iterdir())


def test_tests_are_no_packages_and_no_two_test_files_share_a_name():
    tests = ROOT / "tests"
    assert not list(tests.rglob("__init__.py"))
    names = [path.name for path in tests.rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_the_build_lists_every_package_there_is():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    there = {
        ".".join(init.parent.relative_to(ROOT).parts)
        for name in PACKAGES
        for init in (ROOT / name).rglob("__init__.py")
    }
    assert set(listed) == there


def test_nothing_waits_on_the_wall_clock_in_workflows_and_rules():
    for package in ("workflows", "rules", "domain"):
        for path in (ROOT / package).rglob("*.py"):
            assert "time" not in imported_by(path), path.name


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_nothing_private_of_the_sdk_is_imported(path: Path):
    """The SDK may change or remove what begins with an underscore in any release."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
    assert [name for name in modules if name.startswith("temporalio.") and "._" in name] == []
