"""What the parts of one running line service share."""

from datetime import datetime
from zoneinfo import ZoneInfo

from activities.care import CareActivities, LookUpLine, Reach
from domain.lines import LineAction, LineServiceOrder
from domain.orders import CustomerMessage, OrderKind
from domain.stages import LineServiceStage
from workflows.order.context import OrderContext
from workflows.order.page import CANCEL, Page

DECLARE = '`declare` with `{"by": "your name", "reference": "PV …", "filed_at": "2026-06-03T10:00:00+02:00"}`'

AT_ONCE = Page(stages=(LineServiceStage.ACCEPTED, LineServiceStage.CLOSED), updates=())

PAGES = {
    LineAction.UNLOCK: Page(stages=(LineServiceStage.ACCEPTED, LineServiceStage.WAITING, LineServiceStage.CLOSED)),
    LineAction.BLOCK_HANDSET: Page(stages=tuple(LineServiceStage), updates=(DECLARE, CANCEL)),
}
"""Of the services that wait for something."""


class LineServiceState(OrderContext[LineServiceOrder]):
    """Nothing here has an undo: each order is one effect."""

    kind = OrderKind.LINE_SERVICE

    def __init__(self, order: LineServiceOrder) -> None:
        super().__init__(order, PAGES.get(order.action, AT_ONCE))
        self.reach = Reach()
        self._is_reach_known = False

    @property
    def is_clock_known(self) -> bool:
        """Whether the legal clock has been read."""
        return self._time is not None

    def local(self, instant: datetime) -> datetime:
        """A legal instant in the number's territory."""
        return instant.astimezone(ZoneInfo(self.order.zone))

    async def look_up_reach(self) -> None:
        """How the holder is reached: tried until customer care says it, since nothing urgent waits for it."""
        if self._is_reach_known:
            return
        known = await self.calls.read(
            CareActivities.look_up_line, LookUpLine(msisdn=self.order.msisdn), name="look-up-line", forward_only=True
        )
        self.reach, self._is_reach_known = known.reach, True

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """To the address that customer care knows, and to the line itself: whoever has it should know too."""
        return self.messages_to(
            kind, fields, self.reach.language, email=self.reach.email, sms=self.reach.phone or self.order.msisdn
        )
