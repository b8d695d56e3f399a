"""The table of lines, the order of its rows, and the tables for lines that differ from the default."""

import re

from simulator.world.operators import OPERATORS

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscribers (
    id INTEGER PRIMARY KEY, msisdn TEXT NOT NULL, operator TEXT NOT NULL, state TEXT NOT NULL, rio TEXT NOT NULL,
    holder_kind TEXT NOT NULL, holder_name TEXT NOT NULL, iccid TEXT NOT NULL, imsi TEXT NOT NULL,
    contract_id TEXT NOT NULL, signed_on TEXT NOT NULL, commitment_months INTEGER NOT NULL, monthly_price TEXT NOT NULL,
    handset_subsidy INTEGER NOT NULL, ended_at TEXT
);
CREATE TABLE IF NOT EXISTS contract_serials (operator TEXT PRIMARY KEY, last INTEGER NOT NULL);
"""
SCHEMA_BESIDE = """
CREATE TABLE IF NOT EXISTS line_sims (contract_id TEXT PRIMARY KEY, sim_since TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS line_contacts (
    contract_id TEXT PRIMARY KEY, email TEXT, phone TEXT, language TEXT NOT NULL, changed_at TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS line_amendments (contract_id TEXT PRIMARY KEY, amended_on TEXT) WITHOUT ROWID;
"""
LINES = (
    "SELECT * FROM subscribers LEFT JOIN line_sims USING (contract_id) LEFT JOIN line_contacts USING (contract_id) "
    "LEFT JOIN line_amendments USING (contract_id)"
)
"""How every line is read."""
INDEXES = """
CREATE INDEX IF NOT EXISTS subscribers_by_msisdn ON subscribers (msisdn);
CREATE INDEX IF NOT EXISTS subscribers_by_state ON subscribers (state);
CREATE INDEX IF NOT EXISTS subscribers_joined ON subscribers (contract_id) WHERE contract_id GLOB '*-N*';
"""

_FIRST_CONTRACT = re.compile(r"([A-Z]+)-([0-9]{10})")
_ORDER = {code: index for index, code in enumerate(OPERATORS)}
_SPAN = 1 << 32
ALL_IDS = range(1, len(_ORDER) * _SPAN)
"""The ids of all lines."""


def ids_of(operator: str) -> range:
    """The ids of an operator's lines.

    Each has a stretch of its own, so that its list is one walk along the primary key.
    """
    return range(_ORDER[operator] * _SPAN + 1, (_ORDER[operator] + 1) * _SPAN)


def by_contract(contract_id: str) -> tuple[str, tuple[str | int, ...]]:
    """Condition and parameters that find a contract: of a new world by its place, of a line that joined by index."""
    first = _FIRST_CONTRACT.fullmatch(contract_id)
    if first is None or first[1] not in _ORDER:
        return "subscribers.contract_id = ? AND subscribers.contract_id GLOB '*-N*'", (contract_id,)
    return "subscribers.id = ? AND subscribers.contract_id = ?", (ids_of(first[1])[0] + int(first[2]), contract_id)
