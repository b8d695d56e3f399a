"""The donor's desk: answers porting requests."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from simulator.clearing_house.envelope import Message, read
from simulator.clearing_house.local_time import ZONE
from simulator.clearing_house.messages import PortingRequest
from simulator.clearing_house.series import expand
from simulator.clearing_house.service import ClearingHouse
from simulator.clearing_house.vocabulary import MessageType, Status
from simulator.robots import donor_messages
from simulator.robots.behaviours import AnswerKind, DonorBehaviour, DonorBehaviours
from simulator.robots.judgement import RIO_MISMATCH, asked_back, block_code, is_taken_back
from simulator.robots.postponed_answers import PostponedAnswer, PostponedAnswers
from simulator.robots.working_days import CLOSING, OPENING, after
from simulator.world.clock import LegalClock
from simulator.world.operators import Operator
from simulator.world.subscribers import Subscribers

LATE_WORKING_DAYS = 3
"""Legal working days after which a late robot answers: one after the donor's last."""


@dataclass(frozen=True)
class Pace:
    """Real seconds: how long a robot takes to answer, to answer what it had delayed, and, at least, to be late."""

    answer: float = 0.05
    delayed: float = 2.0
    late: float = 75.0


@dataclass(frozen=True)
class ReceivedRequest:
    """A porting request for the donor; `data` is the message as it was delivered."""

    donor: Operator
    message: Message
    request: PortingRequest
    data: str

    @classmethod
    def read(cls, donor: Operator, data: str) -> Self:
        """The request in a delivery."""
        message = read(MessageType.PORTING_REQUEST, data.encode())
        assert isinstance(message.body, PortingRequest)
        return cls(donor, message, message.body, data)

    @property
    def msisdns(self) -> list[str]:
        return list(expand(self.request.series()))

    @property
    def rio(self) -> str | None:
        return self.request.customerinfo.customerid if self.request.customerinfo else None


class DonorDesk:
    """Answers through the clearing house, inside the caller's transaction."""

    def __init__(
        self,
        clearing_house: ClearingHouse,
        clock: LegalClock,
        subscribers: Subscribers,
        behaviours: DonorBehaviours,
        postponed: PostponedAnswers,
        pace: Pace,
    ) -> None:
        self._clearing_house = clearing_house
        self._clock = clock
        self._subscribers = subscribers
        self._behaviours = behaviours
        self._postponed = postponed
        self._pace = pace

    def receive(self, received: ReceivedRequest) -> None:
        """Answer a request as its number's behaviour says, or by number and RIO."""
        told = [behaviour for msisdn in received.msisdns if (behaviour := self._behaviours.get(msisdn)) is not None]
        if not told:
            self._judge(received)
            return
        behaviour = told[0]
        refusal = dict.fromkeys(received.msisdns, behaviour.code or RIO_MISMATCH)
        match behaviour.answer:
            case AnswerKind.ACCEPT:
                self._send(received, dict.fromkeys(received.msisdns))
            case AnswerKind.REFUSE:
                self._send(received, refusal)
            case AnswerKind.CONTRADICT:
                self._send(received, dict.fromkeys(received.msisdns))
                self._send(received, refusal)
            case AnswerKind.DELAY:
                self._delay(received, behaviour)
            case AnswerKind.LATE:
                now = self._clock.legal_now()
                due = after(now, LATE_WORKING_DAYS, now.astimezone(ZONE).time())
                self._postpone(received, behaviour, self._pace.late, due)
            case AnswerKind.SILENT:
                return

    def give(self, answer: PostponedAnswer, donor: Operator) -> None:
        """Send a postponed answer, unless the dossier no longer waits for one."""
        self._postponed.drop(answer.dossierid)
        dossier = self._clearing_house.dossiers.find(answer.dossierid, self._clock.legal_now())
        if dossier is None or dossier.status not in (Status.REQUESTED, Status.DELAYED):
            return
        received = ReceivedRequest.read(donor, answer.request)
        if answer.code is None:
            self._judge(received)
        else:
            self._send(received, dict.fromkeys(received.msisdns, answer.code))

    def _judge(self, received: ReceivedRequest) -> None:
        now, donor = self._clock.legal_now(), received.donor.code
        codes = {}
        for msisdn in received.msisdns:
            line, taken_back = self._subscribers.get(msisdn, donor), self._taken_back(received, msisdn, now)
            codes[msisdn] = block_code(line, received.rio, now, taken_back=taken_back)
        self._send(received, codes)

    def _taken_back(self, received: ReceivedRequest, msisdn: str, now: datetime) -> bool:
        """Whether the number came to the donor by the erroneous port that the request names."""
        named = asked_back(received.request.note, received.rio)
        dossier, moved = (
            self._clearing_house.dossiers.find(received.request.dossierid, now),
            self._clearing_house.dossiers.last_move(msisdn),
        )
        if named is None or dossier is None or moved is None:
            return False
        back = self._clearing_house.dossiers.find(named, now)
        return is_taken_back(back, moved[0], asker=dossier.recipient, donor=received.donor.code)

    def _send(self, received: ReceivedRequest, codes: Mapping[str, str | None]) -> None:
        now = self._clock.legal_now()
        first = after(now, 1, OPENING)
        answer = donor_messages.answer(
            received.donor, received.message.header.sender, received.request.dossierid, codes, first, now
        )
        self._clearing_house.submit(received.donor, answer)

    def _delay(self, received: ReceivedRequest, behaviour: DonorBehaviour) -> None:
        now = self._clock.legal_now()
        meant = now + timedelta(seconds=self._pace.delayed * self._clock.pace)
        due = max(after(now, 1, CLOSING), meant)
        notice = donor_messages.delayed(
            received.donor, received.message.header.sender, received.request.dossierid, due, now
        )
        self._clearing_house.submit(received.donor, notice)
        self._postpone(received, behaviour, self._pace.delayed, now)

    def _postpone(
        self, received: ReceivedRequest, behaviour: DonorBehaviour, real_seconds: float, legal_due: datetime
    ) -> None:
        due = time.time() + real_seconds
        self._postponed.put(
            PostponedAnswer(
                received.request.dossierid, received.donor.code, received.data, behaviour.code, due, legal_due
            )
        )
