"""Dossiers as they are kept: one porting (or one deactivation) of one or more numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.clearing_house.vocabulary import AGREEMENT_DAYS, OPEN, Status
from simulator.store import Store
from simulator.world.clock import iso, parse_iso


@dataclass(frozen=True)
class DossierNumber:
    """One number of a dossier and what the donor answered for it."""

    msisdn: str
    blockingcode: str | None
    firstpossibledate: str | None


@dataclass(frozen=True)
class Dossier:
    """A dossier at one legal instant. For a deactivation the donor gives the number up, the recipient gets it back."""

    dossierid: str
    status: Status
    recipient: str
    donor: str
    agreed_at: str | None
    performed_at: str | None
    firstpossibledate: str | None
    actualdatetime: str | None
    numbers: tuple[DossierNumber, ...]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def agreed_numbers(self) -> tuple[DossierNumber, ...]:
        """The numbers that the donor lets go: all of them, less those that its answer names with a block code."""
        return tuple(number for number in self.numbers if number.blockingcode is None)


class Dossiers:
    """The dossiers in the store. Writes run inside the caller's transaction; instants are legal time, UTC."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, dossierid: str, recipient: str, donor: str, msisdns: list[str], at: datetime) -> None:
        """Begin a dossier in the state *requested*."""
        self._store.execute(
            "INSERT INTO clearing_dossier (dossierid, status, recipient, donor, requested_at) VALUES (?, ?, ?, ?, ?)",
            (dossierid, Status.REQUESTED.value, recipient, donor, iso(at)),
        )
        self._store.executemany(
            "INSERT INTO clearing_dossier_number (dossierid, position, msisdn) VALUES (?, ?, ?)",
            [(dossierid, position, msisdn) for position, msisdn in enumerate(msisdns)],
        )

    def find(self, dossierid: str, now: datetime) -> Dossier | None:
        """The dossier as it stands at `now`: an agreement older than 90 legal days has expired."""
        row = self._store.execute(
            "SELECT status, recipient, donor, agreed_at, performed_at, firstpossibledate, actualdatetime"
            " FROM clearing_dossier WHERE dossierid = ?",
            (dossierid,),
        ).fetchone()
        if row is None:
            return None
        status, recipient, donor, agreed_at, performed_at, first, actual = row
        numbers = self._store.execute(
            "SELECT msisdn, blockingcode, firstpossibledate FROM clearing_dossier_number WHERE dossierid = ?"
            " ORDER BY position",
            (dossierid,),
        )
        standing = _standing(Status(status), agreed_at, now)
        parts = tuple(DossierNumber(*number) for number in numbers)
        return Dossier(dossierid, standing, recipient, donor, agreed_at, performed_at, first, actual, parts)

    def open_on(self, msisdn: str, now: datetime) -> str | None:
        """The dossier that holds this number now, if any. A number that its donor refused is not held."""
        rows = self._store.execute(
            "SELECT d.dossierid, d.status, d.agreed_at FROM clearing_dossier_number n JOIN clearing_dossier d"
            " ON d.dossierid = n.dossierid WHERE n.msisdn = ? AND n.blockingcode IS NULL",
            (msisdn,),
        )
        for dossierid, status, agreed_at in rows:
            if _standing(Status(status), agreed_at, now) in OPEN:
                return str(dossierid)
        return None

    def last_move(self, msisdn: str) -> tuple[str, str] | None:
        """The dossier that changed last who serves the number, and when; None: no dossier ever did."""
        row = self._store.execute(
            "SELECT d.dossierid, d.performed_at FROM clearing_dossier_number n JOIN clearing_dossier d"
            " ON d.dossierid = n.dossierid"
            " WHERE n.msisdn = ? AND n.blockingcode IS NULL AND d.performed_at IS NOT NULL"
            " ORDER BY d.performed_at DESC LIMIT 1",
            (msisdn,),
        ).fetchone()
        return None if row is None else (row["dossierid"], row["performed_at"])

    def set_status(self, dossierid: str, status: Status) -> None:
        self._store.execute("UPDATE clearing_dossier SET status = ? WHERE dossierid = ?", (status.value, dossierid))

    def answer(self, dossierid: str, status: Status, answers: list[DossierNumber], at: datetime) -> None:
        """Store the donor's answer: a block code or first possible date per number, the latest date for the dossier."""
        dates = [answer.firstpossibledate for answer in answers if answer.firstpossibledate is not None]
        agreed_at = iso(at) if status is Status.AGREED else None
        self._store.execute(
            "UPDATE clearing_dossier SET status = ?, agreed_at = ?, firstpossibledate = ? WHERE dossierid = ?",
            (status.value, agreed_at, max(dates, default=None), dossierid),
        )
        self._store.executemany(
            "UPDATE clearing_dossier_number SET blockingcode = ?, firstpossibledate = ?"
            " WHERE dossierid = ? AND msisdn = ?",
            [(answer.blockingcode, answer.firstpossibledate, dossierid, answer.msisdn) for answer in answers],
        )

    def perform(self, dossierid: str, actual: datetime | None, at: datetime) -> None:
        """Close the dossier as *performed*."""
        self._store.execute(
            "UPDATE clearing_dossier SET status = ?, performed_at = ?, actualdatetime = ? WHERE dossierid = ?",
            (Status.PERFORMED.value, iso(at), iso(actual) if actual else None, dossierid),
        )


def _standing(status: Status, agreed_at: str | None, now: datetime) -> Status:
    if status is not Status.AGREED or agreed_at is None:
        return status
    return Status.EXPIRED if now - parse_iso(agreed_at) > timedelta(days=AGREEMENT_DAYS) else status
