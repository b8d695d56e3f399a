"""The witnesses of SIM replacements see what they are there to see: a good effect log, and one wrong in one thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.invariants import twice, windows
from tests.support.living_relais import HOME, AskedSim, Effect, Line
from tests.support.sim_invariants import SimLog

START = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = "sr-1"
OLD, NEW = {"imsi": "208410000000001"}, {"imsi": "208417000000000", "iccid": "8933410070000000001"}
LINE = Line("+33790000001", HOME, HOME, "A1P1", "consumer", "Ada", "8933410000000000018", OLD["imsi"])
LOG = [
    ("hlr", "service_disabled", None, {**OLD, "service": "cs"}),
    ("hlr", "service_disabled", None, {**OLD, "service": "ps"}),
    ("notifications", "message_sent", "notice", {"kind": "sim_replacement.notice", "channel": "email"}),
    ("logistics", "sim_reserved", "reserve", NEW),
    ("hlr", "subscriber_created", None, NEW),
    ("hlr", "msisdn_cleared", None, OLD),
    ("hlr", "msisdn_set", None, NEW),
    ("care", "sim_changed", "change", NEW),
    ("care", "fee_billed", "fee", {}),
    ("logistics", "sim_retired", "retire", {"iccid": LINE.iccid}),
]


def log_of(entries: list[tuple[str, str, str | None, dict[str, Any]]]) -> list[Effect]:
    """One entry each tenth of a second."""
    return [
        Effect(n, START, START + timedelta(seconds=n / 10), party, effect, key and f"{ORDER}:{key}:1", LINE.msisdn,
               {"operator": HOME, **({"reference": ORDER} if key else {}), **detail})
        for n, (party, effect, key, detail) in enumerate(entries, 1)
    ]  # fmt: skip


def breaches(log: list[Effect], state: str = "completed", *, proven_at: datetime | None = START) -> list[str]:
    asked = AskedSim(LINE, "lost", START, proven_at)
    return [*windows(log, [LINE], {LINE.msisdn}), *twice(log), *SimLog(log, ORDER, asked).breaches(state)]


def without(effect: str) -> Callable[[list[Effect]], list[Effect]]:
    return lambda log: [entry for entry in log if entry.effect != effect]


def late(effect: str, by: timedelta) -> Callable[[list[Effect]], list[Effect]]:
    return lambda log: [replace(e, real_at=e.real_at + by) if e.effect == effect else e for e in log]


def again(effect: str) -> Callable[[list[Effect]], list[Effect]]:
    return lambda log: [*log, *(replace(entry, n=99) for entry in log if entry.effect == effect)]


def test_a_good_replacement_breaks_nothing():
    assert breaches(log_of(LOG)) == []
    assert breaches(log_of(LOG[:3]), "cancelled") == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (without("msisdn_set"), "without service at the end"),
        (late("msisdn_set", timedelta(minutes=16)), "without service"),
        (without("msisdn_cleared"), "2 SIMs at ALIZE"),
        (again("fee_billed"), "2 times"),
        (again("sim_changed"), "2 sim_changed"),
        (without("message_sent"), "before the old channel was told"),
        (without("service_disabled"), "was barred in [] only"),
        (late("service_disabled", timedelta(seconds=4)), "was barred after"),
        (without("sim_retired"), "the old SIM was not retired"),
        (
            lambda log: [*log, replace(log[1], n=99, effect="service_enabled")],
            "the old SIM came to life again",
        ),
    ],
)
def test_each_wrong_thing_is_a_breach(wrong: Callable[[list[Effect]], list[Effect]], said: str):
    assert any(said in breach for breach in breaches(wrong(log_of(LOG))))


def test_an_order_that_ended_without_a_move_has_left_nothing_behind():
    said = "\n".join(breaches(log_of(LOG), "cancelled"))
    for left in ("sim_changed without a move", "fee_billed without", "msisdn_set on its new SIM", "is still reserved",
                 "the old SIM was retired", "still in the HLR"):  # fmt: skip
        assert left in said


def test_nothing_happens_before_the_person_has_shown_who_he_is():
    assert any("before he has shown" in breach for breach in breaches(log_of(LOG), proven_at=None))
    proven_at = START + timedelta(seconds=0.35)
    assert any("service_disabled" in breach for breach in breaches(log_of(LOG), proven_at=proven_at))
