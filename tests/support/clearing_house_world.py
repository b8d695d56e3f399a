"""A small world with a clearing house and a clock that tests move, and the messages that operators write to it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from simulator.clearing_house.envelope import Message, read
from simulator.clearing_house.local_time import to_wire
from simulator.clearing_house.mailboxes import Delivery
from simulator.clearing_house.registry import Registry
from simulator.clearing_house.service import ClearingHouse
from simulator.numbers import national
from simulator.store import Store
from simulator.world.build import build_world
from simulator.world.effects import Effects
from simulator.world.numbers import Numbers
from simulator.world.operators import OPERATORS

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
TUESDAY_8_00 = datetime(2026, 11, 24, 7, tzinfo=UTC)


class SetClock:
    """Legal time stands still until a test moves it."""

    pace = 1.0

    def __init__(self, now: datetime) -> None:
        self.now = now

    def legal_now(self) -> datetime:
        return self.now

    def real_now(self) -> datetime:
        return self.now

    def read(self) -> tuple[datetime, datetime]:
        return self.now, self.now

    def seconds_until(self, legal: datetime) -> float:
        return (legal - self.now).total_seconds()


@dataclass
class Town:
    """Everything that a message can touch."""

    store: Store
    clock: SetClock
    effects: Effects
    numbers: Numbers
    house: ClearingHouse
    registry: Registry

    def send(self, sender: str, message: Message, key: str | None = None) -> str:
        return self.house.submit(OPERATORS[sender], message, key)

    def inbox(self, operator: str) -> list[Delivery]:
        return self.house.mailboxes.after(operator, -1, (), False, 1000)

    def types(self, operator: str) -> list[str]:
        return [delivery.type for delivery in self.inbox(operator)]

    def last_error(self, operator: str) -> str:
        """The code of the newest message, which must be an error."""
        message = json.loads(self.inbox(operator)[-1].data)["message"]["body"]["errorfound"]
        return str(message["repeats"][0]["seq"]["errorcode"])

    def status(self, dossierid: str) -> str:
        dossier = self.house.dossiers.find(dossierid, self.clock.now)
        assert dossier is not None
        return dossier.status.value

    def number_of(self, operator: str, index: int = 0) -> str:
        """National digits of a plain active line."""
        row = self.store.execute(
            "SELECT msisdn FROM subscribers WHERE operator = ? ORDER BY id LIMIT 1 OFFSET ?", (operator, index)
        ).fetchone()
        return national(row["msisdn"])

    def serving(self, number: str) -> str:
        return str(self.registry.number(number, self.clock.now)["operator"])


def open_town(folder: Path) -> Town:
    """The town in that folder: a new one of 600 lines, or the one that an earlier service left."""
    file = folder / "world.sqlite"
    if not file.exists():
        build_world(file, seed=1, subscribers=600, pace=1)
    store = Store(file)
    clock = SetClock(MONDAY)
    effects = Effects(store, clock)  # type: ignore[arg-type]
    numbers = Numbers(store)
    house = ClearingHouse(store, clock, effects, numbers, OPERATORS)  # type: ignore[arg-type]
    return Town(store, clock, effects, numbers, house, Registry(store, numbers, house))


def message(kind: str, sender: str, receiver: str, **fields: object) -> Message:
    """A message as it comes from the wire; `sender` and `receiver` are operator codes, CRDB or ALLO."""
    header = {"sender": _pair(sender), "receiver": _pair(receiver), "timestamp": to_wire(MONDAY)}
    return read(kind, json.dumps({"message": {"header": header, "body": {kind: fields}}}).encode())


def series(*numbers: str, **fields: object) -> list[dict[str, object]]:
    return [{"seq": {"numberseries": {"start": number, "end": number}, **fields}} for number in numbers]


def request(
    dossierid: str, recipient: str, donor: str, *numbers: str, rio: str | None = "C1P000000AAA", note: str | None = None
) -> Message:
    named, asking = _pair(donor), _pair(recipient)
    return message(
        "portingrequest",
        recipient,
        donor,
        dossierid=dossierid,
        recipientnetworkoperator=asking["networkoperator"],
        recipientserviceprovider=asking["serviceprovider"],
        donornetworkoperator=named["networkoperator"],
        donorserviceprovider=named["serviceprovider"],
        customerinfo={"customerid": rio} if rio else None,
        note=note,
        repeats=series(*numbers),
    )


def acceptance(
    dossierid: str, donor: str, recipient: str, *numbers: str, first: datetime | None = TUESDAY_8_00
) -> Message:
    repeats = series(*numbers, firstpossibledate=to_wire(first) if first else None)
    return message("portingrequestanswer", donor, recipient, dossierid=dossierid, blocking="N", repeats=repeats)


def refusal(dossierid: str, donor: str, recipient: str, *numbers: str, code: str = "13") -> Message:
    repeats = series(*numbers, blockingcode=code)
    return message("portingrequestanswer", donor, recipient, dossierid=dossierid, blocking="Y", repeats=repeats)


def performed(
    dossierid: str, recipient: str, donor: str, *numbers: str, at: datetime = TUESDAY_8_00, back: bool = False
) -> Message:
    return message(
        "portingperformed",
        recipient,
        "CRDB",
        dossierid=dossierid,
        recipientnetworkoperator=_pair(recipient)["networkoperator"],
        donornetworkoperator=_pair(donor)["networkoperator"],
        actualdatetime=to_wire(at),
        repeats=series(*numbers, backporting="Y" if back else None),
    )


def cancel(dossierid: str, recipient: str, donor: str) -> Message:
    return message("cancel", recipient, donor, dossierid=dossierid)


def deactivation(dossierid: str, operator: str, number: str, original: str | None = None) -> Message:
    return message(
        "deactivation",
        operator,
        "ALLO",
        dossierid=dossierid,
        currentnetworkoperator=_pair(operator)["networkoperator"],
        originalnetworkoperator=original,
        repeats=series(number),
    )


def _pair(code: str) -> dict[str, str | None]:
    operator = OPERATORS.get(code)
    if operator is None:
        return {"networkoperator": code, "serviceprovider": None}
    return {"networkoperator": operator.network_operator, "serviceprovider": operator.service_provider}
