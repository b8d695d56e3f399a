"""One-time codes: made, sent and checked here, so that nobody else ever sees one.

A code rests as a keyed hash only; in clear it is in the sealed message that goes out, and that is forgotten when sent.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from domain.authentication import CodeVerdict
from domain.clock import GRACE_FOR_ANSWERS
from domain.deliveries import DeliveryKind
from domain.orders import FINAL_STATES, CustomerMessage, JournalEntry
from journal.deliveries import write_delivery
from journal.entries import write_entry
from journal.errors import UnknownOrder
from journal.model import CodeCheck
from journal.outbox import queue_messages
from journal.schema import from_stored, one_time_codes, orders, to_stored
from journal.store import Repository

_DIGITS = 6

_order_there = select(exists().where(orders.c.order_id == bindparam("order_id")))
_sent = select(
    exists().where(one_time_codes.c.order_id == bindparam("order_id"), one_time_codes.c.number == bindparam("number"))
)
_newest = (
    select(one_time_codes, orders.c.line_hash)
    .join(orders, orders.c.order_id == one_time_codes.c.order_id)
    .where(
        one_time_codes.c.order_id == bindparam("order_id"),
        orders.c.state.not_in([state.value for state in FINAL_STATES]),
    )
    .order_by(one_time_codes.c.number.desc())
    .limit(1)
    .with_for_update()
)
_wrong_on_other_orders = (
    select(one_time_codes.c.sent_at, one_time_codes.c.wrong_tries, one_time_codes.c.locked_until)
    .join(orders, orders.c.order_id == one_time_codes.c.order_id)
    .where(
        orders.c.line_hash == bindparam("line_hash"),
        orders.c.order_id != bindparam("order_id"),
        one_time_codes.c.wrong_tries > 0,
        one_time_codes.c.right.is_(False),
    )
)
_insert = insert(one_time_codes)
_update = (
    update(one_time_codes)
    .where(one_time_codes.c.order_id == bindparam("id"), one_time_codes.c.number == bindparam("of_number"))
    .values(
        wrong_tries=bindparam("new_wrong_tries"), right=bindparam("new_right"), locked_until=bindparam("new_locked")
    )
)


class Codes(Repository):
    """The codes with which customers show who they are."""

    def send(
        self,
        order_id: str,
        number: int,
        message: CustomerMessage,
        *,
        entry: JournalEntry | None,
        at_legal: datetime,
        at_real: datetime,
    ) -> None:
        """Makes the order's `number`-th code, queues the message with it (field `code`) and writes the entry, in one
        transaction; a repetition makes no other. `message.kind` is the message's own for each number. Raises
        `UnknownOrder`.
        """

        def work(connection: Connection) -> None:
            if not connection.execute(_order_there, {"order_id": order_id}).scalar():
                raise UnknownOrder(order_id)
            if connection.execute(_sent, {"order_id": order_id, "number": number}).scalar():
                return
            code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
            row = {
                "order_id": order_id,
                "number": number,
                "code_hash": self._code_hash(order_id, number, code),
                "sent_at": to_stored(at_legal),
                "sent_at_real": to_stored(at_real),
                "wrong_tries": 0,
                "right": False,
                "locked_until": None,
            }
            connection.execute(_insert, row)
            with_code = message.model_copy(update={"fields": message.fields | {"code": code}})
            if entry is not None:
                write_entry(connection, self._store, entry, at_legal=at_legal, at_real=at_real)
            queue_messages(connection, self._cipher, order_id, [with_code], at_real)

        self._store.write(work)

    def check(
        self,
        order_id: str,
        code: str,
        *,
        tries: int,
        lock: timedelta,
        valid: timedelta,
        at_legal: datetime,
        at_real: datetime,
    ) -> CodeCheck:
        """What the customer typed, compared with the order's newest code and counted in the same transaction: of any
        number of simultaneous tries at most `tries` are compared.

        `lock` and `valid` are legal time; a code is never too old before a minute of real time. The right code, the
        last wrong try, and a try that came too late queue the signal to the order's workflow, once for each code. An
        older code is wrong; after the right one only a repetition of it is right, and no other code is wanted.

        Wrong codes block the line, not the order: an order that is cancelled and placed anew is blocked too.
        """

        def work(connection: Connection) -> CodeCheck:
            row = connection.execute(_newest, {"order_id": order_id}).first()
            if row is None:
                return CodeCheck(outcome="none")
            too_old = from_stored(row.sent_at) + valid <= at_legal and not _just_sent(row, at_real)
            until, wrong_before = _on_other_orders(connection, row, lock, at_legal)
            left = max(0, tries - row.wrong_tries - wrong_before)
            is_right = hmac.compare_digest(row.code_hash, self._code_hash(order_id, row.number, code))
            if row.right:
                return CodeCheck(outcome="right", tries_left=left) if is_right else CodeCheck(outcome="none")
            if row.locked_until is not None and at_legal < from_stored(row.locked_until):
                return CodeCheck(outcome="locked", locked_until=from_stored(row.locked_until))
            if until is not None:
                return CodeCheck(outcome="locked", locked_until=until)
            if row.locked_until is not None or left == 0 or too_old:
                self._deliver(connection, row, CodeVerdict(right=False, number=row.number), at_real)
                return CodeCheck(outcome="expired")
            if is_right:
                return self._settle(connection, row, CodeCheck(outcome="right", tries_left=left), at_real)
            if left > 1:
                return self._settle(connection, row, CodeCheck(outcome="wrong", tries_left=left - 1), at_real)
            return self._settle(connection, row, CodeCheck(outcome="locked", locked_until=at_legal + lock), at_real)

        return self._store.write(work)

    def _settle(self, connection: Connection, row: Row[Any], check: CodeCheck, at_real: datetime) -> CodeCheck:
        right, until = check.outcome == "right", check.locked_until
        values = {
            "id": row.order_id,
            "of_number": row.number,
            "new_wrong_tries": row.wrong_tries + (not right),
            "new_right": right,
            "new_locked": None if until is None else to_stored(until),
        }
        connection.execute(_update, values)
        if check.outcome != "wrong":
            self._deliver(connection, row, CodeVerdict(right=right, number=row.number, locked_until=until), at_real)
        return check

    def _deliver(self, connection: Connection, row: Row[Any], checked: CodeVerdict, at_real: datetime) -> None:
        """Only the first result of a code is delivered."""
        content = checked.model_dump(mode="json")
        write_delivery(
            connection, self._cipher, row.order_id, DeliveryKind.CODE_CHECKED, content, str(row.number), at_real
        )

    def _code_hash(self, order_id: str, number: int, code: str) -> str:
        return self._index.of_text(f"one-time code {order_id} {number}", code)


def _on_other_orders(
    connection: Connection, row: Row[Any], lock: timedelta, at_legal: datetime
) -> tuple[datetime | None, int]:
    """Until when the line is blocked by wrong codes of other orders, and how many wrong tries they had without blocking
    it, within the time that a block would have lasted.
    """
    found = connection.execute(_wrong_on_other_orders, {"line_hash": row.line_hash, "order_id": row.order_id}).all()
    locks = [from_stored(each.locked_until) for each in found if each.locked_until is not None]
    open_tries = [each for each in found if each.locked_until is None and at_legal < from_stored(each.sent_at) + lock]
    return max((at for at in locks if at_legal < at), default=None), sum(each.wrong_tries for each in open_tries)


def _just_sent(row: Row[Any], at_real: datetime) -> bool:
    return at_real < from_stored(row.sent_at_real) + GRACE_FOR_ANSWERS
