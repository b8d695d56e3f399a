"""The customer shows who he is: a one-time code goes to a channel that we knew before the order, and has to come back.

The code is made, sent and checked outside Temporal. Here only its fate is known.
"""

from datetime import timedelta
from typing import Protocol

from activities.care import Reach
from activities.identity import IdentityActivities, SendCode
from domain.authentication import CodeVerdict
from domain.orders import Actor, Order, OrderKind, OrderState, WaitingFor
from domain.refusals import RefusalCode, refusal
from domain.stages import Stage
from domain.timeline import TimelineCode
from rules.plans import Challenge
from workflows.order.calls import Calls
from workflows.order.cancellation import Cancellation
from workflows.order.legal_time import LegalTime
from workflows.order.log import OrderLog
from workflows.order.stops import Refused, Withdrawn
from workflows.order.transition import Transition


class IdentityPlan(Protocol):
    """What the rules say about one-time codes. `code_patience` is legal time."""

    @property
    def challenge(self) -> Challenge | None: ...
    @property
    def code_rounds(self) -> int: ...
    @property
    def code_patience(self) -> timedelta: ...


class IdentityContext(Protocol):
    """An order whose customer may have to show who he is."""

    log: OrderLog
    calls: Calls
    cancellation: Cancellation

    @property
    def order(self) -> Order: ...
    @property
    def kind(self) -> OrderKind: ...
    @property
    def plan(self) -> IdentityPlan: ...
    @property
    def reach(self) -> Reach: ...
    @property
    def time(self) -> LegalTime: ...


class Identity:
    """A code may be tried three times. After the last wrong try nothing counts for a day; then a new code is sent."""

    def __init__(self, context: IdentityContext, stage: Stage) -> None:
        """`stage`: of the order while it waits for a code."""
        self._context = context
        self._stage = stage
        self._checked: dict[int, CodeVerdict] = {}
        self._number = 0

    async def on_checked(self, checked: CodeVerdict) -> None:
        """A code came back. The first result for each code counts, unless a later one is right."""
        if checked.right or checked.number not in self._checked:
            self._checked[checked.number] = checked

    async def run(self) -> None:
        """Identity shown, or not asked for.

        Raises:
            Refused: all rounds of codes were wrong.
            Withdrawn: the customer cancelled, or no code came back for days.
        """
        context, plan = self._context, self._context.plan
        if plan.challenge is None:
            return
        while self._number < plan.code_rounds:
            self._number += 1
            checked = await self._ask(plan.challenge.channel)
            if checked.right:
                what = "identity shown by a one-time code"
                await context.log.record(
                    Transition(code=TimelineCode.IDENTIFIED, what=what, by="customer", state=OrderState.IN_PROGRESS)
                )
                return
            if checked.locked_until is not None and self._number < plan.code_rounds:
                await self._wait_until_unlocked(checked)
        why = "no right one-time code came back"
        no = refusal(RefusalCode.HOLDER_NOT_ENTITLED, "rules", raw_text=why)
        raise Refused(Actor(by="rules", reason=why), refusal=no)

    async def _ask(self, channel: str) -> CodeVerdict:
        context, number = self._context, self._number
        until = context.time.now() + context.plan.code_patience
        await context.calls.write_with(
            IdentityActivities.send_code,
            SendCode(
                order_id=context.order.order_id,
                order_kind=context.kind,
                number=number,
                channel=channel,
                to=context.order.msisdn if channel == "sms" else context.reach.email or "",
                language=context.reach.language,
            ),
            Transition(
                code=TimelineCode.CODE_SENT,
                what=f"one-time code {number} sent by {_CHANNELS[channel]}",
                stage=self._stage,
                state=OrderState.PENDING,
                waiting_for=WaitingFor(
                    party="customer", what="the one-time code", until=until, then="the order is given up"
                ),
            ),
            name=f"send-code-{number}",
        )
        await context.time.until(
            until,
            unless=lambda: number in self._checked or context.cancellation.is_requested,
            summary="the one-time code comes back",
            for_an_answer=True,
        )
        context.cancellation.stop_if_requested()
        if number not in self._checked:
            raise Withdrawn(Actor(by="relais", reason="no one-time code came back"))
        return self._checked[number]

    async def _wait_until_unlocked(self, checked: CodeVerdict) -> None:
        context, until = self._context, checked.locked_until
        assert until is not None
        await context.log.record(
            Transition(
                code=TimelineCode.CODES_WRONG,
                what="too many wrong one-time codes",
                by="customer",
                state=OrderState.PENDING,
                waiting_for=WaitingFor(
                    party="rules",
                    what="too many wrong codes: closed for a while",
                    until=until,
                    then="a new code is sent",
                ),
            )
        )
        await context.time.until(
            until, unless=lambda: context.cancellation.is_requested, summary="closed after wrong codes"
        )
        context.cancellation.stop_if_requested()


_CHANNELS = {"sms": "SMS to the line", "email": "e-mail"}
