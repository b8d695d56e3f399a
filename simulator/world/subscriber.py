"""A line as customer care knows it: contract, holder and how to reach them, card, RIO."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulator.world.clock import iso, parse_iso
from simulator.world.ranges import range_holder

ACTIVE, SUSPENDED, ENDED = "active", "suspended", "ended"
FIRST_LANGUAGE = "fr"


@dataclass(frozen=True)
class Contract:
    """What pays for the line. `monthly_price` is a decimal string in euros, tax included; the dates are ISO dates.

    `amended_on`: when a new commitment was signed for it, None for never.
    """

    id: str
    signed_on: str
    commitment_months: int
    monthly_price: str
    handset_subsidy: bool
    amended_on: str | None = None


@dataclass(frozen=True)
class Contact:
    """How the holder is reached beside the line itself. `changed_at` is legal time, None for never."""

    email: str | None = None
    phone: str | None = None
    language: str = FIRST_LANGUAGE
    changed_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The contact as the routes show it."""
        return {**vars(self), "changed_at": _iso_or_none(self.changed_at)}


@dataclass(frozen=True)
class Subscriber:
    """One contract for one number at one operator. Instants are legal time; `sim_since` is None for the first SIM."""

    id: int
    msisdn: str
    operator: str
    range_holder: str
    state: str
    rio: str
    holder_kind: str
    holder_name: str
    iccid: str
    imsi: str
    contract: Contract
    ended_at: datetime | None
    sim_since: datetime | None = None
    contact: Contact = Contact()

    def as_json(self) -> dict[str, Any]:
        """The line as the routes show it."""
        return {
            "msisdn": self.msisdn,
            "operator": self.operator,
            "range_holder": self.range_holder,
            "state": self.state,
            "rio": self.rio,
            "holder": {"kind": self.holder_kind, "name": self.holder_name},
            "iccid": self.iccid,
            "imsi": self.imsi,
            "sim_since": _iso_or_none(self.sim_since),
            "contract": vars(self.contract),
            "contact": self.contact.as_json(),
            "ended_at": _iso_or_none(self.ended_at),
        }


def read(row: Mapping[str, Any]) -> Subscriber:
    """A line from its row with what was stored beside it."""
    holder = range_holder(row["msisdn"])
    assert holder is not None
    return Subscriber(
        id=row["id"],
        msisdn=row["msisdn"],
        operator=row["operator"],
        range_holder=holder,
        state=row["state"],
        rio=row["rio"],
        holder_kind=row["holder_kind"],
        holder_name=row["holder_name"],
        iccid=row["iccid"],
        imsi=row["imsi"],
        contract=Contract(
            id=row["contract_id"],
            signed_on=row["signed_on"],
            commitment_months=row["commitment_months"],
            monthly_price=row["monthly_price"],
            handset_subsidy=bool(row["handset_subsidy"]),
            amended_on=row["amended_on"],
        ),
        ended_at=_instant_or_none(row["ended_at"]),
        sim_since=_instant_or_none(row["sim_since"]),
        contact=_contact(row),
    )


def _contact(row: Mapping[str, Any]) -> Contact:
    # Without a row of its own it is what the holder gave when the contract was signed.
    if row["language"] is None:
        return Contact(email=f"client.{row['contract_id'].lower()}@mail.example")
    return Contact(row["email"], row["phone"], row["language"], _instant_or_none(row["changed_at"]))


def _iso_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else iso(instant)


def _instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else parse_iso(text)
