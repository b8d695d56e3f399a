"""One line service while it runs: what its parts share."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from activities.care import CareActivities, LookUpLine, Reach
from domain.lines import LineServiceOrder
from domain.orders import CustomerMessage
from workflows.compensation import Compensations
from workflows.desk import Desk
from workflows.known import KnownFromAStepOn
from workflows.legal_time import LegalTime
from workflows.running import Run


@dataclass
class Service(Run):
    """State that the steps hand to each other. Nothing here has an undo: each order is one effect."""

    order: LineServiceOrder
    desk: Desk
    undo: Compensations = field(default_factory=Compensations)
    reach: Reach = field(default_factory=Reach)
    _is_reach_known: bool = False

    time = KnownFromAStepOn[LegalTime]()  # the first look at the clock

    @property
    def is_timed(self) -> bool:
        return Service.time.is_known(self)

    def local(self, instant: datetime) -> datetime:
        """A legal instant in the number's territory."""
        return instant.astimezone(ZoneInfo(self.order.zone))

    async def learn_the_reach(self) -> None:
        """How the holder is reached: tried until customer care says it, since nothing that is urgent waits for it."""
        if self._is_reach_known:
            return
        known = await self.desk.consult(
            CareActivities.look_up_line,
            LookUpLine(msisdn=self.order.msisdn),
            name="look-up-line",
            party="care",
            forward_only=True,
        )
        self.reach, self._is_reach_known = known.reach, True

    def messages(self, kind: str, **fields: str) -> list[CustomerMessage]:
        """To the address that customer care knows, and to the line itself: whoever has it should know too."""
        known = [("email", self.reach.email), ("sms", self.reach.phone or self.order.msisdn)]
        return [
            CustomerMessage(
                kind=f"line_service.{kind}", channel=channel, to=to, language=self.reach.language, fields=fields
            )
            for channel, to in known
            if to
        ]
