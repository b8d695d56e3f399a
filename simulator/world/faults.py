"""Faults that a test or a person sets on a party: what goes wrong, with which call, how often."""

import random
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from simulator.store import Store
from simulator.world.operators import OPERATORS

SCHEMA = """
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT, party TEXT NOT NULL, kind TEXT NOT NULL, call TEXT, rate REAL NOT NULL,
    delay_s REAL, count INTEGER
);
"""
Kind = Literal[
    "latency",
    "500",
    "502",
    "503",
    "429",
    "hang",
    "reset",
    "malformed",
    "huge_body",
    "reply_lost",
    "duplicate",
    "out_of_order",
    "outage",
]
KINDS: tuple[str, ...] = get_args(Kind)
STREAM_KINDS = frozenset({"duplicate", "out_of_order"})
"""Kinds that at the clearing house act on its event stream and not on its requests."""
PARTIES = ("clearing_house", "hlr", "smdp", "care", "logistics", "equipment", "notifications", *OPERATORS)
_DEFAULT_DELAY_S = {"latency": 1.0, "hang": 3600.0, "out_of_order": 1.0}


@dataclass(frozen=True)
class Fault:
    """One fault.

    `count` says how many more times it strikes, None without end; `call` None means every call of the party.
    """

    id: int
    party: str
    kind: str
    call: str | None
    rate: float
    delay_s: float | None
    count: int | None

    @property
    def delay(self) -> float:
        """Real seconds: the ones given, else the kind's own."""
        return self.delay_s if self.delay_s is not None else _DEFAULT_DELAY_S.get(self.kind, 0.0)

    def as_json(self) -> dict[str, Any]:
        """The fault as the routes show it."""
        return {name: value for name, value in asdict(self).items() if name != "id"}


class Faults:
    """Kept in memory for speed and in the store to survive a restart.

    Which calls are struck depends on the world's seed alone.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._routes: list[tuple[str, re.Pattern[str], str, str]] = []
        self._named: dict[str, set[str]] = {}
        self._listeners: list[Callable[[], None]] = []
        store.declare(SCHEMA)
        self._load()
        store.on_reset(self._load)

    def _load(self) -> None:
        seed = self._store.execute("SELECT seed FROM world").fetchone()["seed"]
        self._random = random.Random(seed)
        self._faults = [Fault(**dict(row)) for row in self._store.execute("SELECT * FROM faults ORDER BY id")]
        self._changed()

    def put(
        self,
        party: str,
        kind: str,
        *,
        call: str | None = None,
        rate: float = 1.0,
        delay_s: float | None = None,
        count: int | None = None,
    ) -> Fault:
        """Set a fault; one of the same party, kind and call is replaced, others stay."""
        with self._store.transaction():
            self._store.execute("DELETE FROM faults WHERE party = ? AND kind = ? AND call IS ?", (party, kind, call))
            cursor = self._store.execute(
                "INSERT INTO faults (party, kind, call, rate, delay_s, count) VALUES (?, ?, ?, ?, ?, ?)",
                (party, kind, call, rate, delay_s, count),
            )
        assert cursor.lastrowid is not None
        fault = Fault(cursor.lastrowid, party, kind, call, rate, delay_s, count)
        self._faults = [f for f in self._faults if (f.party, f.kind, f.call) != (party, kind, call)] + [fault]
        self._changed()
        return fault

    def clear(self) -> None:
        """No more faults."""
        self._store.execute("DELETE FROM faults")
        self._faults = []
        self._changed()

    def items(self) -> list[Fault]:
        """All that are set, oldest first."""
        return list(self._faults)

    @property
    def any(self) -> bool:
        """Whether anything is set at all."""
        return bool(self._faults)

    def concern(self, party: str) -> bool:
        """Whether anything is set on the party."""
        return any(fault.party == party for fault in self._faults)

    def outage(self, party: str) -> bool:
        """Whether the party as a whole is out."""
        return any(f.party == party and f.kind == "outage" and f.call is None and f.rate == 1 for f in self._faults)

    def take(self, party: str, call: str, *, kinds: Container[str] = KINDS) -> Fault | None:
        """The first fault that strikes this call, counted down; None when the call goes well."""
        for fault in self._faults:
            if (
                fault.party == party
                and fault.call in (None, call)
                and fault.kind in kinds
                and self._random.random() < fault.rate
            ):
                self._count_down(fault)
                return fault
        return None

    def register_call(self, method: str, path_regex: str, party: str, call: str) -> None:
        """Name an HTTP call. `path_regex` must match the whole path; `party` may be `{group}`, a named group of it."""
        self._routes.append((method, re.compile(path_regex), party, call))

    def call_of(self, method: str, path: str) -> tuple[str, str] | None:
        """Party and call of a request; None for the admin's."""
        for known_method, pattern, party, call in self._routes:
            if known_method == method and (match := pattern.fullmatch(path)):
                return party.format(**match.groupdict()), call
        return None

    def name_calls(self, party: str, calls: Iterable[str]) -> None:
        """Name calls that do not come over HTTP."""
        self._named.setdefault(party, set()).update(calls)

    def calls_of(self, party: str) -> list[str]:
        """The calls of a party that a fault can be aimed at."""
        of_operators = {"{operator}"} if party in OPERATORS else set()
        routed = {call for _, _, of, call in self._routes if of == party or of in of_operators}
        return sorted(routed | self._named.get(party, set()))

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call back whenever faults were set, cleared or used up."""
        self._listeners.append(listener)

    def _count_down(self, fault: Fault) -> None:
        if fault.count is None:
            return
        left = fault.count - 1
        self._faults = [
            Fault(**{**asdict(f), "count": left}) if f is fault else f
            for f in self._faults
            if f is not fault or left > 0
        ]
        if left > 0:
            self._store.execute("UPDATE faults SET count = ? WHERE id = ?", (left, fault.id))
        else:
            self._store.execute("DELETE FROM faults WHERE id = ?", (fault.id,))
            self._changed()

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()
