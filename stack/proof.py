"""Did the port really happen? Answered from outside: by the order the API shows, and by the world itself, not by what
the engine believes."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stack.witness import Witness

AGREEMENT_WITHIN_S = 60.0
"""Reference database, routing tables and HLR agree within this much quiet (real time)."""

WINDOW_LIMIT_S = 15 * 60.0
"""A number is without service for at most this long (real time)."""

ASK_EVERY_S = 0.5

REQUESTED, PERFORMED = "porting_requested", "porting_performed"
"""What the effect log calls the two messages that matter."""


@dataclass(frozen=True)
class Check:
    """One thing that has to hold, and what was seen."""

    says: str
    holds: bool
    seen: str = ""


@dataclass(frozen=True)
class PortToProve:
    """What is to be proved: `msisdn` left `donor` for `home` by one order, after entry `since` of the effect log."""

    msisdn: str
    donor: str
    home: str
    since: int


def of_the_order(order: dict[str, Any]) -> list[Check]:
    """The engine's own account of the order."""
    checks = [Check("the order is completed", order.get("state") == "completed", str(order.get("state")))]
    if order.get("journal_intact") is not None:
        checks.append(Check("the order's journal is as it was written (hash chain)", order["journal_intact"] is True))
    return checks


async def of_the_world(witness: Witness, port: PortToProve) -> list[Check]:
    """What everybody else shows; asked until all agree or `AGREEMENT_WITHIN_S` have passed."""
    deadline = time.monotonic() + AGREEMENT_WITHIN_S
    while True:
        checks = who_serves(await witness.number(port.msisdn), port)
        if all(check.holds for check in checks) or time.monotonic() > deadline:
            break
        await asyncio.sleep(ASK_EVERY_S)
    return checks + what_happened(await witness.effects(port.msisdn, after=port.since), port)


def who_serves(number: dict[str, Any], port: PortToProve) -> list[Check]:
    """Reference database, routing tables and HLRs name one and the same operator, and one SIM."""
    reference = number["reference"]["operator"]
    routing: dict[str, str] = number["routing"]
    astray = {operator: serving for operator, serving in routing.items() if serving != port.home}
    carried = Counter(entry["operator"] for entry in number["hlr"])
    return [
        Check(f"the reference database says {port.home}", reference == port.home, reference),
        Check(
            f"every operator routes the number to {port.home}",
            bool(routing) and not astray,
            ", ".join(f"{operator} → {serving}" for operator, serving in astray.items()) or f"{len(routing)} tables",
        ),
        Check(
            f"{port.home}'s HLR carries it on exactly one SIM, not barred",
            carried[port.home] == 1 and not any(entry["barred"] for entry in number["hlr"]),
            f"{carried[port.home]} SIM",
        ),
        Check(f"{port.donor}'s HLR carries it no more", carried[port.donor] == 0, f"{carried[port.donor]} SIM"),
    ]


def what_happened(effects: list[dict[str, Any]], port: PortToProve) -> list[Check]:
    """One request, one execution, nothing twice, and hardly a moment without service."""
    at_the_hub = Counter(entry["effect"] for entry in effects if entry["party"] == "clearing_house")
    keyed = Counter((entry["party"], entry["effect"], entry["key"]) for entry in effects if entry["key"])
    twice = [f"{party} {effect}" for (party, effect, _), times in keyed.items() if times > 1]
    window = window_without_service_s(effects, port)
    return [
        Check("the donor was asked once", at_the_hub[REQUESTED] == 1, f"{at_the_hub[REQUESTED]}"),
        Check("the port was performed once", at_the_hub[PERFORMED] == 1, f"{at_the_hub[PERFORMED]}"),
        Check("no effect happened twice", bool(keyed) and not twice, ", ".join(twice) or f"{len(keyed)} keyed effects"),
        Check(
            "the line was hardly without service",
            window is not None and window <= WINDOW_LIMIT_S,
            "unknown" if window is None else f"{window:.1f} s",
        ),
    ]


def window_without_service_s(effects: list[dict[str, Any]], port: PortToProve) -> float | None:
    """Real seconds between the donor taking the number down and home carrying it; 0 when home was first, None when
    either is missing."""
    down = [_real(entry) for entry in effects if _at_hlr(entry, "msisdn_cleared", port.donor)]
    up = [_real(entry) for entry in effects if _at_hlr(entry, "msisdn_set", port.home)]
    if not down or not up:
        return None
    return max(0.0, (up[-1] - down[0]).total_seconds())


def _at_hlr(entry: dict[str, Any], effect: str, operator: str) -> bool:
    detail = entry.get("detail") or {}
    return entry["party"] == "hlr" and entry["effect"] == effect and detail.get("operator") == operator


def _real(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["real_at"])
