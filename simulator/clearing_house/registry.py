"""The registry: who serves a number, and how a dossier stands. Instants are legal time, UTC."""

from datetime import datetime
from typing import Any

from simulator.clearing_house.service import ClearingHouse
from simulator.clearing_house.vocabulary import MessageType
from simulator.clearing_house.wire_refusals import bad_parameter, forbidden
from simulator.numbers import national, parse
from simulator.store import Store
from simulator.world.numbers import Numbers
from simulator.world.operators import Operator

_OPTIONAL = ("errorcode", "description", "blockingcode", "about")


class Registry:
    """Reads only. Answers are plain JSON values."""

    def __init__(self, store: Store, numbers: Numbers, clearing_house: ClearingHouse) -> None:
        self._store = store
        self._numbers = numbers
        self._clearing_house = clearing_house

    def number(self, text: str, now: datetime) -> dict[str, Any]:
        """Who serves a number, given as national digits or E.164, and whether a dossier is open on it.

        Raises WireRefusal (404, code 1010).
        """
        try:
            msisdn = parse(text)
        except ValueError:
            raise bad_parameter("not a number of any range", 404) from None
        reference = self._numbers.reference(msisdn)
        if reference is None:
            raise bad_parameter("not a number of any range", 404)
        serving = self._clearing_house.operators[reference.operator]
        answer = {
            "number": national(msisdn),
            "operator": serving.code,
            "range_holder": reference.range_holder,
            "networkoperator": serving.network_operator,
            "serviceprovider": serving.service_provider,
            "open_dossier": self._clearing_house.dossiers.open_on(msisdn, now) is not None,
        }
        moved = self._clearing_house.dossiers.last_move(msisdn)
        return answer | ({"changed_at": moved[1]} if moved else {})

    def dossier(self, dossierid: str, asker: Operator, now: datetime) -> dict[str, Any]:
        """How a dossier stands, for its recipient and its donor; raises WireRefusal (404, or 403 for all others)."""
        dossier = self._clearing_house.dossiers.find(dossierid, now)
        if dossier is None:
            raise bad_parameter("no dossier has this id", 404)
        parties = (dossier.recipient, dossier.donor)
        if asker.code not in parties:
            raise forbidden("only recipient and donor may see a dossier")
        dates = {
            "firstpossibledate": dossier.firstpossibledate,
            "actualdatetime": dossier.actualdatetime,
            "agreed_at": dossier.agreed_at,
            "performed_at": dossier.performed_at,
        }
        numbers = [national(number.msisdn) for number in dossier.numbers]
        return {
            "dossierid": dossierid,
            "status": dossier.status.value,
            "recipient": dossier.recipient,
            "donor": dossier.donor,
            "number": numbers[0],
            "numbers": numbers,
            **{name: value for name, value in dates.items() if value is not None},
            "messages": self._messages(dossierid, parties),
            "acknowledgements": self._acknowledgements(dossierid),
        }

    def _messages(self, dossierid: str, parties: tuple[str, str]) -> list[dict[str, Any]]:
        # An error that went to a stranger who used this id is none of the parties' business.
        rows = self._store.execute(
            "SELECT * FROM clearing_message WHERE dossierid = ? AND (sender IN (?, ?) OR receiver IN (?, ?))"
            " ORDER BY id",
            (dossierid, *parties, *parties),
        )
        return [_message(dict(row)) for row in rows]

    def _acknowledgements(self, dossierid: str) -> list[dict[str, Any]]:
        rows = self._store.execute(
            "SELECT d.operator, coalesce(d.acknowledged_at, d.confirmed_at) AS at FROM clearing_delivery d"
            " JOIN clearing_message m ON m.id = d.message_id WHERE m.dossierid = ? AND m.type IN (?, ?)"
            " ORDER BY d.operator",
            (dossierid, MessageType.PORTING_PERFORMED.value, MessageType.DEACTIVATION.value),
        )
        return [
            {
                "operator": row["operator"],
                "consumer": self._clearing_house.operators[row["operator"]].consumer,
                "at": row["at"],
            }
            for row in rows
        ]


def _message(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "transactionid", "type", "at", "sender", "receiver")}
    return shown | {name: row[name] for name in _OPTIONAL if row[name] is not None}
