"""News about a line for the orders on it: delivered to their inboxes in the transaction of the change."""

from datetime import datetime
from typing import Self

from sqlalchemy import Connection

from domain.deliveries import DeliveryKind
from domain.lines import LineNews, LineNewsKind
from domain.order_kinds import ORDER_KINDS
from journal.chain import ACCEPTED_ENTRY
from journal.cipher import FieldCipher
from journal.deliveries import write_delivery
from journal.model import Acceptance
from rules.line_precedence import Claim, Claims, holder_of


class LineNotifier:
    """Notifies orders of what `by`, an order of `kind`, has done about their line, once per `occasion`."""

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

    def notify(self, claim: Claim, what: LineNewsKind, by: Claim | None = None) -> None:
        """Notifies one order, unless it is the cause itself (`by`, where another order has the line) or its kind is
        not told that.
        """
        cause = (self._by, self._kind) if by is None else (by.order_id, by.kind)
        if claim.order_id == cause[0] or what not in ORDER_KINDS[claim.kind].line_news:
            return
        news = LineNews(what=what, by=cause[0], kind=cause[1])
        occasion = f"{what}:{self._by}:{self._occasion}"
        content = news.model_dump(mode="json")
        kind = DeliveryKind.LINE_NEWS
        write_delivery(self._connection, self._cipher, claim.order_id, kind, content, occasion, self._at_real)

    def holder_changed(self, before: Claims, after: Claims) -> None:
        """Notifies the new holder that it has the line, and the next one that it was preempted."""
        holder = holder_of(after)
        was = holder_of(before)
        if holder is None or (was is not None and was.order_id == holder.order_id):
            return
        self.notify(holder, LineNewsKind.RETURNED)
        if len(after) > 1:
            self.notify(after[-2], LineNewsKind.PREEMPTED, holder)

    def claims_ended(self, before: Claims, after: Claims, what: LineNewsKind) -> None:
        """Notifies the orders that have no claim any more."""
        for each in before:
            if each.order_id not in {other.order_id for other in after}:
                self.notify(each, what)

    def facts_changed(self, claims: Claims) -> None:
        """Notifies the orders on the line: it has been locked, barred, or is on another SIM."""
        for each in claims:
            self.notify(each, LineNewsKind.CHANGED)
