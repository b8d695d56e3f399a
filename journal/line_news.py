"""What an order is told about its line: signals, queued with the change that they are about."""

from datetime import datetime
from typing import Self

from sqlalchemy import Connection

from domain.lines import LineNews, LineWord
from domain.orders import OrderKind
from journal.cipher import FieldCipher
from journal.model import Acceptance
from journal.writing import ACCEPTED_ENTRY, queue_signal
from rules.line_precedence import Claim, Claims, holder_of

LINE_NEWS = "line_news"
"""The signal that carries a `LineNews`."""

_LISTENING = (OrderKind.PORT_OUT, OrderKind.TERMINATION, OrderKind.SIM_REPLACEMENT)


class Telling:
    """Tells orders what `by`, an order of `kind`, has done about their line; `occasion` makes it one thing."""

    def __init__(
        self, connection: Connection, cipher: FieldCipher, *, by: str, kind: str, occasion: str, at_real: datetime
    ) -> None:
        self._connection = connection
        self._cipher = cipher
        self._by = by
        self._kind = kind
        self._occasion = occasion
        self._at_real = at_real

    @classmethod
    def of_acceptance(cls, connection: Connection, cipher: FieldCipher, accepted: Acceptance) -> Self:
        by, at_real = accepted.order_id, accepted.accepted_at_real
        return cls(connection, cipher, by=by, kind=accepted.kind, occasion=ACCEPTED_ENTRY, at_real=at_real)

    def tell(self, told: Claim, what: LineWord, by: Claim | None = None) -> None:
        """One order, unless that (or `by`, where another one has the line) is itself, or its kind never listens."""
        cause = (self._by, self._kind) if by is None else (by.order_id, by.kind)
        if told.order_id == cause[0] or told.kind not in _LISTENING:
            return
        news = LineNews(what=what, by=cause[0], kind=cause[1])
        occasion = f"{what}:{self._by}:{self._occasion}"
        message = news.model_dump(mode="json")
        queue_signal(self._connection, self._cipher, told.order_id, LINE_NEWS, message, occasion, self._at_real)

    def holder_changed(self, before: Claims, after: Claims) -> None:
        """The new holder has the line, the one just behind it has lent it."""
        holder = holder_of(after)
        was = holder_of(before)
        if holder is None or (was is not None and was.order_id == holder.order_id):
            return
        self.tell(holder, LineWord.RETURNED)
        if len(after) > 1:
            self.tell(after[-2], LineWord.LENT, holder)

    def lost(self, before: Claims, after: Claims, what: LineWord) -> None:
        """Who is on the line no longer."""
        for each in before:
            if each.order_id not in {other.order_id for other in after}:
                self.tell(each, what)

    def changed(self, claims: Claims) -> None:
        """Every port out of the line: it has been locked, barred, or is on another SIM."""
        for each in claims:
            if each.kind == OrderKind.PORT_OUT:
                self.tell(each, LineWord.CHANGED)
