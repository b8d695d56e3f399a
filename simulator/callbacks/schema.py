"""The callbacks' tables: where to send them, and those that nobody has answered yet.

Registrations belong to the installation and not to the world: they outlive a reset.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS callback_address (
    operator TEXT NOT NULL, party TEXT NOT NULL, address TEXT NOT NULL, secret TEXT NOT NULL,
    PRIMARY KEY (operator, party)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS callback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operator TEXT NOT NULL, party TEXT NOT NULL, path TEXT NOT NULL,
    event_id TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (operator, party, event_id)
);
"""
KEPT = ("callback_address",)
