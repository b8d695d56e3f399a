"""The profiles of all operators. One that nobody has ordered is Available and takes no room."""

from dataclasses import dataclass
from datetime import datetime

from simulator.home import cards
from simulator.smdp.states import ProfileState
from simulator.smdp.statuses import ICCID_NOT_ALLOWED, ICCID_UNKNOWN, TYPE_EXHAUSTED, TYPE_UNKNOWN, SmDpRefusal
from simulator.store import Store
from simulator.world import identifiers
from simulator.world.clock import iso
from simulator.world.operators import Operator
from simulator.world.world import World

PROFILE_TYPE = "consumer"
"""The only type there is."""
OF_TYPE = range(cards.FIRST_ESIM_SERIAL + 900_000_000, cards.FIRST_ESIM_SERIAL + 900_000_100)
"""Serial numbers of the profiles that are ordered by type; those ordered by ICCID come from logistics' stock."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS smdp_profile (
    iccid TEXT PRIMARY KEY, operator TEXT NOT NULL, state TEXT NOT NULL, msisdn TEXT, eid TEXT, matching_id TEXT,
    expires_at TEXT
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS smdp_profile_order ON smdp_profile (operator, matching_id);
CREATE INDEX IF NOT EXISTS smdp_profile_expiry ON smdp_profile (expires_at) WHERE expires_at IS NOT NULL;
"""
_COLUMNS = "iccid, operator, state, msisdn, eid, matching_id, expires_at"


@dataclass(frozen=True)
class Profile:
    """One profile. `msisdn` is the number that its order is for, E.164, where logistics was told.

    `expires_at` is legal time, as text, and set while it is Released.
    """

    iccid: str
    operator: str
    state: ProfileState = ProfileState.AVAILABLE
    msisdn: str | None = None
    eid: str | None = None
    matching_id: str | None = None
    expires_at: str | None = None


def find(world: World, operator: Operator, iccid: str) -> Profile:
    """A profile of the operator. SmDpRefusal for one that is another's or nobody's."""
    if not _is_esim(operator, iccid):
        foreign = any(_is_esim(other, iccid) for other in world.operators.values())
        raise SmDpRefusal(ICCID_NOT_ALLOWED if foreign else ICCID_UNKNOWN)
    row = world.store.execute(f"SELECT {_COLUMNS} FROM smdp_profile WHERE iccid = ?", (iccid,)).fetchone()
    return Profile(iccid, operator.code) if row is None else _profile(row)


def next_of_type(world: World, operator: Operator, profile_type: str) -> Profile:
    """The next Available profile of a type. SmDpRefusal when there is no such type, or none is left."""
    if profile_type != PROFILE_TYPE:
        raise SmDpRefusal(TYPE_UNKNOWN)
    for serial in OF_TYPE:
        iccid = identifiers.iccid_of(identifiers.imsi(operator.imsi_network, serial))
        assert iccid is not None
        profile = find(world, operator, iccid)
        if profile.state is ProfileState.AVAILABLE:
            return profile
    raise SmDpRefusal(TYPE_EXHAUSTED)


def with_matching_id(store: Store, operator: str, matching_id: str) -> Profile | None:
    """The profile whose pending order has that matching id."""
    row = store.execute(
        f"SELECT {_COLUMNS} FROM smdp_profile WHERE operator = ? AND matching_id = ?", (operator, matching_id)
    ).fetchone()
    return None if row is None else _profile(row)


def save(store: Store, profile: Profile) -> None:
    """Inside the caller's transaction."""
    store.execute(
        f"INSERT INTO smdp_profile ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (iccid) DO UPDATE SET "
        "state = excluded.state, msisdn = excluded.msisdn, eid = excluded.eid, matching_id = excluded.matching_id, "
        "expires_at = excluded.expires_at",
        (
            profile.iccid,
            profile.operator,
            profile.state.value,
            profile.msisdn,
            profile.eid,
            profile.matching_id,
            profile.expires_at,
        ),
    )


def expired(store: Store, now: datetime, limit: int) -> list[Profile]:
    """Released profiles whose time is over at a legal instant, the oldest first."""
    rows = store.execute(
        f"SELECT {_COLUMNS} FROM smdp_profile WHERE expires_at <= ? ORDER BY expires_at LIMIT ?", (iso(now), limit)
    )
    return [_profile(row) for row in rows]


def next_expiry(store: Store) -> str | None:
    """The earliest legal instant at which a profile expires."""
    row = store.execute("SELECT min(expires_at) AS at FROM smdp_profile WHERE expires_at IS NOT NULL").fetchone()
    return None if row["at"] is None else str(row["at"])


def _is_esim(operator: Operator, iccid: str) -> bool:
    return cards.serial_of(operator, iccid) is not None and cards.form_of(iccid) == "esim"


def _profile(row: object) -> Profile:
    fields = dict(row)  # type: ignore[call-overload]
    return Profile(**{**fields, "state": ProfileState(fields["state"])})
