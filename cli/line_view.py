"""A number as a person asks for it: who serves it, what the line is in, what happens to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.text import Text

from cli import render
from cli.times import Times
from cli.views import QuarantineAnswer
from domain.lines import LineFacts


def number(body: Mapping[str, Any], times: Times) -> list[Text]:
    """What `GET /v1/numbers/{msisdn}` tells."""
    rest = {name: value for name, value in body.items() if name not in ("line", "quarantine", "former")}
    known = None if body.get("left_by") else body.get("line")  # of a line that has left nothing holds any more
    resting = body.get("quarantine")
    return [
        *render.facts(rest, times),
        *former(body),
        *(quarantine(QuarantineAnswer.model_validate(resting), times) if resting else []),
        *(line(LineFacts.model_validate(known), times) if known and not resting else []),
    ]


def former(body: Mapping[str, Any]) -> list[Text]:
    """Orders of another holder's time: not shown, but to be found, for one may still have money to settle."""
    if not body.get("former"):
        return []
    how = f"python starter.py list --msisdn {body['msisdn']} --former"
    return [Text(f"orders of its earlier lives: {body['former']}; with them: {how}")]


def quarantine(shown: QuarantineAnswer, times: Times) -> list[Text]:
    """A number whose contract has ended: its right to be ported, and from when on it may be somebody else's."""
    order = f", by order {shown.ended_by}" if shown.ended_by else ""
    return [
        Text(f"in quarantine since: {times.show(shown.since)}{order}", style="yellow"),
        Text(f"can be ported until: {times.show(shown.portable_until)}"),
        Text(f"is nobody else's before: {times.show(shown.reassignable_from)}"),
    ]


def line(facts: LineFacts, times: Times) -> list[Text]:
    """Whether it is barred or locked, and its last change of SIM."""
    opens = f"; opens {times.show(facts.unlocks_at)}" if facts.unlocks_at else ""
    said = [
        _told("barred since", facts.barred_since, facts.barred_by, times, style="yellow"),
        _told("locked since", facts.locked_since, facts.locked_by, times, opens, style="yellow"),
        _told("last change of SIM", facts.swapped_at, facts.swapped_by, times),
    ]
    return [line for line in said if line] or [Text("neither barred nor locked, no change of SIM known")]


def _told(what: str, at: datetime | None, by: str | None, times: Times, more: str = "", *, style: str = "") -> Text:
    """When and by which order; empty where it never happened."""
    if at is None:
        return Text()
    order = f", by order {by}" if by else ""
    return Text(f"{what}: {times.show(at)}{order}{more}", style=style)
