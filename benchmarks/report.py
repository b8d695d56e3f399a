"""A run's figures for people."""

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Load, Result
from benchmarks.meter import CLIENT

SATURATED = 0.85
"""A Python process that uses more of a processor than this is held up by its interpreter's lock."""


def show(result: Result, console: Console) -> None:
    """Prints the table, the limit and what was missed."""
    console.print(table(result))
    console.print(limit(result))
    if result.shape_differences:
        console.print("The bare saga has another shape: " + "; ".join(result.shape_differences), style="red")
    for sentence in result.missed:
        console.print(sentence, style="red", markup=False)


def table(result: Result) -> Table:
    """Real orders beside bare sagas."""
    real, bare = result.real, result.bare
    made = Table(title=f"{result.case}: {real.count} orders, {bare.count} bare sagas", title_justify="left")
    made.add_column("")
    made.add_column("Relais", justify="right")
    made.add_column("bare saga", justify="right")
    for name, show_one in _ROWS:
        made.add_row(name, show_one(real), show_one(bare))
    for part, figure in real.parts.items():
        made.add_row(part, f"{figure:.2f}", "–")
    for process in real.cpu_ms:
        made.add_row(f"CPU ms, {process}", _cpu(real, process), _cpu(bare, process))
    for database in real.disk_bytes:
        made.add_row(f"disk kB, {database}", _kilobytes(real, database), _kilobytes(bare, database))
    made.add_row("per second, all processors full", _ceiling(result, real), _ceiling(result, bare))
    made.add_row("ratio to the bare saga: rate", f"{result.ratio:.2f}", "1")
    made.add_row("ratio to the bare saga: CPU", f"{result.cpu_ratio:.2f}", "1")
    return made


def limit(result: Result) -> str:
    """What holds the rate down: a process that is full, or the machine."""
    real = result.real
    ours = {name: share for name, share in real.cores.items() if name != CLIENT}
    name, share = max(ours.items(), key=lambda item: item[1])
    busy = sum(real.cores.values()) + real.others_cores
    others = f" Other programs took {real.others_cores:.2f}." if real.others_cores > 0.1 else ""
    machine = f"{busy:.2f} of {result.machine.processors} processors were busy.{others}"
    if name != "temporal" and share > SATURATED:
        return f"Limit: the {name}'s Python interpreter, {share:.2f} of one processor. {machine}"
    return f"Limit: the machine. Most is used by {name}, {share:.2f} of a processor. {machine}"


def _ceiling(result: Result, load: Load) -> str:
    """The rate at which this load would fill the whole machine."""
    return f"{1000 * result.machine.processors / load.cpu_ms_total:.2f}"


def _cpu(load: Load, process: str) -> str:
    return f"{load.cpu_ms[process]:.1f} ({load.cores[process]:.2f} cores)" if process in load.cpu_ms else "–"


def _kilobytes(load: Load, database: str) -> str:
    return f"{load.disk_bytes[database] / 1000:.1f}" if database in load.disk_bytes else "–"


def _commands(load: Load) -> str:
    return "\n".join(f"{count} {name}" for name, count in sorted(load.histories.commands.items()))


_ROWS = (
    ("orders per second", lambda load: f"{load.per_second:.2f}"),
    ("seconds", lambda load: f"{load.seconds:.1f}"),
    ("accepted → ended, p50 s", lambda load: f"{load.p50_s:.2f}"),
    ("accepted → ended, p95 s", lambda load: f"{load.p95_s:.2f}"),
    ("last message to a customer, s after", lambda load: f"{load.drain_s:.1f}"),
    ("by state", lambda load: ", ".join(f"{count} {state}" for state, count in sorted(load.by_state.items()))),
    ("history events, median (most)", lambda load: f"{load.histories.events_median:g} ({load.histories.events_most})"),
    ("history kB, mean", lambda load: f"{load.histories.bytes_mean / 1000:.1f}"),
    ("commands", _commands),
    ("CPU ms per order, all processes", lambda load: f"{load.cpu_ms_total:.1f}"),
)
