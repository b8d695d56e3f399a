"""The robots' tables: which are on, how to answer for which number, and postponed answers.

`enabled` outlives a reset of the world: it says who plays an operator, which a fresh world does not change.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS robot_switch (
    operator TEXT PRIMARY KEY,
    enabled INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS robot_behaviour (
    msisdn TEXT PRIMARY KEY,
    answer TEXT NOT NULL,
    code TEXT
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS robot_postponed_answer (
    dossierid TEXT PRIMARY KEY,
    operator TEXT NOT NULL,
    request TEXT NOT NULL,
    code TEXT,
    real_due REAL NOT NULL,
    legal_due TEXT NOT NULL
) WITHOUT ROWID;
"""
KEPT = ("robot_switch",)
