"""How a donor's robot answers for a number, as set for a test."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from simulator.store import Store


class AnswerKind(StrEnum):
    """The kinds of answer; without one the robot judges number and RIO."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    DELAY = "delay"
    SILENT = "silent"
    LATE = "late"
    CONTRADICT = "contradict"


class DonorBehaviour(BaseModel):
    """`code` is the block code of a refusal: for `refuse` and `contradict`, and for what follows `delay` and `late`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    answer: AnswerKind
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}$")] | None = None


class DonorBehaviours:
    """Kept by number, E.164; a reset forgets them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, msisdn: str) -> DonorBehaviour | None:
        row = self._store.execute("SELECT answer, code FROM robot_behaviour WHERE msisdn = ?", (msisdn,)).fetchone()
        return None if row is None else DonorBehaviour(answer=AnswerKind(row["answer"]), code=row["code"])

    def put(self, msisdn: str, behaviour: DonorBehaviour) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO robot_behaviour (msisdn, answer, code) VALUES (?, ?, ?)",
            (msisdn, behaviour.answer.value, behaviour.code),
        )

    def remove(self, msisdn: str) -> None:
        self._store.execute("DELETE FROM robot_behaviour WHERE msisdn = ?", (msisdn,))
