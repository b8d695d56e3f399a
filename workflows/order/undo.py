"""Undo: pushed before its step, run newest first, each safe when there was nothing to undo, emptied at the point of
no return.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Undo = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class _Entry:
    name: str
    undo: Undo


class UndoStack:
    """What would have to be undone if the order stopped now."""

    def __init__(self) -> None:
        self._stack: list[_Entry] = []

    def push(self, name: str, undo: Undo) -> None:
        """Register before the step, never after: after it, a lost reply would lose the undo. The same name is kept
        once.
        """
        if all(entry.name != name for entry in self._stack):
            self._stack.append(_Entry(name, undo))

    async def run(self, name: str) -> None:
        """Undo one step now, e.g. to plan its day again."""
        for entry in [entry for entry in self._stack if entry.name == name]:
            await entry.undo()
            self._stack.remove(entry)

    async def run_all(self) -> None:
        """Undo everything, newest first."""
        while self._stack:
            await self._stack[-1].undo()
            self._stack.pop()

    def drop(self, name: str) -> None:
        """Forget an undo: what it would take back is gone already."""
        self._stack = [entry for entry in self._stack if entry.name != name]

    def clear(self) -> None:
        """The point of no return has been passed: from here only forward."""
        self._stack.clear()

    @property
    def names(self) -> list[str]:
        """Steps that an undo would take back, oldest first."""
        return [entry.name for entry in self._stack]
