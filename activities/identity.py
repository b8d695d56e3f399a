"""One-time codes: made and checked in the journal, sent by the outbox, never seen by Temporal or a log."""

import asyncio

from temporalio import activity

from activities.parties_called import JOURNAL, calls_parties
from activities.recorder import Recorder
from domain.orders import CustomerMessage, OrderKind, StepRequest, StepResult
from journal import Journal


class SendCode(StepRequest):
    """The order's `number`-th code, to a channel that we knew before the order: `channel` is sms or email."""

    order_id: str
    order_kind: OrderKind
    number: int = 1
    channel: str
    to: str
    language: str = "fr"


class CodeSent(StepResult):
    pass


class IdentityActivities:
    """Asks the customer to show who he is."""

    def __init__(self, journal: Journal, recorder: Recorder) -> None:
        self._journal = journal
        self._recorder = recorder

    @activity.defn(name="identity_send_code")
    @calls_parties(own=JOURNAL)
    async def send_code(self, request: SendCode) -> CodeSent:
        """Make the code and queue its message, in one; a repetition makes no other."""
        message = CustomerMessage(
            kind=f"{request.order_kind.value}.code_{request.number}",
            channel=request.channel,
            to=request.to,
            language=request.language,
        )
        legal, real = await self._recorder.stamps()
        await asyncio.to_thread(
            self._journal.codes.send,
            request.order_id,
            request.number,
            message,
            entry=request.entry,
            at_legal=legal,
            at_real=real,
        )
        return CodeSent(recorded=True)
