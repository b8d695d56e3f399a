"""What the supervisor has to know about a component: how it starts, when it is ready, what it needs first."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from stack.ports import Port

Probe = Callable[[int], Awaitable[bool]]
"""Asked with the process id until it says yes. It may take its time, but never raises for "not yet"."""


async def nothing_to_do() -> None:
    """What is done around the start of a component that needs nothing."""


@dataclass(frozen=True)
class Component:
    """One process of the stack. Times are real seconds."""

    name: str
    command: Sequence[str]
    ready: Probe
    env: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()  # components that must be ready before this one starts
    ports: tuple[Port, ...] = ()
    where: str = ""  # shown once it is ready
    prepare: Callable[[], Awaitable[None]] = nothing_to_do  # before each start
    set_up: Callable[[], Awaitable[None]] = nothing_to_do  # after each start, once `ready`
    start_timeout_s: float = 90.0
    stop_timeout_s: float = 5.0
