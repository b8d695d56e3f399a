"""What a robot does about every message but a request: it changes its own operator's data."""

from functools import lru_cache

from simulator.clearing_house.envelope import Message, read
from simulator.clearing_house.mailboxes import Delivery
from simulator.clearing_house.messages import NumberedBody
from simulator.clearing_house.pairs import resolve
from simulator.clearing_house.series import expand
from simulator.clearing_house.service import ClearingHouse
from simulator.clearing_house.vocabulary import MessageType
from simulator.robots.postponed_answers import PostponedAnswers
from simulator.world.free_numbers import in_use, put_into_pool
from simulator.world.operators import Operator
from simulator.world.ranges import range_holder
from simulator.world.world import World

REASON = "ported_out"

_read = lru_cache(maxsize=32)(read)
"""A broadcast is read once, not once per desk."""


class FollowUp:
    """Acts inside the caller's transaction. The caller confirms the delivery."""

    def __init__(self, world: World, clearing_house: ClearingHouse, postponed: PostponedAnswers) -> None:
        self._world = world
        self._clearing_house = clearing_house
        self._postponed = postponed

    def act(self, operator: Operator, delivery: Delivery) -> None:
        """Change routing, end the line that left, pool a number that came back, drop a postponed answer.

        A robot is never a recipient, so answers, delays and errors need no action.
        """
        match delivery.type:
            case MessageType.PORTING_PERFORMED:
                self._follow(operator, _read(delivery.type, delivery.data.encode()))
            case MessageType.DEACTIVATION:
                self._give_back(operator, _read(delivery.type, delivery.data.encode()))
            case MessageType.CANCEL:
                self._postponed.drop(_read(delivery.type, delivery.data.encode()).body.dossierid)

    def _follow(self, operator: Operator, message: Message) -> None:
        sender = message.header.sender
        recipient = resolve(self._clearing_house.operators, sender.networkoperator, sender.serviceprovider)
        dossier = self._clearing_house.dossiers.find(message.body.dossierid, self._world.clock.legal_now())
        assert recipient is not None
        assert dossier is not None
        for msisdn in _msisdns(message):
            if dossier.donor == operator.code:
                self._let_go(operator, msisdn)
            if not operator.virtual:
                self._world.numbers.set_routing(operator.code, msisdn, recipient.code)

    def _let_go(self, operator: Operator, msisdn: str) -> None:
        line = self._world.subscribers.get(msisdn, operator.code)
        if line is None:
            return
        hlr = self._world.hlr(operator.code)
        row = hlr.by_imsi(line.imsi)
        # A card that carries another number by now is another line's.
        if row is not None and row.msisdn in (msisdn, None):
            hlr.take_down(line.imsi)
        self._world.subscribers.end(msisdn, operator.code, REASON)

    def _give_back(self, operator: Operator, message: Message) -> None:
        for msisdn in _msisdns(message):
            holder = range_holder(msisdn)
            if holder is None:
                continue
            if not operator.virtual:
                self._world.numbers.set_routing(operator.code, msisdn, holder)
            if holder == operator.code and not in_use(self._world, holder, msisdn):
                put_into_pool(self._world, holder, msisdn, detail={"reference": message.body.dossierid})


def _msisdns(message: Message) -> list[str]:
    assert isinstance(message.body, NumberedBody)
    return list(expand(message.body.series()))
