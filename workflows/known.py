"""What a step of a story finds out and later steps rely on."""

from typing import Generic, TypeVar, overload

Value = TypeVar("Value")


class KnownFromAStepOn(Generic[Value]):
    """An attribute that a step sets; to read it before is a bug in the story's order."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = f"_{name}"

    @overload
    def __get__(self, instance: None, owner: type) -> "KnownFromAStepOn[Value]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> "Value | KnownFromAStepOn[Value]":
        if instance is None:
            return self
        assert self._slot in vars(instance), f"{self._slot[1:]} is not known yet"
        value: Value = vars(instance)[self._slot]
        return value

    def __set__(self, instance: object, value: Value) -> None:
        vars(instance)[self._slot] = value

    def is_known(self, instance: object) -> bool:
        """Whether the step has set it."""
        return self._slot in vars(instance)
