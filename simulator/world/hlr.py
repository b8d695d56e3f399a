"""What one network's HLR holds: which SIM carries which number, and whether it has service.

Only a real change is an effect. Numbers are kept as the digits that were set (country code first, no `+`).
"""

from dataclasses import dataclass, replace

from simulator.store import Store
from simulator.world.effects import Effects
from simulator.world.operators import NETWORKS


def table_of(network: str) -> str:
    """The table of a network's HLR."""
    return f"hlr_{network.lower()}"


def schema_of(network: str) -> str:
    """Rows as in OsmoHLR's own database: the IMSI is unique and never null, the number unique and nullable."""
    return (
        f"CREATE TABLE IF NOT EXISTS {table_of(network)} (id INTEGER PRIMARY KEY, imsi TEXT NOT NULL, msisdn TEXT, "
        "cs INTEGER NOT NULL, ps INTEGER NOT NULL, aud3g TEXT);\n"
    )


def indexes_of(network: str) -> str:
    """Built after a bulk load."""
    table = table_of(network)
    return (
        f"CREATE UNIQUE INDEX IF NOT EXISTS {table}_imsi ON {table} (imsi);\n"
        f"CREATE UNIQUE INDEX IF NOT EXISTS {table}_msisdn ON {table} (msisdn);\n"
    )


SCHEMA = "".join(schema_of(network) + indexes_of(network) for network in NETWORKS)


@dataclass(frozen=True)
class HlrSubscriber:
    """One row: `cs` is calls and SMS, `ps` data. `msisdn` is E.164 or None."""

    id: int
    imsi: str
    msisdn: str | None
    cs: bool
    ps: bool
    aud3g: str | None

    @property
    def barred(self) -> bool:
        """No service of any kind."""
        return not (self.cs or self.ps)


class NumberTaken(Exception):
    """The number is on another SIM."""


class Hlr:
    """The HLR of one network. Every write runs in a transaction of its own unless the caller has one open."""

    def __init__(self, network: str, store: Store, effects: Effects) -> None:
        self.network = network
        self._store = store
        self._effects = effects
        self._table = table_of(network)

    def by_imsi(self, imsi: str) -> HlrSubscriber | None:
        """The row of a SIM."""
        return self._one("imsi", imsi)

    def by_msisdn(self, msisdn: str) -> HlrSubscriber | None:
        """The row that carries an E.164 number."""
        return self._one("msisdn", msisdn.removeprefix("+"))

    def by_id(self, identity: int) -> HlrSubscriber | None:
        """The row with the HLR's own id."""
        return self._one("id", identity)

    def create(self, imsi: str) -> int | None:
        """A new SIM without a number, services on as in OsmoHLR; its id, or None if it was there."""
        with self._store.transaction():
            if self.by_imsi(imsi) is not None:
                return None
            cursor = self._store.execute(f"INSERT INTO {self._table} (imsi, cs, ps) VALUES (?, 1, 1)", (imsi,))
            self._effect("subscriber_created", imsi, None)
        return cursor.lastrowid

    def delete(self, row: HlrSubscriber) -> None:
        """Remove a SIM."""
        with self._store.transaction():
            self._store.execute(f"DELETE FROM {self._table} WHERE id = ?", (row.id,))
            self._effect("subscriber_deleted", row.imsi, row.msisdn)

    def set_msisdn(self, row: HlrSubscriber, digits: str | None) -> None:
        """Give the SIM a number or take it away. NumberTaken if another SIM has it."""
        msisdn = None if digits is None else "+" + digits.removeprefix("+")
        if msisdn == row.msisdn:
            return
        with self._store.transaction():
            if msisdn is not None and self.by_msisdn(msisdn) is not None:
                raise NumberTaken
            stored = None if msisdn is None else msisdn[1:]
            self._store.execute(f"UPDATE {self._table} SET msisdn = ? WHERE id = ?", (stored, row.id))
            if row.msisdn is not None:
                self._effect("msisdn_cleared", row.imsi, row.msisdn)
            if msisdn is not None:
                self._effect("msisdn_set", row.imsi, msisdn)

    def set_service(self, row: HlrSubscriber, service: str, enabled: bool) -> None:
        """Switch `cs` or `ps`."""
        if getattr(row, service) == enabled:
            return
        with self._store.transaction():
            self._store.execute(f"UPDATE {self._table} SET {service} = ? WHERE id = ?", (enabled, row.id))
            self._effect("service_enabled" if enabled else "service_disabled", row.imsi, row.msisdn, service=service)

    def set_aud3g(self, row: HlrSubscriber, value: str | None) -> None:
        """Store authentication data as it came; keys are never shown in an effect."""
        self._store.execute(f"UPDATE {self._table} SET aud3g = ? WHERE id = ?", (value, row.id))

    def put_up(self, imsi: str, msisdn: str) -> None:
        """Give the SIM, created if missing, the number and both services. NumberTaken if another SIM has it."""
        with self._store.transaction():
            self.create(imsi)
            row = self.by_imsi(imsi)
            assert row is not None
            self.set_msisdn(row, msisdn)
            for service in ("cs", "ps"):
                self.set_service(replace(row, msisdn=msisdn), service, True)

    def take_down(self, imsi: str) -> bool:
        """Remove number and services from the SIM; False when the HLR does not know it."""
        with self._store.transaction():
            row = self.by_imsi(imsi)
            if row is None:
                return False
            for service in ("cs", "ps"):
                self.set_service(row, service, False)
            self.set_msisdn(row, None)
        return True

    def _one(self, column: str, value: str | int) -> HlrSubscriber | None:
        row = self._store.execute(f"SELECT * FROM {self._table} WHERE {column} = ?", (value,)).fetchone()
        if row is None:
            return None
        msisdn = None if row["msisdn"] is None else "+" + row["msisdn"]
        return HlrSubscriber(row["id"], row["imsi"], msisdn, bool(row["cs"]), bool(row["ps"]), row["aud3g"])

    def _effect(self, effect: str, imsi: str, msisdn: str | None, **detail: str) -> None:
        self._effects.record(
            "hlr",
            effect,
            key=None,
            msisdn=msisdn,
            detail={"operator": self.network, "imsi": imsi, "msisdn": msisdn, **detail},
        )
