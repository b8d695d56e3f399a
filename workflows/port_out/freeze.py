"""The holder's freeze: it counts once the holder has shown who he is, and only until our answer leaves."""

from activities.identity import IdentityActivities, SendCode
from domain.authentication import CodeVerdict
from domain.orders import Actor, OrderKind
from domain.timeline import TimelineCode, TimelineEvent
from domain.updates import FreezeRequest
from workflows.port_out.state import PortOutState


class Freeze:
    """One request at a time. A wrong code costs nothing but a try."""

    def __init__(self, state: PortOutState) -> None:
        self._state = state
        self._codes = 0
        self._requests: dict[int, Actor] = {}  # by the number of the code that would show who asks

    def check(self, request: FreezeRequest) -> None:
        """The update's validator.

        Raises:
            ApplicationError: why not.
        """
        state, refused = self._state, self._state.log.update_refused
        state.check_actor(request.by, request.reason)
        if request.authentication is None:
            raise refused("authentication must say how the holder has shown who he is")
        state.check_running()
        if state.is_answering or state.performed:
            raise refused("too late to freeze: our answer has left, or is leaving; the recipient may cancel")
        if state.frozen:
            raise refused("frozen already: the request is being refused")
        if not request.authentication.is_complete and not state.reach.email and not state.sim:
            raise refused("no code can be sent yet: customer care has not told us how to reach the holder")

    async def request(self, request: FreezeRequest) -> str:
        """Recorded. Returns what to tell the person.

        Raises:
            ApplicationError: why not.
        """
        await self._state.log.persist("freeze")
        self.check(request)
        actor = Actor(by=request.by, reason=request.reason)
        assert request.authentication is not None
        if request.authentication.is_complete:
            self._state.frozen = actor
            return "recorded: the request is refused"
        self._codes += 1
        self._requests[self._codes] = actor
        await self._send_code(self._codes)
        return "a one-time code was sent to the holder: the request is refused once it comes back"

    async def on_checked(self, checked: CodeVerdict) -> None:
        """A code came back. A right one freezes."""
        actor = self._requests.get(checked.number)
        if checked.right and actor is not None and not self._state.is_answering:
            self._state.frozen = actor

    async def _send_code(self, number: int) -> None:
        """To an address that we knew before, since the SIM may be the thief's; to the line where there is none."""
        state = self._state
        channel = "email" if state.reach.email else "sms"
        event = TimelineEvent(code=TimelineCode.CODE_SENT, what=f"one-time code {number} sent by {channel}")
        entry = state.log.note_of(event)
        send = SendCode(
            order_id=state.order.order_id,
            order_kind=OrderKind.PORT_OUT,
            number=number,
            channel=channel,
            to=state.reach.email or state.msisdn,
            language=state.reach.language,
            entry=entry,
        )
        await state.calls.read(IdentityActivities.send_code, send, name=f"send-code-{number}", forward_only=True)
        await state.log.adopt(entry, is_cancelled=state.cancellation.is_requested)
