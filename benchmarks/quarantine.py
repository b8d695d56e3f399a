"""`python -m benchmarks.quarantine`: many numbers in quarantine, some of them due: what a round takes.

A stack of its own, the schedule's own action; the world runs at pace 1, and the rows are put into the journal as
terminations put them there. Exit status: 0 every due number went back in time, 1 not, 2 it could not be measured.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from sqlalchemy import Connection
from temporalio.client import Client, WorkflowExecution

from benchmarks.figures import Figure, Machine
from benchmarks.machine import this_machine
from benchmarks.meter import Meter
from domain.termination import Quarantine
from journal.cipher import FieldCipher, LineIndex
from journal.quarantines import Quarantines, begin_quarantine
from journal.store import Store
from runtime.keys import load_or_make
from runtime.settings import Settings
from stack.errors import StackError
from stack.stack import ALL, Stack, free_settings

RESULTS = Path(__file__).parent / "results"
MOST_S = 180.0
"""Real seconds that a round of two thousand may take."""

PAGE, CHUNK, LOOK_S, TIMEOUT_S, STALLED_S = 1000, 5000, 0.05, 30.0, 1800.0
NOT_DUE = timedelta(days=45)
LONG_AGO = timedelta(days=60)
INVENTED = "+337{:08d}"
"""Numbers that are not due are never looked at: nobody has to know them."""


class QuarantineFigures(Figure):
    """`due` of `rows` were given back in `seconds` (from the round's start to its close); `empty_round_s`: the next
    round, which finds nothing. CPU is milliseconds per number given back; `bytes_per_row` are the journal's.
    """

    at: datetime
    machine: Machine
    rows: int
    due: int
    released: int
    seconds: float
    per_second: float
    empty_round_s: float
    history_events: int
    cpu_ms: dict[str, float]
    bytes_per_row: float
    look_ms: float
    missed: list[str]


def main(
    rows: Annotated[int, typer.Option(min=1, help="numbers in quarantine")] = 100_000,
    due: Annotated[int, typer.Option(min=1, max=2500, help="of them, numbers whose quarantine is over")] = 2000,
    out: Annotated[Path, typer.Option(help="folder for the JSON")] = RESULTS,
) -> None:
    """Time of a round of the quarantine."""
    console = Console(highlight=False)
    try:
        with tempfile.TemporaryDirectory(prefix="relais-bench-") as folder:
            figures = asyncio.run(measure(Path(folder), rows, due))
    except (StackError, TimeoutError, httpx.HTTPError) as trouble:
        console.print(f"{type(trouble).__name__}: {trouble}", style="red", markup=False)
        raise typer.Exit(2) from None
    console.print(figures.model_dump(exclude={"machine"}))
    out.mkdir(parents=True, exist_ok=True)
    (out / "quarantine.json").write_text(figures.model_dump_json(indent=2) + "\n", encoding="utf-8")
    raise typer.Exit(1 if figures.missed else 0)


async def measure(folder: Path, rows: int, due: int) -> QuarantineFigures:
    """One round with `due` of `rows` numbers to give back, and one with none.

    Raises:
        StackError, TimeoutError, httpx.HTTPError
    """
    settings = free_settings(folder, temporal_synchronous="normal")
    async with Stack(settings, env={"RELAIS_PACE": "1"}, auto_restart=False) as stack:
        now = datetime.now(UTC)
        ended = [line async for line in _ended_lines(stack, due, now - LONG_AGO)]
        waiting = ((INVENTED.format(n), f"WAITING-{n:08d}") for n in range(rows - len(ended)))
        store = _store(settings)
        databases = [settings.state_dir / "journal.sqlite"]
        filling = Meter({}, databases)
        await asyncio.to_thread(_fill, store, settings.home, ended, now - timedelta(days=1))
        await asyncio.to_thread(_fill, store, settings.home, waiting, now + NOT_DUE)
        size = filling.stop().disk_bytes[databases[0].name]
        quarantines = Quarantines(store)
        began = time.perf_counter()
        page = quarantines.due(now, 200)
        look_s = time.perf_counter() - began
        assert page.items
        rounds = _Rounds(await Client.connect(stack.temporal_address, namespace=stack.namespace), settings.home)
        meter = Meter({name: pid for name in ALL if (pid := stack.pid(name)) is not None}, databases)
        first = await rounds.run_one()
        used = meter.stop()
        second = await rounds.run_one()
        released = due - quarantines.count_overdue(now)
        store.close()
    seconds = _seconds(first)
    missed = [f"Only {released} of {due} went back."] if released != due else []
    return QuarantineFigures(
        at=datetime.now(UTC),
        machine=this_machine(),
        rows=rows,
        due=due,
        released=released,
        seconds=seconds,
        per_second=due / seconds,
        empty_round_s=_seconds(second),
        history_events=first.history_length,
        cpu_ms={name: 1000 * spent / due for name, spent in used.cpu_s.items()},
        bytes_per_row=size / rows,
        look_ms=1000 * look_s,
        missed=[*missed, *([f"More than {MOST_S:g} s: {seconds:.1f}."] if seconds > MOST_S else [])],
    )


async def _ended_lines(stack: Stack, count: int, at: datetime) -> AsyncIterator[tuple[str, str]]:
    """Numbers of our own range whose contract has ended at customer care, each with the contract's id."""
    home = stack.settings.home
    async with httpx.AsyncClient(base_url=stack.simulator_url, trust_env=False, timeout=TIMEOUT_S) as world:
        found, after = 0, 0
        while found < count and after is not None:
            query: dict[str, str | int] = {"operator": home, "state": "active", "limit": PAGE, "after": after}
            page = (await world.get("/admin/subscribers", params=query)).raise_for_status().json()
            own = [item for item in page["items"] if item["range_holder"] == home]
            for item in own[: count - found]:
                msisdn, contract_id = item["msisdn"], item["contract"]["id"]
                answer = await world.post(
                    f"/home/{home}/care/lines/{msisdn}/end",
                    json={
                        "reference": f"bench-{contract_id}",
                        "contract_id": contract_id,
                        "effective_at": at.isoformat(),
                        "reason": "terminated",
                    },
                    headers={"Idempotency-Key": f"bench-{contract_id}"},
                )
                answer.raise_for_status()
                found += 1
                yield msisdn, contract_id
            after = page["next"]


def _store(settings: Settings) -> Store:
    ring = load_or_make(settings.keys_folder)
    return Store.open(settings.journal_dsn, FieldCipher(ring), LineIndex(ring.index_key), settings.temporal_synchronous)


def _fill(store: Store, home: str, numbers: Iterable[tuple[str, str]], until: datetime) -> None:
    """One row each, `until` being the instant at which it may be given back, as the end of a contract makes it."""
    rest = iter(numbers)
    while chunk := list(islice(rest, CHUNK)):
        rows = [_row(msisdn, contract_id, home, until) for msisdn, contract_id in chunk]
        store.write(partial(_put, store, rows))


def _put(store: Store, rows: Iterable[Quarantine], connection: Connection) -> None:
    for begun in rows:
        begin_quarantine(connection, store, begun)


def _row(msisdn: str, contract_id: str, home: str, until: datetime) -> Quarantine:
    return Quarantine(
        msisdn=msisdn,
        since=until - timedelta(days=45),
        portable_until=until - timedelta(days=5),
        reassignable_from=until,
        contract_id=contract_id,
        range_holder=home,
        ended_by=f"te-{contract_id}",
    )


class _Rounds:
    """The schedule's rounds, one after the other."""

    def __init__(self, temporal: Client, home: str) -> None:
        self._temporal = temporal
        self._schedule = temporal.get_schedule_handle(f"quarantine-{home}")
        self._known: set[str] = set()

    async def run_one(self) -> WorkflowExecution:
        """Have a round started now; returns it closed."""
        await self._schedule.trigger()
        async with asyncio.timeout(STALLED_S):
            while True:
                async for found in self._temporal.list_workflows("WorkflowType = 'QuarantineRound'"):
                    if found.id not in self._known and found.close_time is not None:
                        self._known.add(found.id)
                        return found
                await asyncio.sleep(LOOK_S)


def _seconds(execution: WorkflowExecution) -> float:
    assert execution.close_time is not None
    return (execution.close_time - execution.start_time).total_seconds()


if __name__ == "__main__":
    typer.run(main)
