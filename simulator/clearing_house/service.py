"""The clearing house: takes a message and does everything that follows from it in one transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from simulator.clearing_house.dossiers import Dossiers
from simulator.clearing_house.envelope import Message, write
from simulator.clearing_house.functional_refusals import FunctionalRefusal
from simulator.clearing_house.local_time import to_wire
from simulator.clearing_house.mailboxes import Mailboxes, OutgoingMessage
from simulator.clearing_house.messages import Error, ErrorFound, Header, Pair, Repeat
from simulator.clearing_house.pairs import pair_of
from simulator.clearing_house.porting import Outcome, Porting
from simulator.clearing_house.schema import SCHEMA
from simulator.clearing_house.vocabulary import CLEARING_HOUSE_CODE, PARTY
from simulator.clearing_house.wire_refusals import new_transaction_id
from simulator.store import Store
from simulator.world.clock import LegalClock, iso
from simulator.world.effects import Effects
from simulator.world.numbers import Numbers
from simulator.world.operators import Operator


class ClearingHouse:
    """Accepts messages of operators, keeps dossiers and the reference database, fills mailboxes.

    Robots and HTTP routes both use `submit` and `mailboxes`. To be used on the loop's thread.
    """

    def __init__(
        self, store: Store, clock: LegalClock, effects: Effects, numbers: Numbers, operators: Mapping[str, Operator]
    ) -> None:
        store.declare(SCHEMA)
        self._store = store
        self._clock = clock
        self._effects = effects
        self._numbers = numbers
        self.operators = operators
        self.mailboxes = Mailboxes(store)
        self.dossiers = Dossiers(store)
        self._porting = Porting(operators, numbers, self.dossiers)

    def submit(self, sender: Operator, message: Message, key: str | None = None) -> str:
        """Take a well-formed message of `sender` and return its transaction id.

        A message that does not fit its dossier has no effect but an `errorfound` in the sender's mailbox. A `key`
        seen before from this sender returns the first answer again and does nothing else, whatever the message.
        """
        with self._store.transaction():
            earlier = self._earlier_answer(sender, key)
            if earlier is not None:
                return earlier
            transactionid = new_transaction_id()
            now = self._clock.legal_now()
            try:
                outcome = self._porting.handle(sender, message, now)
            except FunctionalRefusal as refusal:
                self._return_error(sender, message, refusal, transactionid, key, now)
            else:
                self._carry_out(sender, message, outcome, transactionid, key, now)
            if key is not None:
                self._store.execute(
                    "INSERT INTO clearing_reply (operator, key, transactionid) VALUES (?, ?, ?)",
                    (sender.code, key, transactionid),
                )
            return transactionid

    def confirm(self, operator: Operator, delivery_id: int) -> bool:
        """Note that `operator` has received a delivery; False when it is not in the operator's mailbox."""
        return self.mailboxes.confirm(operator.code, delivery_id, iso(self._clock.legal_now()))

    def confirm_all(self, delivery_ids: Iterable[int]) -> None:
        """Note that deliveries, read from their own mailboxes just now, were received; inside a transaction."""
        self.mailboxes.confirm_all(delivery_ids, iso(self._clock.legal_now()))

    def _earlier_answer(self, sender: Operator, key: str | None) -> str | None:
        if key is None:
            return None
        row = self._store.execute(
            "SELECT transactionid FROM clearing_reply WHERE operator = ? AND key = ?", (sender.code, key)
        ).fetchone()
        return None if row is None else str(row["transactionid"])

    def _carry_out(
        self, sender: Operator, message: Message, outcome: Outcome, transactionid: str, key: str | None, now: datetime
    ) -> None:
        posted = OutgoingMessage(
            transactionid,
            message.body.dossierid,
            message.type.value,
            sender.code,
            _addressee(message, outcome.receivers),
            write(message),
            blockingcode=outcome.blockingcode,
        )
        number = self.mailboxes.post(posted, outcome.receivers, iso(now))
        detail: dict[str, object] = {"dossierid": message.body.dossierid, "sender": sender.code, "message": number}
        if outcome.blockingcode is not None:
            detail["blockingcode"] = outcome.blockingcode
        self._effects.record(PARTY, outcome.effect, key=key, msisdn=outcome.msisdn, detail=detail)
        for msisdn, serving in outcome.serving:
            self._change_reference(sender, msisdn, serving, key, detail)
        if outcome.serving:
            self._follow_reference(number, iso(now))

    def _change_reference(
        self, sender: Operator, msisdn: str, serving: str, key: str | None, detail: dict[str, object]
    ) -> None:
        self._numbers.set_reference(msisdn, serving)
        if not sender.virtual:
            self._numbers.set_routing(sender.code, msisdn, serving)
        change = {**detail, "operator": serving}
        self._effects.record(PARTY, "reference_changed", key=key, msisdn=msisdn, detail=change)

    def _follow_reference(self, number: int, at: str) -> None:
        followers = [operator.code for operator in self.operators.values() if operator.follows_reference]
        self.mailboxes.acknowledge(number, followers, at)

    def _return_error(
        self,
        sender: Operator,
        message: Message,
        refusal: FunctionalRefusal,
        transactionid: str,
        key: str | None,
        now: datetime,
    ) -> None:
        error = Error(phonenumber=refusal.number, errorcode=refusal.code.value, description=refusal.description)
        body = ErrorFound(dossierid=message.body.dossierid, repeats=[Repeat[Error](seq=error)])
        header = Header(
            sender=Pair(networkoperator=CLEARING_HOUSE_CODE), receiver=pair_of(sender), timestamp=to_wire(now)
        )
        posted = OutgoingMessage(
            transactionid,
            body.dossierid,
            body.type.value,
            CLEARING_HOUSE_CODE,
            sender.code,
            write(Message(header, body)),
            errorcode=refusal.code.value,
            description=refusal.description,
            about=message.type.value,
        )
        number = self.mailboxes.post(posted, [sender.code], iso(now))
        detail = {
            "dossierid": body.dossierid,
            "sender": sender.code,
            "message": number,
            "about": message.type.value,
            "errorcode": refusal.code.value,
        }
        self._effects.record(PARTY, "error_found", key=key, msisdn=None, detail=detail)


def _addressee(message: Message, receivers: tuple[str, ...]) -> str:
    return receivers[0] if len(receivers) == 1 else message.header.receiver.networkoperator
