"""Who serves a number: the reference database, every operator's own routing table, and the numbers in their pools.

Only exceptions are stored. Without one a number is served by its range holder; lines that a new world shows as ported
in are exceptions that every table knows from the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.store import Store
from simulator.world.operators import OPERATORS, Operator
from simulator.world.ranges import range_holder

SCHEMA = """
CREATE TABLE IF NOT EXISTS ported_at_start (msisdn TEXT PRIMARY KEY, operator TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reference (msisdn TEXT PRIMARY KEY, operator TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS routing (
    msisdn TEXT NOT NULL, operator TEXT NOT NULL, serving TEXT NOT NULL, PRIMARY KEY (msisdn, operator)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pooled (msisdn TEXT PRIMARY KEY, operator TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Reference:
    """An entry of the reference database; both are operator codes."""

    operator: str
    range_holder: str


class Numbers:
    """Numbers are E.164; operators are codes. A number outside the numbering plan has no entry anywhere."""

    def __init__(self, store: Store, operators: Mapping[str, Operator] = OPERATORS) -> None:
        self._store = store
        self._operators = operators
        store.declare(SCHEMA)

    def accepts(self, msisdn: str) -> bool:
        """Whether the number is in a range of the plan."""
        return range_holder(msisdn) is not None

    def reference(self, msisdn: str) -> Reference | None:
        """What the reference database says; None outside the plan."""
        holder = range_holder(msisdn)
        if holder is None:
            return None
        row = self._store.execute("SELECT operator FROM reference WHERE msisdn = ?", (msisdn,)).fetchone()
        return Reference(operator=row["operator"] if row else self._at_start(msisdn, holder), range_holder=holder)

    def set_reference(self, msisdn: str, operator: str) -> None:
        """From now on the reference database names `operator` (a virtual one by its own code)."""
        self._store.execute("INSERT OR REPLACE INTO reference (msisdn, operator) VALUES (?, ?)", (msisdn, operator))
        self.take_from_pool(msisdn)

    def moved(self, msisdn: str) -> bool:
        """Whether the reference database ever named anybody but the range holder."""
        rows = self._store.execute(
            "SELECT 1 FROM reference WHERE msisdn = ? UNION ALL SELECT 1 FROM ported_at_start WHERE msisdn = ?",
            (msisdn, msisdn),
        )
        return rows.fetchone() is not None

    def pooled_by(self, msisdn: str) -> str | None:
        """The operator in whose pool the number is."""
        row = self._store.execute("SELECT operator FROM pooled WHERE msisdn = ?", (msisdn,)).fetchone()
        return None if row is None else str(row["operator"])

    def pool(self, msisdn: str, operator: str) -> None:
        """Put the number into the operator's pool, until it is given to a line or another operator serves it."""
        self._store.execute("INSERT OR REPLACE INTO pooled (msisdn, operator) VALUES (?, ?)", (msisdn, operator))

    def take_from_pool(self, msisdn: str) -> None:
        """Take the number out of the pool."""
        self._store.execute("DELETE FROM pooled WHERE msisdn = ?", (msisdn,))

    def routing(self, operator: str, msisdn: str) -> str:
        """The network that `operator` routes the number to. KeyError for a number outside the plan."""
        if self._operators[operator].follows_reference:
            reference = self.reference(msisdn)
            if reference is None:
                raise KeyError(msisdn)
            return self._operators[reference.operator].network_code
        row = self._store.execute(
            "SELECT serving FROM routing WHERE msisdn = ? AND operator = ?", (msisdn, operator)
        ).fetchone()
        if row:
            return str(row["serving"])
        holder = range_holder(msisdn)
        if holder is None:
            raise KeyError(msisdn)
        return self._operators[self._at_start(msisdn, holder)].network_code

    def set_routing(self, operator: str, msisdn: str, serving: str) -> None:
        """Change one routing table; `serving` may be a virtual operator, whose network is then meant."""
        self._store.execute(
            "INSERT OR REPLACE INTO routing (msisdn, operator, serving) VALUES (?, ?, ?)",
            (msisdn, operator, self._operators[serving].network_code),
        )

    def _at_start(self, msisdn: str, holder: str) -> str:
        row = self._store.execute("SELECT operator FROM ported_at_start WHERE msisdn = ?", (msisdn,)).fetchone()
        return str(row["operator"]) if row else holder
