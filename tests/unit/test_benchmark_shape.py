"""The benchmark's arithmetic, its table and the file it keeps."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from temporalio.api.enums.v1 import EventType

from benchmarks import load
from benchmarks.figures import Histories, Load, Machine, Result, percentile
from benchmarks.port_in import PORT_IN
from benchmarks.port_out_flood import FloodFigures
from benchmarks.quarantine import QuarantineFigures
from benchmarks.report import limit, show
from benchmarks.shape import commands_in, commands_of, differences

KEPT = Path(__file__).parents[2] / "benchmarks" / "results"
QUARANTINE = KEPT / "quarantine.json"
FLOOD = KEPT / "port-out-flood.json"


def one_load(**changed: object) -> Load:
    values: dict[str, object] = {
        "count": 2,
        "seconds": 1.0,
        "per_second": 2.0,
        "p50_s": 0.5,
        "p95_s": 0.9,
        "by_state": {"completed": 2},
        "cpu_ms": {"temporal": 80.0, "worker": 100.0, "client": 3.0},
        "cores": {"temporal": 0.4, "worker": 0.5, "client": 0.01},
        "others_cores": 0.0,
        "disk_bytes": {"temporal.sqlite": 40_000.0},
        "drain_s": 0.1,
        "histories": Histories(events_median=60, events_most=62, bytes_mean=15_000, commands={"activity": 6}),
    }
    return Load.model_validate({**values, **changed})


def one_result(**changed: object) -> Result:
    return Result(
        case="port-in",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        machine=Machine(processors=2, model="a processor", memory_gib=8, system="Linux", versions={"python": "3.11"}),
        settings={},
        real=one_load(**changed),
        bare=one_load(per_second=4.0),
        ratio=0.5,
        cpu_ratio=1.0,
        shape_differences=[],
        missed=["Below 0.6 of the bare saga: 0.50."],
    )


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share, expected):
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_the_percentile_of_one_value_is_that_value():
    assert percentile([7.0], 0.95) == 7.0


def test_a_history_of_the_same_commands_is_of_the_same_shape():
    assert differences(PORT_IN.bare, commands_of(PORT_IN.bare)) == []


def test_an_early_answer_saves_the_timer_and_is_still_the_same_shape():
    seen = commands_of(PORT_IN.bare) - Counter({"timer": 1, "timer cancelled": 1})
    assert differences(PORT_IN.bare, seen) == []


def test_one_activity_more_is_another_shape():
    seen = commands_of(PORT_IN.bare) + Counter({"activity": 1})
    assert differences(PORT_IN.bare, seen) == ["activity: 7, the bare saga 6"]


def test_only_commands_are_counted_in_a_history():
    kinds = [
        EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
        EventType.EVENT_TYPE_MARKER_RECORDED,
        EventType.EVENT_TYPE_TIMER_FIRED,
    ]
    assert commands_in(kinds) == Counter({"activity": 1, "local activity": 1})


def test_the_table_shows_both_loads_and_says_what_was_missed():
    console = Console(record=True, width=120, file=StringIO())
    show(one_result(), console)
    text = console.export_text()
    for expected in ("port-in: 2 orders, 2 bare sagas", "60 (62)", "100.0 (0.50 cores)", "Below 0.6 of the bare saga"):
        assert expected in text


def test_a_full_interpreter_is_named_as_the_limit():
    said = limit(one_result(cores={"temporal": 0.8, "worker": 0.97, "client": 0.01}))
    assert said.startswith("Limit: the worker's Python interpreter, 0.97")


def test_a_full_machine_is_named_as_the_limit_with_what_others_took():
    said = limit(one_result(others_cores=1.0))
    assert said.startswith("Limit: the machine.")
    assert "Other programs took 1.00" in said


def test_what_is_kept_reads_back_as_it_was_and_nothing_else_is_taken():
    result = one_result()
    assert Result.model_validate_json(result.model_dump_json()) == result
    with pytest.raises(ValueError, match="Extra inputs"):
        Result.model_validate(json.loads(result.model_dump_json()) | {"more": 1})


@pytest.mark.parametrize("file", sorted(set(KEPT.glob("*.json")) - {QUARANTINE, FLOOD}), ids=lambda file: file.name)
def test_the_figures_in_the_repository_are_of_this_form_and_lost_no_order(file):
    result = Result.model_validate_json(file.read_text(encoding="utf-8"))
    assert result.real.by_state == {"completed": result.real.count}


def test_the_round_of_the_quarantine_in_the_repository_gave_every_due_number_back():
    figures = QuarantineFigures.model_validate_json(QUARANTINE.read_text(encoding="utf-8"))
    assert (figures.released, figures.missed) == (figures.due, [])


def test_the_flood_in_the_repository_left_no_request_without_an_answer():
    figures = FloodFigures.model_validate_json(FLOOD.read_text(encoding="utf-8"))
    assert (figures.answered, figures.missed) == (figures.requests, [])
    assert (figures.requests, figures.asked_in_s < 60) == (1000, True)


async def test_the_load_never_has_more_under_way_than_it_may():
    accepted, most, told = 0, 0, []

    async def submit(_: int) -> None:
        nonlocal accepted, most
        accepted += 1
        most = max(most, accepted - ended_so_far)

    ended_so_far = 0

    async def ended() -> int:
        nonlocal ended_so_far
        ended_so_far = min(accepted, ended_so_far + 2)
        return ended_so_far

    await load.offer(range(20), submit, ended, in_flight=5, progress=told.append, look_s=0.001)
    assert (accepted, most, told[-1]) == (20, 5, 20)


async def test_a_load_that_stands_still_is_given_up():
    async def submit(_: int) -> None:
        await asyncio.sleep(0)

    async def ended() -> int:
        return 1

    with pytest.raises(load.Stalled, match="1 of 3 have ended"):
        await load.offer(range(3), submit, ended, in_flight=2, progress=lambda _: None, look_s=0.001, stalled_s=0.01)
