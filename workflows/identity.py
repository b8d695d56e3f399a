"""Who asks shows who he is: a one-time code goes to a channel known before, and has to come back.

The code is made, sent and checked outside Temporal; here only its fate is heard.
"""

from datetime import timedelta
from typing import Protocol

from activities.care import Reach
from activities.identity import IdentityActivities, SendCode
from domain.authentication import CodeChecked
from domain.orders import Actor, OrderKind, OrderState, TimelineEvent, WaitingFor
from domain.refusals import RefusalCode, refusal
from rules.plans import Challenge
from workflows.running import Running
from workflows.stops import Refused, Withdrawn


class Plan(Protocol):
    """What the rules say of it."""

    @property
    def challenge(self) -> Challenge | None: ...
    @property
    def code_rounds(self) -> int: ...
    @property
    def code_patience(self) -> timedelta: ...


class Challenged(Running, Protocol):
    """An order whose customer may have to show who he is."""

    @property
    def plan(self) -> Plan: ...
    @property
    def reach(self) -> Reach: ...
    @property
    def msisdn(self) -> str: ...
    @property
    def kind(self) -> OrderKind: ...


class Identity:
    """Three tries a code; the last wrong one closes the door for a day, then a new code is sent."""

    def __init__(self, challenged: Challenged) -> None:
        self._challenged = challenged
        self._heard: dict[int, CodeChecked] = {}
        self.number = 0

    def hear(self, checked: CodeChecked) -> None:
        """The fate of a code; the first word about each counts, but a right code is right."""
        if checked.right or checked.number not in self._heard:
            self._heard[checked.number] = checked

    async def run(self) -> None:
        """Proven, or no proof was asked for.

        Raises:
            Refused: all rounds of codes were wrong.
            Withdrawn: the customer cancelled, or no code came back for days.
        """
        challenged = self._challenged
        challenge = challenged.plan.challenge
        if challenge is None:
            return
        while self.number < challenged.plan.code_rounds:
            self.number += 1
            checked = await self._ask(challenge.channel)
            if checked.right:
                await challenged.desk.tell(
                    state=OrderState.IN_PROGRESS, what="identity shown by a one-time code", by="customer"
                )
                return
            if checked.locked_until is not None and self.number < challenged.plan.code_rounds:
                await self._wait_until_unlocked(checked)
        why = "no right one-time code came back"
        raise Refused(
            Actor(by="rules", reason=why), refusal=refusal(RefusalCode.HOLDER_NOT_ENTITLED, "rules", raw_text=why)
        )

    async def _ask(self, channel: str) -> CodeChecked:
        challenged, number = self._challenged, self.number
        desk = challenged.desk
        until = challenged.time.now() + challenged.plan.code_patience
        entry = desk.compose(
            "identifying",
            OrderState.PENDING,
            events=[TimelineEvent(what=f"one-time code {number} sent by {_WORDS[channel]}")],
            waiting_for=WaitingFor(
                party="customer", what="the one-time code", until=until, then="the order is given up"
            ),
        )
        to = challenged.msisdn if channel == "sms" else challenged.reach.email or ""
        language = challenged.reach.language
        send = SendCode(
            order_id=desk.order_id,
            order_kind=challenged.kind,
            number=number,
            channel=channel,
            to=to,
            language=language,
            entry=entry,
        )
        await desk.step(IdentityActivities.send_code, send, name=f"send-code-{number}", party="journal")
        await desk.arrive(entry)
        silent = await challenged.time.until(
            until,
            unless=lambda: bool(number in self._heard or desk.cancel),
            summary="the one-time code comes back",
            for_an_answer=True,
        )
        desk.stop_if_cancelled()
        if silent and number not in self._heard:
            raise Withdrawn(Actor(by="relais", reason="no one-time code came back"))
        return self._heard[number]

    async def _wait_until_unlocked(self, checked: CodeChecked) -> None:
        desk, until = self._challenged.desk, checked.locked_until
        assert until is not None
        await desk.tell(
            state=OrderState.PENDING,
            what="too many wrong one-time codes",
            by="customer",
            waiting_for=WaitingFor(
                party="rules", what="too many wrong codes: closed for a while", until=until, then="a new code is sent"
            ),
        )
        await self._challenged.time.until(
            until, unless=lambda: desk.cancel is not None, summary="closed after wrong codes"
        )
        desk.stop_if_cancelled()


_WORDS = {"sms": "SMS to the line", "email": "e-mail"}
