"""How a donor's robot shall answer for a number, where somebody has said so."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from simulator.store import Store


class Answer(StrEnum):
    """The kinds of answer; without one the robot judges number and RIO."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    DELAY = "delay"
    SILENT = "silent"
    LATE = "late"
    CONTRADICT = "contradict"


class Behaviour(BaseModel):
    """`code` is the block code of a refusal: for `refuse` and `contradict`, and for what follows `delay` and `late`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    answer: Answer
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}$")] | None = None


class Behaviours:
    """Kept by number, E.164; a reset forgets them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, msisdn: str) -> Behaviour | None:
        row = self._store.execute("SELECT answer, code FROM robot_behaviour WHERE msisdn = ?", (msisdn,)).fetchone()
        return None if row is None else Behaviour(answer=Answer(row["answer"]), code=row["code"])

    def put(self, msisdn: str, behaviour: Behaviour) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO robot_behaviour (msisdn, answer, code) VALUES (?, ?, ?)",
            (msisdn, behaviour.answer.value, behaviour.code),
        )

    def remove(self, msisdn: str) -> None:
        self._store.execute("DELETE FROM robot_behaviour WHERE msisdn = ?", (msisdn,))
