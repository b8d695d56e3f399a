"""A journal in a temporary folder, and orders to put into it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine

from domain.orders import ACCEPTED, CustomerMessage, JournalEntry, OrderState, OrderStatus
from domain.timeline import TimelineCode, TimelineEvent
from journal import Acceptance, FieldCipher, Journal, LineIndex

NOW = datetime(2026, 5, 13, 8, 0, tzinfo=UTC)
REAL = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MSISDN = "+33639980001"


@dataclass(frozen=True)
class Ring:
    active: str = "k1"
    keys: dict[str, bytes] = field(default_factory=lambda: {"k1": b"1" * 32})


INDEX = LineIndex(b"i" * 32)


JOURNAL_URL = "journal.url"
"""A file that names the journal of its folder, if it is not an SQLite file there."""


def url_in(folder: Path) -> str:
    named = folder / JOURNAL_URL
    return named.read_text() if named.exists() else f"sqlite:///{folder / 'journal.sqlite'}"


def open_journal(folder: Path, ring: Ring | None = None) -> Journal:
    return Journal.open(url_in(folder), FieldCipher(ring or Ring()), INDEX, synchronous="normal")


def run_sql(database: Path | URL, *statements: str) -> None:
    """Runs statements past the journal (of a folder) in one transaction, as who has the database in hand can."""
    engine = create_engine(url_in(database) if isinstance(database, Path) else database)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def order_id(number: int) -> str:
    return f"pi-{number:026d}"


def acceptance(number: int = 1, **changed: Any) -> Acceptance:
    """The acceptance of order `number`, on a line and under a key of its own."""
    values: dict[str, Any] = {
        "order_id": order_id(number),
        "kind": "port_in",
        "msisdn": f"+3363998{number:04d}",
        "donor": "CIRUS",
        "recipient": "ALIZE",
        "key": f"key-{number}",
        "fingerprint": f"body-{number}",
        "accepted_at": NOW,
        "accepted_at_real": REAL,
        "order": {
            "order_id": order_id(number),
            "zone": "Europe/Paris",
            "authorisation": {"kind": "rio", "value": "C1P7K9M2QAB+"},
            "holder": {"name": "Camille Martin"},
        },
        "status": ACCEPTED,
        "events": [TimelineEvent(code=TimelineCode.ACCEPTED, what="accepted", by="customer")],
        **changed,
    }
    return Acceptance(**values)


def entry(number: int, key: str, state: OrderState = OrderState.IN_PROGRESS, **changed: Any) -> JournalEntry:
    """A transition of order `number`."""
    values: dict[str, Any] = {
        "order_id": order_id(number),
        "key": key,
        "status": OrderStatus(state=state, stage=changed.pop("stage", key)),
        "events": [TimelineEvent(code=TimelineCode.NOTE, what=f"{key} happened")],
        **changed,
    }
    return JournalEntry(**values)


def record(journal: Journal, what: JournalEntry, after_s: int = 0) -> bool:
    later = timedelta(seconds=after_s)
    return journal.orders.record(what, at_legal=NOW + later, at_real=REAL + later)


def delivered(journal: Journal, of_order: str, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """Kind and content of what is in the order's inbox."""
    return [(each.kind.value, each.content) for each in journal.inbox.unread(of_order, after, 1000)]


def message(kind: str = "port_in.done", channel: str = "email", to: str = "camille@example.org") -> CustomerMessage:
    return CustomerMessage(kind=kind, channel=channel, to=to, fields={"name": "Camille Martin"})
