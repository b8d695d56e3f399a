"""Single SIMs by their ICCID: which form it has, whose it is, and whether it may still be given.

The state of an untouched SIM follows from its serial number: lines of a new world, stock and shop drawers have
ranges of their own. Only later changes are stored.
"""

from itertools import islice
from typing import Any, Literal

from simulator.world import bulk_identifiers, identifiers
from simulator.world.operators import Operator
from simulator.world.population import sizes
from simulator.world.world import World

SimState = Literal["available", "reserved", "used", "retired"]
_STOCKED = 1_000_000_000
FIRST_STOCK_SERIAL = 5_000_000_000
FIRST_DRAWER_SERIAL = 6_000_000_000
FIRST_ESIM_SERIAL = 7_000_000_000
STOCK = {
    "physical": range(FIRST_STOCK_SERIAL, FIRST_STOCK_SERIAL + _STOCKED),
    "esim": range(FIRST_ESIM_SERIAL, FIRST_ESIM_SERIAL + _STOCKED),
}
"""Serial numbers of each form's stock, at every operator."""
DRAWER = range(FIRST_DRAWER_SERIAL, FIRST_DRAWER_SERIAL + 1_000_000)
"""Serial numbers of the cards that an operator's shops have at hand, given by name."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS cards (
    operator TEXT NOT NULL, iccid TEXT NOT NULL, state TEXT NOT NULL, msisdn TEXT, PRIMARY KEY (operator, iccid)
) WITHOUT ROWID;
"""


def serial_of(operator: Operator, iccid: str) -> int | None:
    """The serial number of one of the operator's SIMs; None for an ICCID that it cannot have issued."""
    if not (iccid.isascii() and iccid.isdigit() and len(iccid) == 19):
        return None
    serial = int(iccid[6:18])
    return serial if identifiers.iccid_of(identifiers.imsi(operator.imsi_network, serial)) == iccid else None


def form_of(iccid: str) -> Literal["physical", "esim"]:
    """Read from the serial number: all networks use the same range for eSIM profiles."""
    return "esim" if int(iccid[6:18]) in STOCK["esim"] else "physical"


def state_of(world: World, operator: Operator, iccid: str) -> SimState | None:
    """None for a SIM that the operator does not know."""
    row = _find(world, operator.code, iccid)
    if row is not None:
        state: SimState = row["state"]
        return state
    serial = serial_of(operator, iccid)
    if serial is None:
        return None
    if any(serial in serials for serials in (*STOCK.values(), DRAWER)):
        return "available"
    return "used" if serial < sizes(world.about.subscribers)[operator.code] else None


def number_of(world: World, operator: str, iccid: str) -> str | None:
    """The number, E.164, for which a SIM was reserved or is used, where that was said."""
    row = _find(world, operator, iccid)
    return None if row is None else row["msisdn"]


def mark(world: World, operator: str, iccid: str, state: SimState, *, msisdn: str | None = None) -> None:
    """Store a SIM's state; `available` means in stock again. Without `msisdn` the number stays."""
    if state == "available":
        world.store.execute("DELETE FROM cards WHERE operator = ? AND iccid = ?", (operator, iccid))
        return
    world.store.execute(
        "INSERT INTO cards (operator, iccid, state, msisdn) VALUES (?, ?, ?, ?) ON CONFLICT (operator, iccid) "
        "DO UPDATE SET state = excluded.state, msisdn = coalesce(excluded.msisdn, msisdn)",
        (operator, iccid, state, msisdn),
    )


def drawer(world: World, operator: Operator, limit: int) -> list[str]:
    """ICCIDs of cards that a shop can hand over now, in the order of their serial numbers."""
    span = (bulk_identifiers.iccid(operator.imsi_network, serial) for serial in (DRAWER[0], DRAWER[-1]))
    rows = world.store.execute(
        "SELECT iccid FROM cards WHERE operator = ? AND iccid BETWEEN ? AND ?", (operator.code, *span)
    )
    gone = {row["iccid"] for row in rows}
    everything = (bulk_identifiers.iccid(operator.imsi_network, serial) for serial in DRAWER)
    return list(islice((iccid for iccid in everything if iccid not in gone), limit))


def _find(world: World, operator: str, iccid: str) -> dict[str, Any] | None:
    row = world.store.execute(
        "SELECT state, msisdn FROM cards WHERE operator = ? AND iccid = ?", (operator, iccid)
    ).fetchone()
    return None if row is None else dict(row)
