"""The page an operator reads in the Web UI (User Metadata, current details): now, next, due, whom we wait for, what
to do.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from domain.orders import OrderStatus

LOG_LINES = 8
ZONE = ZoneInfo("Europe/Paris")


def markdown(status: OrderStatus, *, stages: Sequence[str], log: Sequence[str]) -> str:
    """Markdown without personal data; every instant is legal time, shown as local time in Paris."""
    parts = [f"### {_words(status.stage)} · `{status.state.value}`"]
    if status.needs_attention:
        parts.append(f"> **Needs attention.** {status.attention}")
    parts.append(_facts(status, stages))
    parts.append(_steps(status.stage, stages, finished=status.state.is_final))
    if log:
        parts.append("**Last lines**\n\n" + "\n".join(f"- {line}" for line in log))
    return "\n\n".join(parts)


def _facts(status: OrderStatus, stages: Sequence[str]) -> str:
    waiting = status.waiting_for
    rows = [("Now", _words(status.stage)), ("Next", _next(status.stage, stages))]
    if waiting:
        rows.append(("Waiting for", f"{waiting.party}: {waiting.what}"))
        if waiting.until:
            rows.append(("Until", f"{waiting.until.astimezone(ZONE):%A %d %B %Y %H:%M} legal time, Paris"))
        if waiting.then:
            rows.append(("Then", waiting.then))
    rows.append(
        ("Point of no return", "passed: only forward" if status.point_of_no_return else "not reached: can be undone")
    )
    if status.refusal:
        rows.append(("Refusal", f"`{status.refusal.code.value}` {status.refusal.raw_text}".strip()))
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {_cell(value)} |" for name, value in rows)


def _steps(stage: str, stages: Sequence[str], *, finished: bool) -> str:
    here = stages.index(stage) if stage in stages else -1
    marks = []
    for position, name in enumerate(stages):
        mark = "✓" if position < here or (finished and here == len(stages) - 1) else "▶" if position == here else "·"
        marks.append(f"{mark} {_words(name)}")
    return "  \n".join(marks)


def _next(stage: str, stages: Sequence[str]) -> str:
    if stage in stages and stages.index(stage) + 1 < len(stages):
        return _words(stages[stages.index(stage) + 1])
    return "nothing"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
