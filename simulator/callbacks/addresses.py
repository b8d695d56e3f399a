"""Where each home system's callbacks are sent, and with which secret.

Registrations belong to the installation and not to the world: they outlive a reset.
"""

from dataclasses import dataclass, field

from simulator.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS callback_address (
    operator TEXT NOT NULL, party TEXT NOT NULL, address TEXT NOT NULL, secret TEXT NOT NULL,
    PRIMARY KEY (operator, party)
) WITHOUT ROWID;
"""
KEPT = ("callback_address",)


@dataclass(frozen=True)
class Address:
    """`url` has no slash at its end."""

    url: str
    secret: str = field(repr=False)


def register(store: Store, operator: str, party: str, address: Address) -> None:
    """Store an address; callbacks that already wait go there too."""
    store.execute(
        "INSERT OR REPLACE INTO callback_address (operator, party, address, secret) VALUES (?, ?, ?, ?)",
        (operator, party, address.url, address.secret),
    )


def registered(store: Store, operator: str, party: str) -> Address | None:
    """The address for an operator's party; None before one was registered."""
    row = store.execute(
        "SELECT address, secret FROM callback_address WHERE operator = ? AND party = ?", (operator, party)
    ).fetchone()
    return None if row is None else Address(row["address"], row["secret"])
