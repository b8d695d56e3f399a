"""The shape of a saga: which commands it gives Temporal, whatever its activities do."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from temporalio.api.enums.v1 import EventType

ANSWER_WITHIN_S = 60.0
DAY_S = 1.0


class Step(StrEnum):
    """One step of a bare saga."""

    ACTIVITY = "activity"
    ASK = "ask"  # an activity, after which a signal comes
    LOCAL = "local activity"
    BOTH = "activity and local activity"  # at the same time
    PAIR = "two activities"  # at the same time
    WATCH = "watch"  # a timer beside the story, cancelled at its end
    UPSERT = "upsert"
    ANSWER = "answer"  # wait for the signal; the timer that limits the wait is cancelled
    TIMER = "timer"


COMMANDS: dict[Step, tuple[str, ...]] = {
    Step.ACTIVITY: ("activity",),
    Step.ASK: ("activity", "signal"),
    Step.LOCAL: ("local activity",),
    Step.BOTH: ("activity", "local activity"),
    Step.PAIR: ("activity", "activity"),
    Step.WATCH: ("timer", "timer cancelled"),
    Step.UPSERT: ("upsert",),
    Step.ANSWER: ("timer", "timer cancelled"),
    Step.TIMER: ("timer",),
}
"""What each step puts into the history, besides the workflow tasks."""

_EVENTS = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activity",
    EventType.EVENT_TYPE_MARKER_RECORDED: "local activity",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "upsert",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer",
    EventType.EVENT_TYPE_TIMER_CANCELED: "timer cancelled",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal",
}

EARLY_ANSWER = {"timer", "timer cancelled"}
"""Differ by one when the signal comes before the wait for it has begun: then no timer is set."""


def commands_of(steps: Sequence[Step]) -> Counter[str]:
    """How often a saga of these steps gives each command."""
    return Counter(command for step in steps for command in COMMANDS[step])


def commands_in(event_types: Iterable[int]) -> Counter[str]:
    """How often a history shows each command."""
    return Counter(_EVENTS[EventType.ValueType(kind)] for kind in event_types if kind in _EVENTS)


def differences(steps: Sequence[Step], seen: Counter[str]) -> list[str]:
    """What a recorded history has more or less than a saga of these steps; empty: the same shape."""
    wanted = commands_of(steps)
    found = []
    for command in sorted(wanted.keys() | seen.keys()):
        by = seen[command] - wanted[command]
        if abs(by) > (1 if command in EARLY_ANSWER else 0):
            found.append(f"{command}: {seen[command]}, the bare saga {wanted[command]}")
    return found
