"""A process of its own that writes to a journal: `python -m tests.support.journal_racer FOLDER MODE COUNT`.

Modes: `same_key` (all writers the same request), `same_line` (each its own key, all the same line) print one
outcome a line; `forever` accepts and records without end until it is killed, printing each order that it has been
told is accepted.
"""

import itertools
import sys
import threading
from pathlib import Path
from uuid import uuid4

from domain.orders import TimelineEvent
from journal import Journal, LineHeld
from tests.support.journal_kit import MSISDN, acceptance, entry, message, open_journal, record


def race(journal: Journal, mode: str, count: int) -> list[str]:
    """The outcome of each of `count` simultaneous requests: the order's id, or `held by` it."""
    outcomes: list[str] = []
    start = threading.Barrier(count)

    def one(position: int) -> None:
        key = "one-key" if mode == "same_key" else f"key-{uuid4()}"
        request = acceptance(order_id=f"pi-{uuid4().hex[:26].upper()}", msisdn=MSISDN, key=key, fingerprint="one-body")
        start.wait()
        try:
            outcomes.append(journal.accept(request).order_id)
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
        story = [TimelineEvent(what="accepted"), TimelineEvent(what="checked")]
        journal.accept(acceptance(number, events=story, messages=[message()]))
        print(number, flush=True)
        record(journal, entry(number, "asked", seq=1, events=story, messages=[message("port_in.asked")]))


if __name__ == "__main__":
    folder, mode, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    opened = open_journal(folder)
    if mode == "forever":
        forever(opened)
    print("\n".join(race(opened, mode, count)))
