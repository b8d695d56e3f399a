"""The page an operator reads in the Web UI (User Metadata, current details): now, next, due, whom we wait for, what
to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from domain.orders import OrderState, OrderStatus
from domain.stages import Stage

LOG_LINES = 8

CANCEL = '`cancel` with `{"by": "your name", "reason": "why"}`'
NOTE = '`note` with `{"by": "your name", "text": "what happened"}`'


@dataclass(frozen=True)
class Page:
    """What the page of one kind of order is made of. `stages`: those of an order that goes well, in order. `pivot`: the
    stage in which the point of no return is at hand, and `at_hand` the words for it; none: the order has no such point.
    `undoing`: the stage in which steps are undone, if there is one. `updates`: what people may send until the pivot.
    """

    stages: tuple[Stage, ...]
    pivot: Stage | None = None
    undoing: Stage | None = None
    at_hand: str = ""
    updates: tuple[str, ...] = (CANCEL,)
    zone: str = "UTC"

    def local_to(self, zone: str) -> Self:
        """The same page with instants in this zone."""
        return replace(self, zone=zone)


def markdown(status: OrderStatus, *, page: Page, log: Sequence[str]) -> str:
    """Markdown without personal data; every instant is legal time, shown in the page's zone."""
    parts = [f"### {_words(status.stage)} · `{status.state.value}`"]
    if status.needs_attention:
        parts.append(f"> **Needs attention.** {status.attention}")
    parts.append(_facts(status, page))
    if not _is_undone(status, page):
        parts.append(_steps(status, page.stages))
    if not status.state.is_final:
        updates = "\n".join(f"- {update}" for update in _open_updates(status, page))
        parts.append(f"**Updates you may send**\n\n{updates}")
    if log:
        parts.append("**Last lines**\n\n" + "\n".join(f"- {line}" for line in log))
    return "\n\n".join(parts)


def _facts(status: OrderStatus, page: Page) -> str:
    waiting = status.waiting_for
    rows = [("Now", _words(status.stage)), ("Next", _next(status, page))]
    if waiting:
        rows.append(("Waits for", f"{waiting.party}: {waiting.what}"))
        if waiting.until:
            rows.append(("Until", _local(waiting.until, page.zone)))
        if waiting.then:
            rows.append(("Then", waiting.then))
    if status.due and (waiting is None or waiting.until != status.due):
        rows.append(("Due", _local(status.due, page.zone) + (", not kept" if status.late else "")))
    if page.pivot:
        rows.append(("Pivot", _point_of_no_return(status, page)))
    if status.refusal:
        refusal = status.refusal
        words = f"`{refusal.code.value}` said by {refusal.said_by}: {refusal.raw_text or 'no words'}"
        rows.append(("Refusal", f"{words} (mended by {refusal.fix_by.value}, again: {refusal.retry.value})"))
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {_cell(value)} |" for name, value in rows)


def _steps(status: OrderStatus, stages: Sequence[Stage]) -> str:
    here = _position(status, stages)
    marks = []
    for position, name in enumerate(stages):
        done = position < here or status.state.is_final
        marks.append(f"{'✓' if done else '▶' if position == here else '·'} {_words(name)}")
    return "  \n".join(marks)


def _next(status: OrderStatus, page: Page) -> str:
    if status.stage == page.undoing:
        return "closed, the line let go"
    here = _position(status, page.stages)
    return _words(page.stages[here + 1]) if 0 <= here < len(page.stages) - 1 else "nothing"


def _position(status: OrderStatus, stages: Sequence[Stage]) -> int:
    """Of the order's stage among those of one that goes well; -1: it is none of them."""
    return next((position for position, stage in enumerate(stages) if stage == status.stage), -1)


def _point_of_no_return(status: OrderStatus, page: Page) -> str:
    if status.point_of_no_return:
        return "passed: only forward"
    if status.stage == page.pivot:
        return f"at hand: {page.at_hand}"
    return "never reached: everything is as it was" if status.state.is_final else "not reached: can be undone"


def _open_updates(status: OrderStatus, page: Page) -> list[str]:
    is_stopping = status.state is OrderState.PENDING_CANCELLATION or status.stage in (page.undoing, page.pivot)
    return [NOTE] if status.point_of_no_return or is_stopping else [*page.updates, NOTE]


def _is_undone(status: OrderStatus, page: Page) -> bool:
    return status.stage == page.undoing or (status.state.is_final and not status.point_of_no_return)


def _local(instant: datetime, zone: str) -> str:
    city = zone.rpartition("/")[2].replace("_", " ")
    return f"{instant.astimezone(ZoneInfo(zone)):%A %d %B %Y %H:%M} legal time, {city}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
