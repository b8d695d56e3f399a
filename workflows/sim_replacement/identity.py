"""Who asks shows who he is: a one-time code goes to a channel known before, and has to come back.

The code is made, sent and checked outside Temporal; here only its fate is heard.
"""

from activities.identity import IdentityActivities, SendCode
from domain.authentication import CodeChecked
from domain.orders import Actor, OrderState, TimelineEvent, WaitingFor
from domain.refusals import RefusalCode, refusal
from workflows.sim_replacement.replacement import Replacement
from workflows.stops import Refused, Withdrawn


class Identity:
    """Three tries a code; the last wrong one closes the door for a day, then a new code is sent."""

    def __init__(self, replacement: Replacement) -> None:
        self._replacement = replacement
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
        replacement = self._replacement
        challenge = replacement.plan.challenge
        if challenge is None:
            return
        while self.number < replacement.plan.code_rounds:
            self.number += 1
            checked = await self._ask(challenge.channel)
            if checked.right:
                await replacement.desk.tell(
                    state=OrderState.IN_PROGRESS, what="identity shown by a one-time code", by="customer"
                )
                return
            if checked.locked_until is not None and self.number < replacement.plan.code_rounds:
                await self._wait_until_unlocked(checked)
        why = "no right one-time code came back"
        raise Refused(
            Actor(by="rules", reason=why), refusal=refusal(RefusalCode.HOLDER_NOT_ENTITLED, "rules", raw_text=why)
        )

    async def _ask(self, channel: str) -> CodeChecked:
        replacement, number = self._replacement, self.number
        desk, order = replacement.desk, replacement.order
        until = replacement.time.now() + replacement.plan.code_patience
        entry = desk.compose(
            "identifying",
            OrderState.PENDING,
            events=[TimelineEvent(what=f"one-time code {number} sent by {_WORDS[channel]}")],
            waiting_for=WaitingFor(
                party="customer", what="the one-time code", until=until, then="the order is given up"
            ),
        )
        to = order.msisdn if channel == "sms" else replacement.reach.email or ""
        language = replacement.reach.language
        send = SendCode(order_id=order.order_id, number=number, channel=channel, to=to, language=language, entry=entry)
        await desk.step(IdentityActivities.send_code, send, name=f"send-code-{number}", party="journal")
        await desk.arrive(entry)
        silent = await replacement.time.until(
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
        desk, until = self._replacement.desk, checked.locked_until
        assert until is not None
        await desk.tell(
            state=OrderState.PENDING,
            what="too many wrong one-time codes",
            by="customer",
            waiting_for=WaitingFor(
                party="rules", what="too many wrong codes: closed for a while", until=until, then="a new code is sent"
            ),
        )
        await self._replacement.time.until(
            until, unless=lambda: desk.cancel is not None, summary="closed after wrong codes"
        )
        desk.stop_if_cancelled()


_WORDS = {"sms": "SMS to the line", "email": "e-mail"}
