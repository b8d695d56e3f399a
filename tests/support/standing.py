"""A line with several orders on it: who has it, who is behind, and what each is told."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from domain.deliveries import DeliveryKind
from domain.lines import LineFacts, LineTaken, MoveBegun
from journal import WAKE_WORKFLOW, Journal
from tests.support.journal_kit import MSISDN, NOW, REAL, acceptance, entry, order_id, record

LONG_AFTER = REAL + timedelta(days=1)
MANY = 1000


@dataclass
class Line:
    """Orders are named by their number. `clock`: seconds that have gone by."""

    journal: Journal
    msisdn: str = MSISDN
    clock: int = 0
    read_up_to: dict[str, int] = field(default_factory=dict)  # by order

    def accept(self, number: int, kind: str, **changed: Any) -> None:
        waits = changed.pop("waits_for_line", kind == "port_out")
        values = {"kind": kind, "msisdn": self.msisdn, "accepted_at": NOW + timedelta(seconds=self._tick())}
        self.journal.orders.accept(acceptance(number, waits_for_line=waits, **{**values, **changed}))

    def record(self, number: int, **changed: Any) -> None:
        seconds = self._tick()
        record(self.journal, entry(number, changed.pop("key", f"at {seconds}"), **changed), after_s=seconds)

    def set_preemptible(self, number: int, preemptible: bool = True) -> None:
        self.record(number, preemptible=preemptible)

    def release(self, number: int, **changed: Any) -> None:
        self.record(number, release_line=True, **changed)

    def take(self, number: int) -> LineTaken:
        gone_by = timedelta(seconds=self._tick())
        return self.journal.lines.take(order_id(number), at_legal=NOW + gone_by, at_real=REAL + gone_by)

    def begin(self, number: int, seen: LineFacts, key: str = "moving", seq: int = 0) -> MoveBegun:
        gone_by, begins = timedelta(seconds=self._tick()), entry(number, key, seq=seq)
        return self.journal.lines.begin_move(begins, seen, at_legal=NOW + gone_by, at_real=REAL + gone_by)

    @property
    def stand(self) -> list[int]:
        """The holder, then who is behind, the next one first."""
        view = self.journal.lines.read(self.msisdn)
        return [_number(each.order_id) for each in (*([view.held_by] if view.held_by else []), *view.behind)]

    def news(self) -> list[tuple[int, str, int]]:
        """What orders were told since the last look, order by order: who, what, and by whom."""
        told = []
        for item in self.journal.outbox.claim(WAKE_WORKFLOW, MANY, 1, LONG_AFTER):
            self.journal.outbox.mark_done(item.id)
            for each in self.journal.inbox.unread(item.order_id, self.read_up_to.get(item.order_id, 0), MANY):
                assert each.kind is DeliveryKind.LINE_NEWS
                told.append((_number(item.order_id), each.content["what"], _number(each.content["by"])))
                self.read_up_to[item.order_id] = each.n
        return told

    def _tick(self) -> int:
        self.clock += 1
        return self.clock


def _number(of_order: str) -> int:
    return int(of_order.removeprefix("pi-"))
