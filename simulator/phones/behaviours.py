"""What a customer does with a new SIM: with an eSIM's activation code, and with a card that comes by post."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from simulator.store import Store
from simulator.world.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS phone (
    msisdn TEXT PRIMARY KEY, download TEXT NOT NULL, delay_s REAL NOT NULL, inserts INTEGER NOT NULL,
    post TEXT NOT NULL, failed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""


class Download(StrEnum):
    """What happens to a profile that is released for download."""

    OK = "ok"  # downloaded, installed, enabled
    ERROR = "error"  # the first installation fails, the next profile's goes well
    ERROR_ALWAYS = "error_always"  # every installation fails
    DELETED = "deleted"  # installed and deleted again, never enabled
    NEVER = "never"  # nobody fetches it
    SCAN = "scan"  # nobody fetches it until `POST /admin/phones/{msisdn}/scan`


class CustomerBehaviour(BaseModel):
    """`delay_s`: real seconds from the release (or the scan) to the download.

    `inserts`: a card that was delivered is put into a phone. `post`: what becomes of a card that was shipped.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    download: Download = Download.OK
    delay_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 0.5
    inserts: StrictBool = True
    post: Literal["delivered", "lost", "returned"] = "delivered"


def behaviour_of(world: World, msisdn: str | None) -> CustomerBehaviour:
    """How the customer with that number, E.164, behaves: what was set, else the default."""
    row = world.store.execute(
        "SELECT download, delay_s, inserts, post FROM phone WHERE msisdn = ?", (msisdn,)
    ).fetchone()
    return (
        CustomerBehaviour()
        if row is None
        else CustomerBehaviour.model_validate({**dict(row), "inserts": bool(row["inserts"])})
    )


def put(store: Store, msisdn: str, behaviour: CustomerBehaviour) -> None:
    """Set it until the next reset. With `error` the next installation fails, even if one has failed before."""
    store.execute(
        "INSERT OR REPLACE INTO phone (msisdn, download, delay_s, inserts, post) VALUES (?, ?, ?, ?, ?)",
        (msisdn, behaviour.download.value, behaviour.delay_s, behaviour.inserts, behaviour.post),
    )


def fails_now(store: Store, msisdn: str) -> bool:
    """Whether this installation fails; True only the first time for a number."""
    return store.execute("UPDATE phone SET failed = 1 WHERE msisdn = ? AND failed = 0", (msisdn,)).rowcount == 1
