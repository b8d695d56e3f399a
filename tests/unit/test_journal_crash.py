"""A writer killed at any moment leaves whole orders and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select

from journal import schema
from journal.schema import events, idempotency, line_holds, orders, outbox
from tests.support.journal_kit import open_journal, order_id, url_in

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("told", [3, 40, 41])
def test_a_killed_writer_leaves_no_half_order_and_loses_none_it_has_announced(tmp_path: Path, told: int):
    command = [sys.executable, "-m", "tests.support.journal_racer", str(tmp_path), "forever", "0"]
    writer = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    for _ in range(told):
        announced = int(writer.stdout.readline())
    writer.kill()
    writer.wait()
    rest = [int(line) for line in writer.stdout.read().split() if line]
    last = rest[-1] if rest else announced

    journal = open_journal(tmp_path)
    with create_engine(url_in(tmp_path)).begin() as connection:
        found = set(connection.execute(select(orders.c.order_id)).scalars())
        counted = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        }
    assert {order_id(number) for number in range(1, last + 1)} <= found
    assert len(found) <= last + 1
    # Each acceptance: an order, its key and line, two events, a start and a message; each second entry: two events and
    # a message.
    entries = counted[events.name] // 2 - len(found)
    assert counted[events.name] % 2 == 0
    assert counted[idempotency.name] == counted[line_holds.name] == len(found)
    assert counted[outbox.name] == 2 * len(found) + entries
    assert len(found) - 1 <= entries <= len(found)
    assert all(journal.verify(each).ok for each in found)
