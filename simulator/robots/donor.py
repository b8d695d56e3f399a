"""The donor's desk: what becomes of a porting request."""

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
from simulator.robots import letters
from simulator.robots.behaviours import Answer, Behaviour, Behaviours
from simulator.robots.judgement import RIO_MISMATCH, asked_back, block_code, is_taken_back
from simulator.robots.promises import Promise, Promises
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
class Asked:
    """A porting request on the donor's desk; `data` is the message as it was delivered."""

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
        house: ClearingHouse,
        clock: LegalClock,
        subscribers: Subscribers,
        behaviours: Behaviours,
        promises: Promises,
        pace: Pace,
    ) -> None:
        self._house = house
        self._clock = clock
        self._subscribers = subscribers
        self._behaviours = behaviours
        self._promises = promises
        self._pace = pace

    def receive(self, asked: Asked) -> None:
        """Answer a request as its number's behaviour says, or by number and RIO."""
        told = [behaviour for msisdn in asked.msisdns if (behaviour := self._behaviours.get(msisdn)) is not None]
        if not told:
            self._judge(asked)
            return
        behaviour = told[0]
        refusal = dict.fromkeys(asked.msisdns, behaviour.code or RIO_MISMATCH)
        match behaviour.answer:
            case Answer.ACCEPT:
                self._send(asked, dict.fromkeys(asked.msisdns))
            case Answer.REFUSE:
                self._send(asked, refusal)
            case Answer.CONTRADICT:
                self._send(asked, dict.fromkeys(asked.msisdns))
                self._send(asked, refusal)
            case Answer.DELAY:
                self._delay(asked, behaviour)
            case Answer.LATE:
                now = self._clock.legal_now()
                due = after(now, LATE_WORKING_DAYS, now.astimezone(ZONE).time())
                self._promise(asked, behaviour, self._pace.late, due)
            case Answer.SILENT:
                return

    def keep(self, promise: Promise, donor: Operator) -> None:
        """Give an answer that was put off, unless the dossier no longer waits for one."""
        self._promises.drop(promise.dossierid)
        dossier = self._house.dossiers.find(promise.dossierid, self._clock.legal_now())
        if dossier is None or dossier.status not in (Status.REQUESTED, Status.DELAYED):
            return
        asked = Asked.read(donor, promise.request)
        if promise.code is None:
            self._judge(asked)
        else:
            self._send(asked, dict.fromkeys(asked.msisdns, promise.code))

    def _judge(self, asked: Asked) -> None:
        now, donor = self._clock.legal_now(), asked.donor.code
        codes = {}
        for msisdn in asked.msisdns:
            line, taken_back = self._subscribers.get(msisdn, donor), self._taken_back(asked, msisdn, now)
            codes[msisdn] = block_code(line, asked.rio, now, taken_back=taken_back)
        self._send(asked, codes)

    def _taken_back(self, asked: Asked, msisdn: str, now: datetime) -> bool:
        """Whether the number came to the donor by the erroneous port that the request names."""
        named = asked_back(asked.request.note, asked.rio)
        dossier, moved = self._house.dossiers.find(asked.request.dossierid, now), self._house.dossiers.last_move(msisdn)
        if named is None or dossier is None or moved is None:
            return False
        back = self._house.dossiers.find(named, now)
        return is_taken_back(back, moved[0], asker=dossier.recipient, donor=asked.donor.code)

    def _send(self, asked: Asked, codes: Mapping[str, str | None]) -> None:
        now = self._clock.legal_now()
        first = after(now, 1, OPENING)
        answer = letters.answer(asked.donor, asked.message.header.sender, asked.request.dossierid, codes, first, now)
        self._house.submit(asked.donor, answer)

    def _delay(self, asked: Asked, behaviour: Behaviour) -> None:
        now = self._clock.legal_now()
        meant = now + timedelta(seconds=self._pace.delayed * self._clock.pace)
        due = max(after(now, 1, CLOSING), meant)
        notice = letters.delayed(asked.donor, asked.message.header.sender, asked.request.dossierid, due, now)
        self._house.submit(asked.donor, notice)
        self._promise(asked, behaviour, self._pace.delayed, now)

    def _promise(self, asked: Asked, behaviour: Behaviour, real_seconds: float, legal_due: datetime) -> None:
        due = time.time() + real_seconds
        self._promises.put(
            Promise(asked.request.dossierid, asked.donor.code, asked.data, behaviour.code, due, legal_due)
        )
