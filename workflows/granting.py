"""Writes that home's own systems may refuse: a person is asked, and a retry is a request of its own."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from domain.refusals import Refusal
from domain.updates import ResolveAction
from workflows.calls import Message, Method
from workflows.running import Running


class Refusable(Protocol):
    """An answer that may be a refusal."""

    @property
    def refusal(self) -> Refusal | None: ...


Answer = TypeVar("Answer", bound=Refusable)


async def until_granted(
    running: Running,
    method: Method[Message, Answer],
    message: Callable[[str], Message],
    *,
    key: str,
    name: str,
    party: str,
    refused: str,
    actions: Sequence[ResolveAction],
    forward_only: bool = False,
) -> Answer:
    """The first answer that is no refusal. `message` is made with the idempotency key of its try: a party remembers a
    refusal under the key that it refused.

    Raises:
        Withdrawn, GivenUp: as for a step and for the person who is asked.
    """
    number = 1
    while True:
        answer = await running.desk.step(
            method, message(running.key(key, number)), name=name, party=party, forward_only=forward_only
        )
        if answer.refusal is None:
            return answer
        await running.desk.ask_human(f"{refused}: {answer.refusal.raw_text}", actions=actions)
        number += 1
