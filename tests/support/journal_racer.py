"""A process of its own that writes to a journal: `python -m tests.support.journal_racer FOLDER MODE COUNT`.

Modes: `same_key` (all writers the same request), `same_line` (each its own key, all the same line) print one
outcome a line; `forever` accepts and records without end until it is killed, printing each order that it has been
told is accepted; `replacements` does so with an order made with another, a locked line, a code and a callback.
"""

import itertools
import sys
import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from domain.deliveries import DeliveryKind
from domain.lines import LineChange
from domain.timeline import TimelineCode, TimelineEvent
from journal import Journal, LineHeld
from tests.support.journal_kit import MSISDN, NOW, REAL, acceptance, entry, message, open_journal, order_id, record

HOUR = timedelta(hours=1)


def race(journal: Journal, mode: str, count: int) -> list[str]:
    """The outcome of each of `count` simultaneous requests: the order's id, or `held by` it."""
    outcomes: list[str] = []
    start = threading.Barrier(count)

    def one(position: int) -> None:
        key = "one-key" if mode == "same_key" else f"key-{uuid4()}"
        request = acceptance(order_id=f"pi-{uuid4().hex[:26].upper()}", msisdn=MSISDN, key=key, fingerprint="one-body")
        start.wait()
        try:
            outcomes.append(journal.orders.accept(request).order_id)
        except LineHeld as held:
            outcomes.append(f"held by {held.order_id}")

    threads = [threading.Thread(target=one, args=(position,)) for position in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def forever(journal: Journal) -> None:
    """Accepts order after order with two events, a message and a second entry each."""
    for number in itertools.count(1):
        story = [
            TimelineEvent(code=TimelineCode.ACCEPTED, what="accepted"),
            TimelineEvent(code=TimelineCode.NOTE, what="checked"),
        ]
        journal.orders.accept(acceptance(number, events=story, messages=[message()]))
        print(number, flush=True)
        record(journal, entry(number, "asked", seq=1, events=story, messages=[message("port_in.asked")]))


def replacements(journal: Journal) -> None:
    """Two orders at once, the code of the first sent and typed, then a callback: pair after pair."""
    for number in itertools.count(1, step=2):
        lock = {"msisdn": f"+3363998{number:04d}", "kind": "line_service", "line_changes": [LineChange.LOCKED]}
        journal.orders.accept(acceptance(number, also=[acceptance(number + 1, **lock)]))
        print(number, flush=True)
        sent, order = message(f"code_{number}", "sms"), order_id(number)
        journal.codes.send(order, 1, sent, entry=entry(number, "code_sent"), at_legal=NOW, at_real=REAL)
        journal.codes.check(order, "", tries=1, lock=HOUR, valid=HOUR, at_legal=NOW, at_real=REAL)
        kind = DeliveryKind.PROFILE_PROGRESS
        journal.inbox.receive_callback("smdp", order, {}, order_id=order, kind=kind, content={}, at_real=REAL)


if __name__ == "__main__":
    folder, mode, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    opened = open_journal(folder)
    if mode == "forever":
        forever(opened)
    if mode == "replacements":
        replacements(opened)
    print("\n".join(race(opened, mode, count)))
