"""`python -m benchmarks`: offers load to a stack of its own, then to bare sagas; prints and keeps the figures."""

import asyncio
import os
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from benchmarks.bare_run import run_bare
from benchmarks.case import Case, TooFewLines
from benchmarks.clients import RequestRefused
from benchmarks.figures import Load, Result
from benchmarks.load import Stalled
from benchmarks.machine import this_machine
from benchmarks.plan import Plan
from benchmarks.port_in import PORT_IN
from benchmarks.port_out import PORT_OUT
from benchmarks.real_run import run_real
from benchmarks.report import show
from benchmarks.shape import differences
from benchmarks.sim_replacement import SIM_REPLACEMENT
from domain.orders import OrderState
from stack.errors import StackError

CASES: dict[str, Case] = {case.name: case for case in (PORT_IN, SIM_REPLACEMENT, PORT_OUT)}
ALL_CASES = "all"
RESULTS = Path(__file__).parent / "results"
QUICK = 200
SHAPE_TOLERANCE = 6
"""Events by which a real order and its bare saga may differ: a timer that an early answer makes needless, and the
workflow task that ends the wait."""


def main(
    case: Annotated[str, typer.Option(help=f"{ALL_CASES} or one of {', '.join(CASES)}")] = ALL_CASES,
    orders: Annotated[int, typer.Option(min=1, help="orders of each case")] = 2000,
    bare: Annotated[int | None, typer.Option(min=1, help="bare sagas; default half as many")] = None,
    quick: Annotated[bool, typer.Option("--quick", help=f"{QUICK} of each, for a look; nothing is kept")] = False,
    in_flight: Annotated[int, typer.Option(min=1, help="orders under way at once")] = 24,
    warm_up: Annotated[int, typer.Option(min=0, help="orders before, not counted")] = 100,
    pace: Annotated[float, typer.Option(help="legal seconds per real second")] = 200_000,
    synchronous: Annotated[
        str, typer.Option(help="SQLite's, of Temporal and of the journal: normal or full")
    ] = "normal",
    out: Annotated[Path | None, typer.Option(help="folder for the JSON")] = None,
) -> None:
    """Exit status: 0 every order completed and every target met, 1 not, 2 it could not be measured."""
    console = Console(highlight=False)
    if os.environ.get("TEMPORAL_ADDRESS"):
        console.print("TEMPORAL_ADDRESS is set: the benchmark measures a server of its own, unset it.", style="red")
        raise typer.Exit(2)
    wanted = list(CASES.values()) if case == ALL_CASES else [CASES[case]] if case in CASES else []
    if not wanted:
        console.print(f"--case is {ALL_CASES} or one of {', '.join(CASES)}", style="red")
        raise typer.Exit(2)
    missed = False
    for each in wanted:
        count = QUICK if quick else orders
        with _bars(console) as bars:
            plan = Plan(
                count=count,
                bare_count=bare or (count if quick else max(1, count // 2)),
                in_flight=in_flight,
                warm_up=warm_up,
                pace=pace,
                synchronous=synchronous,
                progress=_Shown(bars),
            )
            try:
                result = asyncio.run(_measure(each, plan))
            except (StackError, Stalled, RequestRefused, TooFewLines) as trouble:
                console.print(str(trouble), style="red", markup=False)
                raise typer.Exit(2) from None
        show(result, console)
        folder = out or (None if quick else RESULTS)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{each.name}.json"
            file.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
            console.print(f"Kept in {file}", markup=False)
        missed = missed or bool(result.missed)
    raise typer.Exit(1 if missed else 0)


async def _measure(case: Case, plan: Plan) -> Result:
    with tempfile.TemporaryDirectory(prefix="relais-bench-") as folder:
        real = await run_real(case, plan, Path(folder) / "real")
        bare = await run_bare(case, plan, Path(folder) / "bare")
    settings = {
        "in_flight": str(plan.in_flight),
        "warm_up": str(plan.warm_up),
        "pace": f"{plan.pace:g}",
        "synchronous": plan.synchronous,
    }
    ratio = real.per_second / bare.per_second
    return Result(
        case=case.name,
        at=datetime.now(UTC),
        machine=this_machine(),
        settings=settings,
        real=real,
        bare=bare,
        ratio=ratio,
        cpu_ratio=bare.cpu_ms_total / real.cpu_ms_total,
        shape_differences=_shape_differences(case, real, bare),
        missed=_missed(case, plan, real, ratio),
    )


def _shape_differences(case: Case, real: Load, bare: Load) -> list[str]:
    found = differences(case.bare, Counter(real.histories.commands))
    by = abs(real.histories.events_median - bare.histories.events_median)
    return [*found, f"{by:g} events apart"] if by > SHAPE_TOLERANCE else found


def _missed(case: Case, plan: Plan, real: Load, ratio: float) -> list[str]:
    """What an order's case promises and this run did not show."""
    missed = []
    if real.by_state != {OrderState.COMPLETED.value: plan.count}:
        missed.append(f"Not every order was completed: {real.by_state} of {plan.count}.")
    if real.histories.events_median > case.most_events:
        missed.append(f"More than {case.most_events} events: {real.histories.events_median:g}.")
    if real.per_second < case.least_per_second:
        missed.append(f"Below {case.least_per_second:g} per second: {real.per_second:.2f}.")
    if ratio < case.least_ratio:
        missed.append(f"Below {case.least_ratio:g} of the bare saga: {ratio:.2f}.")
    return missed


def _bars(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console, refresh_per_second=2)


class _Shown:
    """One bar per load."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, name: str, done: int, of: int) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=of)
        self._bars.update(self._tasks[name], completed=done)


if __name__ == "__main__":
    typer.run(main)
