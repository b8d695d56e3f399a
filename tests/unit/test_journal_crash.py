"""A writer killed at any moment leaves whole orders and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select

from journal import schema
from journal.schema import (
    callbacks,
    deliveries,
    events,
    idempotency,
    line_holds,
    lines,
    one_time_codes,
    orders,
    outbox,
)
from tests.support.journal_kit import open_journal, order_id, url_in

pytestmark = pytest.mark.usefixtures("database")
MAKES_ITS_OWN_TABLES = True
"""A killed writer's last statement may still be on its way: no later test has its schema."""

REPOSITORY = Path(__file__).parents[2]


def kill_after(told: int, folder: Path, mode: str) -> int:
    """Kills a writer that has announced so many orders, and returns the last one it has announced."""
    command = [sys.executable, "-m", "tests.support.journal_racer", str(folder), mode, "0"]
    writer = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for _ in range(told):
        announced = int(writer.stdout.readline())
    writer.kill()
    writer.wait()
    rest = [int(line) for line in writer.stdout.read().split() if line]
    return rest[-1] if rest else announced


def look(folder: Path) -> tuple[set[str], dict[str, int]]:
    """The orders that are there, and how many rows each table has."""
    with create_engine(url_in(folder)).begin() as connection:
        found = set(connection.execute(select(orders.c.order_id)).scalars())
        counted = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        }
    return found, counted


@pytest.mark.parametrize("told", [3, 40, 41])
def test_a_killed_writer_leaves_no_half_order_and_loses_none_it_has_announced(tmp_path: Path, told: int):
    last = kill_after(told, tmp_path, "forever")

    journal = open_journal(tmp_path)
    found, counted = look(tmp_path)
    assert {order_id(number) for number in range(1, last + 1)} <= found
    assert len(found) <= last + 1
    # Each acceptance: an order, its key and line, two events, a start and a message; each second entry: two events and
    # a message.
    entries = counted[events.name] // 2 - len(found)
    assert counted[events.name] % 2 == 0
    assert counted[idempotency.name] == counted[line_holds.name] == len(found)
    assert counted[outbox.name] == 2 * len(found) + entries
    assert len(found) - 1 <= entries <= len(found)
    assert all(journal.orders.verify(each).ok for each in found)


@pytest.mark.parametrize("told", [2, 31])
def test_a_killed_writer_leaves_pairs_of_orders_and_no_half_code_or_callback(tmp_path: Path, told: int):
    last = kill_after(told, tmp_path, "replacements")

    journal = open_journal(tmp_path)
    found, counted = look(tmp_path)
    with create_engine(url_in(tmp_path)).begin() as connection:
        settled = connection.execute(
            select(func.count()).where(one_time_codes.c.locked_until.is_not(None))
        ).scalar_one()
    pairs = len(found) // 2
    assert {order_id(number) for number in range(1, last + 2)} <= found
    assert found == {order_id(number) for number in range(1, 2 * pairs + 1)}
    assert counted[line_holds.name] == counted[lines.name] == pairs
    assert pairs - 1 <= counted[callbacks.name] <= settled <= counted[one_time_codes.name] <= pairs
    # Each order accepted and to be started, each code with its entry and its message; each code settled and each
    # callback with its delivery, and one wake for both.
    assert counted[events.name] == 2 * pairs + counted[one_time_codes.name]
    assert counted[outbox.name] == 2 * pairs + counted[one_time_codes.name] + settled
    assert counted[deliveries.name] == settled + counted[callbacks.name]
    assert all(journal.orders.verify(each).ok for each in found)
