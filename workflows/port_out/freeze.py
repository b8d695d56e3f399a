"""The holder's stop: counted once he has shown who he is, and only until our answer leaves."""

import asyncio

from activities.identity import IdentityActivities, SendCode
from domain.authentication import CodeChecked
from domain.orders import Actor, OrderKind, TimelineEvent
from domain.updates import FreezeRequest
from workflows.asking import refusal_of_update
from workflows.port_out.departure import Departure


class Freezing:
    """One wish at a time; a wrong code costs nothing but a try."""

    def __init__(self, departure: Departure) -> None:
        self._departure = departure
        self._codes = 0
        self._wishes: dict[int, Actor] = {}  # by the number of the code that would show who asks
        self._sending: list[asyncio.Task[None]] = []

    def check(self, request: FreezeRequest) -> None:
        """The update's validator.

        Raises:
            ApplicationError: why not.
        """
        departure, status = self._departure, self._departure.desk.status
        if not request.by.strip() or not request.reason.strip():
            raise refusal_of_update("by and reason must say who asks and why")
        if request.authentication is None:
            raise refusal_of_update("authentication must say how the holder has shown who he is")
        if status.state.is_final:
            raise refusal_of_update(f"the order is {status.state.value} already")
        if departure.is_answering or departure.performed:
            raise refusal_of_update("too late to freeze: our answer has left, or is leaving; the recipient may cancel")
        if departure.frozen:
            raise refusal_of_update("frozen already: the request is being refused")
        if not request.authentication.is_complete and not departure.reach.email and not departure.sim:
            raise refusal_of_update("no code can be sent yet: customer care has not told us how to reach the holder")

    async def wish(self, request: FreezeRequest) -> str:
        """Recorded; returns what to tell the person."""
        departure = self._departure
        actor = Actor(by=request.by, reason=request.reason)
        assert request.authentication is not None
        if request.authentication.is_complete:
            departure.frozen = actor
            return "recorded: the request is refused"
        self._codes += 1
        self._wishes[self._codes] = actor
        await self._send(self._codes)
        return "a one-time code was sent to the holder: the request is refused once it comes back"

    def hear(self, checked: CodeChecked) -> None:
        """A code came back; a right one freezes."""
        wish = self._wishes.get(checked.number)
        if checked.right and wish is not None and not self._departure.is_answering:
            self._departure.frozen = wish

    async def _send(self, number: int) -> None:
        """To an address that we knew before, since the SIM may be the thief's; to the line where there is none."""
        departure, desk = self._departure, self._departure.desk
        channel = "email" if departure.reach.email else "sms"
        entry = desk.compose(events=[TimelineEvent(what=f"one-time code {number} sent by {channel}")], remark=True)
        send = SendCode(
            order_id=desk.order_id,
            order_kind=OrderKind.PORT_OUT,
            number=number,
            channel=channel,
            to=departure.reach.email or departure.msisdn,
            language=departure.reach.language,
            entry=entry,
        )
        await desk.consult(
            IdentityActivities.send_code, send, name=f"send-code-{number}", party="journal", forward_only=True
        )
