"""Orders, lists and numbers in the terminal."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from cli import hints
from cli.times import Times
from cli.views import Happening, OrderAnswer, RefusalAnswer, Waiting
from domain.orders import OrderState

INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})")

TABLE_WIDTH = 130
"""Columns that the table of orders needs so that no name is cut."""

STYLES = {
    OrderState.COMPLETED: "green",
    OrderState.HELD: "yellow",
    OrderState.FAILED: "red",
    OrderState.REJECTED: "red",
    OrderState.CANCELLED: "magenta",
}


def order(shown: OrderAnswer, times: Times, *, steps: bool = True) -> RenderableType:
    """One order: what it is, its steps, and what happens next."""
    parts: list[RenderableType] = [head(shown)]
    if steps:
        parts += [step(happening, times) for happening in shown.timeline]
    parts += [*now(shown, times), *ending(shown, times)]
    return Group(*parts)


def head(shown: OrderAnswer) -> Text:
    state = Text(shown.state, style=STYLES.get(OrderState(shown.state), "cyan") if shown.state in STYLES else "cyan")
    return Text.assemble("Order ", (shown.order_id, "bold"), f"  {shown.kind}  ", state)


def step(happening: Happening, times: Times) -> Text:
    by = f"  by {happening.by}" if happening.by and happening.by != "relais" else ""
    reason = f": {happening.reason}" if happening.reason else ""
    return Text.assemble(("  ✓ ", "green"), (times.show(happening.at), "dim"), f"  {happening.what}{by}{reason}")


def now(shown: OrderAnswer, times: Times) -> list[Text]:
    """What runs, whom the order waits for until when, what a human should do."""
    lines: list[Text] = []
    if not shown.is_final:
        lines.append(
            Text(f"  … {stage(shown)}" if shown.waiting_for is None else f"  … {waiting(shown.waiting_for, times)}")
        )
        lines += promise(shown, times)
        lines += [Text(f"    {command}", style="dim") for command in hints.now(shown)]
        lines += [Text(f"  {other}") for other in hints.beside(shown)]
    if shown.needs_attention:
        lines.append(Text(f"  ! needs a human: {shown.attention or shown.stage}", style="yellow"))
    return lines


def ending(shown: OrderAnswer, times: Times) -> list[Text]:
    """Why it was refused, what it led to, what goes on."""
    refused = [Text(f"  ✗ {refusal(shown.refusal)}", style="red")] if shown.refusal else []
    after = [Text(f"  {other}") for other in hints.after(shown)]
    return [*refused, *facts(shown.outcome or {}, times, "  "), *after]


def stage(shown: OrderAnswer) -> str:
    """The stage, as text."""
    return shown.stage.replace("_", " ")


def promise(shown: OrderAnswer, times: Times) -> list[Text]:
    """Until when it should be done."""
    if shown.due is None:
        return []
    late = (" (late)", "yellow") if shown.late else ""
    return [Text.assemble(f"  due {times.show(shown.due)}", late)]


def marked(shown: OrderAnswer) -> str:
    """The state, with `!` where a human is needed and `late` where the promise was not kept."""
    return shown.state + " !" * shown.needs_attention + " late" * shown.late


def waiting(shown: Waiting, times: Times) -> str:
    until = f", until {times.show(shown.until)}" if shown.until else ""
    then = f", then {shown.then}" if shown.then else ""
    return f"waiting for {shown.party}: {shown.what}{until}{then}"


def refusal(shown: RefusalAnswer) -> str:
    """The canonical code, who said what, and who can mend it."""
    raw = " ".join(part for part in (shown.raw_code, shown.raw_text) if part)
    mend = f"; to be mended by: {shown.fix_by}" if shown.fix_by else ""
    again = f"; again: {shown.retry}" if shown.retry else ""
    return f"refused: {shown.code}" + (f" ({raw})" if raw else "") + mend + again


def orders(shown: Iterable[OrderAnswer], times: Times, width: int) -> RenderableType:
    """A list: one order per row, or, where `width` columns are too few for that, on a line or two."""
    if width < TABLE_WIDTH:
        return Group(*(line for item in shown for line in _in_brief(item, times)))
    table = Table(Column("Order", no_wrap=True), "Kind", "State", "Stage", "Waits for", "Until", box=SIMPLE)
    for item in shown:
        wait = item.waiting_for or Waiting()
        table.add_row(
            item.order_id,
            item.kind,
            marked(item),
            item.stage,
            f"{wait.party} {wait.what}".strip(),
            times.show(wait.until) if wait.until else "",
        )
    return table


def _in_brief(shown: OrderAnswer, times: Times) -> list[Text]:
    style = "yellow" if shown.needs_attention or shown.late else ""
    first = Text.assemble((shown.order_id, "bold"), f"  {shown.kind}  ", (marked(shown), style), f"  {shown.stage}")
    return [first] if shown.waiting_for is None else [first, Text(f"  {waiting(shown.waiting_for, times)}")]


def facts(body: Mapping[str, Any], times: Times, indent: str = "") -> list[Text]:
    """Names and values, nested ones further in; what is empty is left out."""
    lines: list[Text] = []
    for name, value in body.items():
        label = f"{indent}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            lines += [Text(label), *facts(value, times, indent + "  ")] if value else []
        elif isinstance(value, list):
            lines += [Text(label), *(Text(f"{indent}  {_short(item, times)}") for item in value)] if value else []
        elif value not in (None, ""):
            lines.append(Text(f"{label}: {_short(value, times)}"))
    return lines


def _short(value: Any, times: Times) -> str:
    if isinstance(value, Mapping):
        told = {name.replace("_", " "): inner for name, inner in value.items() if inner not in (None, "")}
        return ", ".join(f"{name} {_short(inner, times)}" for name, inner in told.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return times.show(datetime.fromisoformat(value))
    return "" if value is None else str(value)
