"""The clearing house's tables. A reset makes them anew; a restart finds them as they were.

Instants are legal time as `2026-11-22T07:00:00.000000Z`, numbers E.164, `data` the message as it is delivered.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS clearing_dossier (
    dossierid TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    recipient TEXT NOT NULL,
    donor TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    agreed_at TEXT,
    performed_at TEXT,
    firstpossibledate TEXT,
    actualdatetime TEXT
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS clearing_dossier_number (
    dossierid TEXT NOT NULL,
    position INTEGER NOT NULL,
    msisdn TEXT NOT NULL,
    blockingcode TEXT,
    firstpossibledate TEXT,
    PRIMARY KEY (dossierid, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS clearing_dossier_number_msisdn ON clearing_dossier_number (msisdn);

CREATE TABLE IF NOT EXISTS clearing_message (
    id INTEGER PRIMARY KEY,
    transactionid TEXT NOT NULL,
    dossierid TEXT NOT NULL,
    type TEXT NOT NULL,
    at TEXT NOT NULL,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    errorcode TEXT,
    description TEXT,
    blockingcode TEXT,
    about TEXT,
    data TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS clearing_message_dossier ON clearing_message (dossierid);

CREATE TABLE IF NOT EXISTS clearing_delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL,
    operator TEXT NOT NULL,
    type TEXT NOT NULL,
    confirmed_at TEXT,
    acknowledged_at TEXT
);
CREATE INDEX IF NOT EXISTS clearing_delivery_mailbox ON clearing_delivery (operator, id);
CREATE INDEX IF NOT EXISTS clearing_delivery_waiting ON clearing_delivery (operator, id) WHERE confirmed_at IS NULL;
CREATE INDEX IF NOT EXISTS clearing_delivery_message ON clearing_delivery (message_id);

CREATE TABLE IF NOT EXISTS clearing_reply (
    operator TEXT NOT NULL,
    key TEXT NOT NULL,
    transactionid TEXT NOT NULL,
    PRIMARY KEY (operator, key)
) WITHOUT ROWID;
"""
