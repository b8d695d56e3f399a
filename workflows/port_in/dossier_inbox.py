"""What is heard of an order's dossiers. Messages come as signals and may be early (before the request's own reply),
late, repeated, out of order or contradictory. The first answer of the open dossier stands, but for a yes that the
donor takes back, because the clearing house then refuses the port.
"""

from dataclasses import dataclass

from domain.port_in import DossierMessage
from domain.refusals import Refusal

ANSWER = "portingrequestanswer"
DELAYED = "pradelayed"
ERROR = "errorfound"


@dataclass(frozen=True)
class Heard:
    """What a message was to us: `line` for the timeline where it changes nothing by itself; `late`: an agreement that
    counts only once a person accepts it.
    """

    line: str = ""
    late: bool = False


class Hearing:
    """The messages of the open dossier, weighed once each."""

    def __init__(self) -> None:
        self.answer: DossierMessage | None = None
        self.delayed: DossierMessage | None = None
        self.taken_back: Refusal | None = None  # the donor refused after its yes
        self.silence_is_held = False  # a person is being asked what to do about the donor's silence
        self._dossier_id = ""
        self._early: list[DossierMessage] = []
        self._seen: set[int] = set()

    def forget(self) -> None:
        """A new asking begins: its dossier is not known until `open`, and what the last one said is over."""
        self._dossier_id, self.answer, self.delayed, self.taken_back = "", None, None, None

    def open(self, dossier_id: str) -> list[Heard]:
        """The request has gone out with this dossier; what was faster than its reply is weighed now."""
        self._dossier_id = dossier_id
        early, self._early = self._early, []
        return [self._weigh(message) for message in early]

    def hear(self, message: DossierMessage) -> Heard:
        """Take one message in."""
        if message.message_id in self._seen:
            return Heard()
        self._seen.add(message.message_id)
        if not self._dossier_id:
            self._early.append(message)
            return Heard()
        return self._weigh(message)

    def _weigh(self, message: DossierMessage) -> Heard:
        if message.dossier_id != self._dossier_id:
            return Heard(f"{message.type} of an earlier dossier {message.dossier_id} set aside")
        if message.type == DELAYED and self.answer is None:
            self.delayed = message
            return Heard()
        if message.type not in (ANSWER, ERROR):
            return Heard(f"{message.type} of {message.dossier_id} noted")
        if self.answer is not None and not self.answer.refusal and message.type == ANSWER and message.refusal:
            self.taken_back = message.refusal
            return Heard("the donor takes its yes back")
        if self.answer is not None:
            says = "refusal" if message.refusal and message.type == ANSWER else message.type
            return Heard(f"a later word ({says}) set aside: the donor's first answer stands")
        self.answer = message
        if self.silence_is_held and not message.refusal:
            return Heard("the donor's late answer agrees: it counts once a person accepts it", late=True)
        return Heard()
