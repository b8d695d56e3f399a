"""The two parts of the suite: tests that share what they start, and tests that start stacks of their own. And a journal
for whoever wants an empty one, in SQLite or in each of the databases.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import URL

from journal import Journal
from tests.support.journal_kit import open_journal
from tests.support.postgresql import DATABASES, serving, use_database

LIVING = "living"
TOGETHER = "together"
PARTS = {"chaos": LIVING, "e2e": LIVING}
TESTS = Path(__file__).parent

# Beside others an example takes as long as it takes; `timeout` in pyproject.toml catches what hangs.
settings.register_profile("side by side", settings.default, deadline=None, max_examples=50)
settings.register_profile("proof", settings.default, deadline=None, max_examples=5000)
settings.load_profile("side by side")

LONGEST_FIRST = (
    "test_worker_killed_everywhere",
    "test_parties_at_fault",
    "test_worker_killed_in_ports_out",
    "test_two_engines",
    "test_processes_killed",
    "test_make_run",
    "test_termination_end_to_end",
    "test_sim_replacement_end_to_end",
    "test_port_out_end_to_end",
    "test_port_out_beside_others",
)
"""Files of the living part in the order in which they are begun; all others come after them. So none of the long ones
is alone at the end.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--part",
        choices=(TOGETHER, LIVING),
        help="only the tests that run side by side, or only those with stacks of their own, which do so file by file",
    )


def wanted(path: Path, part: str | None) -> bool:
    """Whether a file or folder belongs to the part; the folder that holds both does."""
    if part is None or path == TESTS or not path.is_relative_to(TESTS):
        return True
    return PARTS.get(path.relative_to(TESTS).parts[0], TOGETHER) == part


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spares the import of the other part; nothing is said about what is wanted."""
    return None if wanted(collection_path, config.getoption("part")) else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A path that was named is collected whatever is ignored."""
    part = config.getoption("part")
    items[:] = [item for item in items if wanted(item.path, part)]
    if part == LIVING:
        items.sort(key=turn)  # stable: the tests of a file stay in their order


def turn(item: pytest.Item) -> int:
    """The place of a test's file among those that have stacks of their own."""
    name = item.path.stem
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """A PostgreSQL server of this process, started when the first test wants it."""
    with serving() as server:
        yield server


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Runs a test, or with `usefixtures` a module, once with each database behind the journal in `tmp_path`. A module
    that wants a new schema with no tables says `MAKES_ITS_OWN_TABLES = True`.
    """
    use_database(request, request.param, tmp_path, empty=getattr(request.module, "MAKES_ITS_OWN_TABLES", False))
    return str(request.param)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """One with nothing in it, of the test alone."""
    opened = open_journal(tmp_path)
    yield opened
    opened.close()
