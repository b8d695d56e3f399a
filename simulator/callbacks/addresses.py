"""Where each home system tells what happens, and with which secret."""

from dataclasses import dataclass, field

from simulator.store import Store


@dataclass(frozen=True)
class Address:
    """`url` has no slash at its end."""

    url: str
    secret: str = field(repr=False)


def register(store: Store, operator: str, party: str, address: Address) -> None:
    """From now on, also for callbacks that wait already."""
    store.execute(
        "INSERT OR REPLACE INTO callback_address (operator, party, address, secret) VALUES (?, ?, ?, ?)",
        (operator, party, address.url, address.secret),
    )


def registered(store: Store, operator: str, party: str) -> Address | None:
    """The address of an operator's system; None before it was told one."""
    row = store.execute(
        "SELECT address, secret FROM callback_address WHERE operator = ? AND party = ?", (operator, party)
    ).fetchone()
    return None if row is None else Address(row["address"], row["secret"])
