"""The clearing house's messages about an order's dossiers. They may be early (before the reply to the request), late,
repeated, out of order or contradictory. The first answer of the open dossier stands. The one exception is an agreement
that the donor takes back, because the clearing house then refuses the port.
"""

from datetime import datetime

from domain.port_in import DossierMessage
from domain.refusals import Refusal
from domain.timeline import TimelineCode, TimelineEvent

ANSWER = "portingrequestanswer"
DELAYED = "pradelayed"
ERROR = "errorfound"


class DossierInbox:
    """What the messages of the open dossier have said so far. Each message counts once."""

    def __init__(self) -> None:
        self.answer: DossierMessage | None = None
        self.delay: DossierMessage | None = None
        self.retraction: Refusal | None = None  # the donor refused after its agreement
        self.is_agreed_by_silence = False  # the rules take the donor's silence as its agreement
        self.silence_is_held = False  # a person is being asked what to do about the donor's silence
        self._dossier_id = ""
        self._early: list[DossierMessage] = []
        self._seen: set[int] = set()

    def close(self) -> None:
        """The donor is about to be asked: the new dossier's id is not known until `open`; the last dossier is over."""
        self._dossier_id, self.answer, self.delay, self.retraction = "", None, None, None
        self.is_agreed_by_silence = False

    def open(self, dossier_id: str) -> list[TimelineEvent]:
        """The request has gone out with this dossier. Messages that were faster than its reply are read now."""
        self._dossier_id = dossier_id
        early, self._early = self._early, []
        return [event for event in map(self._read, early) if event]

    def agree_by_silence(self, at: datetime) -> None:
        """The donor's term has ended at `at` without an answer, and the rules take that as its agreement."""
        self.answer = DossierMessage(message_id=0, type=ANSWER, dossier_id=self._dossier_id, received_at=at)
        self.is_agreed_by_silence = True

    def on_message(self, message: DossierMessage) -> TimelineEvent | None:
        """Read one message. Returns what the timeline says of it, where the message moves nothing by itself."""
        if message.message_id in self._seen:
            return None
        self._seen.add(message.message_id)
        if not self._dossier_id:
            self._early.append(message)
            return None
        return self._read(message)

    def _read(self, message: DossierMessage) -> TimelineEvent | None:
        if message.dossier_id != self._dossier_id:
            return _noted(f"{message.type} of an earlier dossier {message.dossier_id} set aside")
        if message.type == DELAYED and self.answer is None:
            self.delay = message
            return None
        if message.type not in (ANSWER, ERROR):
            return _noted(f"{message.type} of {message.dossier_id} noted")
        if self.answer is not None:
            return self._read_second_answer(self.answer, message)
        self.answer = message
        if self.silence_is_held and not message.refusal:
            what = "the donor's late answer agrees: it counts once a person accepts it"
            return TimelineEvent(code=TimelineCode.LATE_ANSWER, what=what)
        return None

    def _read_second_answer(self, first: DossierMessage, message: DossierMessage) -> TimelineEvent:
        is_refusal = message.type == ANSWER and message.refusal is not None
        if is_refusal and not first.refusal:
            self.retraction = message.refusal
            return TimelineEvent(code=TimelineCode.AGREEMENT_WITHDRAWN, what="the donor takes its yes back")
        says = "refusal" if is_refusal else message.type
        stands = "its silence was an agreement" if self.is_agreed_by_silence else "the donor's first answer stands"
        return _noted(f"a later message ({says}) set aside: {stands}")


def _noted(what: str) -> TimelineEvent:
    return TimelineEvent(code=TimelineCode.MESSAGE_NOTED, what=what)
