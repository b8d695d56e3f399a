"""Enumerations whose members say what they mean: the documentation's tables are made from them."""

from enum import StrEnum


class Described(StrEnum):
    """A member is written as `NAME = "value", "meaning"`."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Described":
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member
