"""SIMs in stock, of each form: which serial numbers they have, how many are left, when more come.

Cards and eSIM profiles are counted separately. Returned SIMs are given first and are not counted in what is left.
"""

from datetime import datetime
from typing import Literal, get_args

from simulator.edge.errors import Refusal
from simulator.home import cards
from simulator.smdp import profiles
from simulator.smdp.states import ProfileState
from simulator.world import identifiers
from simulator.world.clock import iso, parse_iso
from simulator.world.operators import Operator
from simulator.world.world import World

Form = Literal["physical", "esim"]
FORMS: tuple[Form, ...] = get_args(Form)
STOCK_AT_START = 1_000_000
RESTOCKED_TO = 1000
_TABLES = {"physical": "sim_stock", "esim": "esim_stock"}
SCHEMA = (
    "".join(
        f"CREATE TABLE IF NOT EXISTS {table} "
        "(operator TEXT PRIMARY KEY, next_serial INTEGER NOT NULL, remaining INTEGER NOT NULL) WITHOUT ROWID;\n"
        for table in _TABLES.values()
    )
    + """
CREATE TABLE IF NOT EXISTS sims_returned (
    operator TEXT NOT NULL, imsi TEXT NOT NULL, PRIMARY KEY (operator, imsi)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS restocks (
    operator TEXT NOT NULL, form TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (operator, form)
) WITHOUT ROWID;
"""
)


def set_stock(world: World, operator: str, form: Form, remaining: int, restock_at: datetime | None) -> None:
    """How many new SIMs of the form the operator has left, and when (legal time) more come by themselves."""
    with world.store.transaction():
        world.store.execute(
            f"INSERT INTO {_TABLES[form]} (operator, next_serial, remaining) VALUES (?, ?, ?) "
            "ON CONFLICT (operator) DO UPDATE SET remaining = excluded.remaining",
            (operator, cards.STOCK[form].start, remaining),
        )
        world.store.execute("DELETE FROM restocks WHERE operator = ? AND form = ?", (operator, form))
        if restock_at is not None:
            world.store.execute(
                "INSERT INTO restocks (operator, form, at) VALUES (?, ?, ?)", (operator, form, iso(restock_at))
            )


def take(world: World, operator: Operator, form: Form) -> str:
    """The IMSI of a SIM from stock, inside the caller's transaction. 409 `stock_empty`."""
    _restock(world, operator.code, form)
    while True:
        imsi = _returned(world, operator, form) or _new(world, operator, form)
        iccid = identifiers.iccid_of(imsi)
        if iccid is not None and _may_be_given(world, operator, iccid):
            return imsi


def put_back(world: World, operator: str, imsi: str) -> None:
    """Return a reserved SIM to stock."""
    world.store.execute("INSERT OR IGNORE INTO sims_returned (operator, imsi) VALUES (?, ?)", (operator, imsi))


def _may_be_given(world: World, operator: Operator, iccid: str) -> bool:
    # It may have been retired on the shelf, and a profile given back here may still be ordered at the SM-DP+.
    if cards.state_of(world, operator, iccid) != "available":
        return False
    return cards.form_of(iccid) != "esim" or profiles.find(world, operator, iccid).state is ProfileState.AVAILABLE


def _restock(world: World, operator: str, form: Form) -> None:
    at = _restock_at(world, operator, form)
    if at is not None and at <= world.clock.legal_now():
        world.store.execute(
            f"UPDATE {_TABLES[form]} SET remaining = max(remaining, ?) WHERE operator = ?", (RESTOCKED_TO, operator)
        )
        world.store.execute("DELETE FROM restocks WHERE operator = ? AND form = ?", (operator, form))


def _restock_at(world: World, operator: str, form: Form) -> datetime | None:
    row = world.store.execute("SELECT at FROM restocks WHERE operator = ? AND form = ?", (operator, form)).fetchone()
    return None if row is None else parse_iso(row["at"])


def _returned(world: World, operator: Operator, form: Form) -> str | None:
    serials = cards.STOCK[form]
    span = (identifiers.imsi(operator.imsi_network, serial) for serial in (serials[0], serials[-1]))
    row = world.store.execute(
        "SELECT imsi FROM sims_returned WHERE operator = ? AND imsi BETWEEN ? AND ? LIMIT 1", (operator.code, *span)
    ).fetchone()
    if row is None:
        return None
    world.store.execute("DELETE FROM sims_returned WHERE operator = ? AND imsi = ?", (operator.code, row["imsi"]))
    return str(row["imsi"])


def _new(world: World, operator: Operator, form: Form) -> str:
    table = _TABLES[form]
    world.store.execute(
        f"INSERT OR IGNORE INTO {table} (operator, next_serial, remaining) VALUES (?, ?, ?)",
        (operator.code, cards.STOCK[form].start, STOCK_AT_START),
    )
    taken = world.store.execute(
        f"UPDATE {table} SET next_serial = next_serial + 1, remaining = remaining - 1 "
        "WHERE operator = ? AND remaining > 0 RETURNING next_serial - 1 AS serial",
        (operator.code,),
    ).fetchone()
    if taken is None:
        at = _restock_at(world, operator.code, form)
        extra = {} if at is None else {"restock_at": iso(at)}
        raise Refusal(409, "stock_empty", "there is no SIM of this form left", extra=extra)
    return identifiers.imsi(operator.imsi_network, taken["serial"])
