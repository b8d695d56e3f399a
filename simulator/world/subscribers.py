"""The lines of every operator as its customer care knows them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from simulator.numbers import national
from simulator.store import Store
from simulator.world import identifiers
from simulator.world.clock import ZONE, LegalClock, iso
from simulator.world.effects import Effects
from simulator.world.operators import OPERATORS
from simulator.world.subscriber import ACTIVE, ENDED, Contact, Contract, Subscriber, read
from simulator.world.subscriber_table import ALL_IDS, INDEXES, LINES, SCHEMA, SCHEMA_BESIDE, by_contract, ids_of

_LOCAL_ZONE = ZoneInfo(ZONE)
_NEW_CONTRACT = {"commitment_months": 0, "monthly_price": "19.99", "handset_subsidy": 0}


class Subscribers:
    """Look-ups cost the same in a world of ten thousand lines and of millions."""

    def __init__(self, store: Store, clock: LegalClock, effects: Effects) -> None:
        self._store = store
        self._clock = clock
        self._effects = effects
        store.declare(SCHEMA + SCHEMA_BESIDE + INDEXES)

    def get(self, msisdn: str, operator: str) -> Subscriber | None:
        """The operator's latest contract for the number, ended ones included."""
        row = self._store.execute(
            f"{LINES} WHERE msisdn = ? AND operator = ? ORDER BY id DESC LIMIT 1", (msisdn, operator)
        ).fetchone()
        return read(row) if row else None

    def contract(self, contract_id: str) -> Subscriber | None:
        """The line of a contract, ended or not."""
        condition, params = by_contract(contract_id)
        row = self._store.execute(f"{LINES} WHERE {condition}", params).fetchone()
        return read(row) if row else None

    def open_anywhere(self, msisdn: str) -> Subscriber | None:
        """The contract for the number that has not ended, of whichever operator."""
        row = self._store.execute(
            f"{LINES} WHERE msisdn = ? AND state <> ? ORDER BY id LIMIT 1", (msisdn, ENDED)
        ).fetchone()
        return read(row) if row else None

    def known_anywhere(self, msisdn: str) -> bool:
        """Whether any operator has, or had, a contract for the number."""
        return self._store.execute("SELECT 1 FROM subscribers WHERE msisdn = ?", (msisdn,)).fetchone() is not None

    def page(
        self, *, operator: str | None, state: str | None, limit: int, after: int, descending: bool = False
    ) -> list[Subscriber]:
        """Lines in list order after the id `after` (0: from the beginning), of one operator or of all in turn."""
        span = ids_of(operator) if operator is not None else ALL_IDS
        low, high = span[0], span[-1]
        if after and descending:
            high = min(high, after - 1)
        elif after:
            low = max(low, after + 1)
        params: list[Any] = [low, high]
        conditions = "id BETWEEN ? AND ?"
        if state is not None:
            conditions += " AND state = ?"
            params.append(state)
        order = "DESC" if descending else "ASC"
        rows = self._store.execute(f"{LINES} WHERE {conditions} ORDER BY id {order} LIMIT ?", (*params, limit))
        return [read(row) for row in rows]

    def new_contract_id(self, operator: str) -> str:
        """A contract id of the operator that was never given before."""
        return f"{operator}-N{self._next_serial(operator):09d}"

    def add(
        self,
        msisdn: str,
        operator: str,
        *,
        holder_kind: str,
        holder_name: str,
        iccid: str,
        imsi: str,
        contract_id: str | None = None,
        key: str | None = None,
        detail: Mapping[str, Any] = MappingProxyType({}),
    ) -> Subscriber:
        """Make an active contract with a new RIO, signed today, and record `contract_activated` at care.

        Inside the caller's transaction.

        A contract that the same operator still has for the number is replaced by it. `detail` is added to the
        effect's.
        """
        previous = self.get(msisdn, operator)
        if previous is not None and previous.state != ENDED:
            self.end(msisdn, operator, "replaced", key=key)
        last = self._store.execute(
            "SELECT max(id) FROM subscribers WHERE id BETWEEN ? AND ?", (ids_of(operator)[0], ids_of(operator)[-1])
        ).fetchone()[0]
        identity = ids_of(operator)[0] if last is None else last + 1
        reference = identifiers.reference_text(identifiers.reference_number(identity - ids_of(operator)[0]))
        contract_id = contract_id or self.new_contract_id(operator)
        row = {
            "id": identity,
            "msisdn": msisdn,
            "operator": operator,
            "state": ACTIVE,
            "rio": identifiers.rio(
                OPERATORS[operator].rio_code,
                business=holder_kind == "business",
                reference=reference,
                national=national(msisdn),
            ),
            "holder_kind": holder_kind,
            "holder_name": holder_name,
            "iccid": iccid,
            "imsi": imsi,
            "contract_id": contract_id,
            "signed_on": self._clock.legal_now().astimezone(_LOCAL_ZONE).date().isoformat(),
            **_NEW_CONTRACT,
        }
        self._store.execute(
            f"INSERT INTO subscribers ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )
        self._note_sim(contract_id, self._clock.legal_now())
        about = {"operator": operator, "contract_id": contract_id, "iccid": iccid, "imsi": imsi, **detail}
        self._effects.record("care", "contract_activated", key=key, msisdn=msisdn, detail=about)
        added = self.get(msisdn, operator)
        assert added is not None
        return added

    def end(
        self,
        msisdn: str,
        operator: str,
        reason: str,
        *,
        at: datetime | None = None,
        key: str | None = None,
        detail: Mapping[str, Any] = MappingProxyType({}),
    ) -> bool:
        """End the operator's contract for the number and record `contract_ended`; False when none was open.

        It ends now, or `at` a legal instant. `detail` is added to the effect's.
        """
        line = self.get(msisdn, operator)
        if line is None or line.state == ENDED:
            return False
        self._store.execute(
            "UPDATE subscribers SET state = ?, ended_at = ? WHERE id = ?",
            (ENDED, iso(at or self._clock.legal_now()), line.id),
        )
        about = {"operator": operator, "contract_id": line.contract.id, "reason": reason, **detail}
        self._effects.record("care", "contract_ended", key=key, msisdn=msisdn, detail=about)
        return True

    def change_sim(self, line: Subscriber, *, iccid: str, imsi: str, since: datetime) -> None:
        """The line has this SIM since a legal instant."""
        self._store.execute("UPDATE subscribers SET iccid = ?, imsi = ? WHERE id = ?", (iccid, imsi, line.id))
        self._note_sim(line.contract.id, since)

    def set_contact(self, line: Subscriber, contact: Contact) -> None:
        """How the holder is reached from now on."""
        changed_at = None if contact.changed_at is None else iso(contact.changed_at)
        self._store.execute(
            "INSERT OR REPLACE INTO line_contacts (contract_id, email, phone, language, changed_at) "
            "VALUES (?, ?, ?, ?, ?)",
            (line.contract.id, contact.email, contact.phone, contact.language, changed_at),
        )

    def set_terms(self, line: Subscriber, contract: Contract) -> None:
        """Other terms of the same contract."""
        terms = (contract.signed_on, contract.commitment_months, contract.monthly_price, contract.handset_subsidy)
        self._store.execute(
            "UPDATE subscribers SET signed_on = ?, commitment_months = ?, monthly_price = ?, handset_subsidy = ? "
            "WHERE id = ?",
            (*terms, line.id),
        )
        self._store.execute(
            "INSERT OR REPLACE INTO line_amendments (contract_id, amended_on) VALUES (?, ?)",
            (contract.id, contract.amended_on),
        )

    def _note_sim(self, contract_id: str, since: datetime) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO line_sims (contract_id, sim_since) VALUES (?, ?)", (contract_id, iso(since))
        )

    def _next_serial(self, operator: str) -> int:
        row = self._store.execute(
            "INSERT INTO contract_serials (operator, last) VALUES (?, 1) "
            "ON CONFLICT (operator) DO UPDATE SET last = last + 1 RETURNING last",
            (operator,),
        ).fetchone()
        return int(row["last"])
