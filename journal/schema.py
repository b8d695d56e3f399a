"""The tables. Instants are microseconds since 1970 UTC; `…_real` is real time, every other is legal time.

Everything personal is in the sealed columns. What stays in clear is what is searched for: ids, states, operators'
codes, keyed hashes.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
)

VERSION = 5

metadata = MetaData()

# SQLite counts only a column declared INTEGER by itself.
_Counter = BigInteger().with_variant(Integer, "sqlite")

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

orders = Table(
    "orders",
    metadata,
    Column("n", _Counter, primary_key=True, autoincrement=True),
    Column("order_id", String(32), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("line_hash", String(32), nullable=True, index=True),  # null: no line of its own
    Column("donor", String(6), nullable=False),
    Column("recipient", String(6), nullable=False),
    Column("state", String(24), nullable=False),
    Column("stage", String(64), nullable=False),
    Column("needs_attention", Boolean, nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("accepted_at_real", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_at_real", BigInteger, nullable=False),
    Column("order_sealed", LargeBinary, nullable=False),
    Column("status_sealed", LargeBinary, nullable=False),
    Column("entry_seq", BigInteger, nullable=False),  # of the newest entry that set the status
    Column("head_seq", Integer, nullable=False),  # the last event
    Column("head_hash", String(64), nullable=False),
    Column("late", Boolean, nullable=False, server_default=false()),
    Column("related_to", String(32), nullable=True),  # the order that it belongs to
    Index("orders_by_state", "state", "n"),
    Index("orders_by_attention", "needs_attention", "n"),
    Index("orders_by_late", "late", "n"),
    Index("orders_by_related_to", "related_to", "n"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key_hash", String(32), primary_key=True),
    Column("fingerprint_hash", String(32), nullable=False),
    Column("order_id", String(32), nullable=False),
    Column("at_real", BigInteger, nullable=False),
)

line_holds = Table(
    "line_holds",
    metadata,
    Column("line_hash", String(32), primary_key=True),
    Column("order_id", String(32), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("preemptible", Boolean, nullable=False, server_default=false()),
    Column("exclusive", Boolean, nullable=False, server_default=false()),
)

line_claims = Table(
    "line_claims",
    metadata,
    Column("line_hash", String(32), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),  # the highest has the line next
    Column("order_id", String(32), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("preemptible", Boolean, nullable=False),
)

lines = Table(
    "lines",
    metadata,
    Column("line_hash", String(32), primary_key=True),
    Column("locked_since", BigInteger, nullable=True),
    Column("locked_by", String(32), nullable=True),
    Column("unlocks_at", BigInteger, nullable=True),
    Column("unlocks_by", String(32), nullable=True),
    Column("barred_since", BigInteger, nullable=True),
    Column("barred_by", String(32), nullable=True),
    Column("swapped_at", BigInteger, nullable=True),
    Column("swapped_by", String(32), nullable=True),
    Column("life_began_at", BigInteger, nullable=True),  # what is older is of a former holder's life
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("line_hash", String(32), nullable=False, index=True),
    Column("contract_hash", String(32), nullable=False, unique=True),  # keyed hash of the contract that has ended
    Column("since", BigInteger, nullable=False),
    Column("portable_until", BigInteger, nullable=False),
    Column("reassignable_from", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("range_holder", String(6), nullable=False),
    Column("ended_by", String(32), nullable=False),
    Column("dossier_id", String(26), nullable=True),  # of the deactivation, made before it is sent
    Column("settled_at", BigInteger, nullable=True),
    Column("body_sealed", LargeBinary, nullable=False),
    Index("quarantine_due", "state", "reassignable_from"),
)

events = Table(
    "events",
    metadata,
    Column("n", _Counter, primary_key=True, autoincrement=True),
    Column("order_id", String(32), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("key", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("at_real", BigInteger, nullable=False),
    Column("what", String(200), nullable=False),
    Column("state", String(24), nullable=False),
    Column("stage", String(64), nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("order_id", "seq"),
    UniqueConstraint("order_id", "key"),
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("dossier_id", String(26), primary_key=True),
    Column("order_id", String(32), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    UniqueConstraint("order_id", "attempt"),
)

port_requests = Table(
    "port_requests",
    metadata,
    Column("dossier_id", String(26), primary_key=True),
    Column("order_id", String(32), primary_key=True, unique=True),
    Column("position", Integer, nullable=False),
    Column("decision_sealed", LargeBinary, nullable=True),  # null until we have decided about the number
    Column("given_at_real", BigInteger, nullable=True),
)

port_out_slots = Table(
    "port_out_slots",
    metadata,
    Column("order_id", String(32), primary_key=True),
    Column("day", String(10), nullable=False, index=True),  # local to the number's territory
    Column("start", BigInteger, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("type", String(40), nullable=False),
    Column("dossier_id", String(26), nullable=False),
    Column("order_id", String(32), nullable=True),
    Column("state", String(10), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("received_at_real", BigInteger, nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    Index("inbox_by_state", "state", "message_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("order_id", String(32), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("occasion", String(200), nullable=False),  # what makes a repeated delivery the same one
    Column("wake", Integer, nullable=False),  # the delivery that queued the signal which is for this one too
    Column("at_real", BigInteger, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    UniqueConstraint("order_id", "kind", "occasion"),
)

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("order_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("code_hash", String(32), nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("sent_at_real", BigInteger, nullable=False),
    Column("wrong_tries", Integer, nullable=False),
    Column("right", Boolean, nullable=False),
    Column("locked_until", BigInteger, nullable=True),  # set with the last wrong try
)

activation_codes = Table(
    "activation_codes",
    metadata,
    Column("n", _Counter, primary_key=True, autoincrement=True),
    Column("order_id", String(32), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("iccid_hash", String(32), nullable=False),
    Column("matching_id_sealed", LargeBinary, nullable=False),
    Column("code_sealed", LargeBinary, nullable=False),  # empty before it is offered and after it was read
    Column("state", String(10), nullable=False),
    Column("read_at_real", BigInteger, nullable=True),
    UniqueConstraint("order_id", "attempt"),
    Index("activation_codes_by_iccid", "iccid_hash", "n"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("party", String(20), primary_key=True),
    Column("event_hash", String(32), primary_key=True),  # keyed hash of the party's own id
    Column("order_id", String(32), nullable=True),
    Column("received_at_real", BigInteger, nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Counter, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("order_id", String(32), nullable=False),
    Column("name", String(200), nullable=False, unique=True),  # what makes it one thing, never done twice
    Column("payload_sealed", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at_real", BigInteger, nullable=True),  # not before; while claimed the end of the lease; null when done
    Column("last_error", String(100), nullable=False),
    Index("outbox_due", "kind", "due_at_real"),
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_stored(instant: datetime) -> int:
    """An aware instant as the tables hold it."""
    return (instant - _EPOCH) // _MICROSECOND


def from_stored(microseconds: int) -> datetime:
    """A stored instant in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)
