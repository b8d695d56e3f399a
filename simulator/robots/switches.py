"""Which robots are switched on."""

from collections.abc import Mapping

from simulator.store import Store
from simulator.world.operators import Operator


class Switches:
    """On or off per operator, on at first. An operator that only outside clients act for has no robot."""

    def __init__(self, store: Store, operators: Mapping[str, Operator]) -> None:
        self._store = store
        self._codes = tuple(code for code, operator in operators.items() if not operator.follows_reference)
        self._load()
        store.on_reset(self._load)

    def _load(self) -> None:
        rows = self._store.execute("SELECT operator, enabled FROM robot_switch")
        known = {row["operator"]: bool(row["enabled"]) for row in rows}
        self._enabled = {code: known.get(code, True) for code in self._codes}

    @property
    def codes(self) -> tuple[str, ...]:
        """The operators that have a desk."""
        return self._codes

    def is_on(self, code: str) -> bool:
        """Whether the robot works. KeyError for an operator without one."""
        return self._enabled[code]

    def switched_on(self) -> list[str]:
        """The operators whose robot is on."""
        return [code for code, enabled in self._enabled.items() if enabled]

    def turn(self, code: str, enabled: bool) -> None:
        """Switch a robot on or off. KeyError for an operator without one."""
        self.is_on(code)
        self._store.execute("INSERT OR REPLACE INTO robot_switch (operator, enabled) VALUES (?, ?)", (code, enabled))
        self._enabled[code] = enabled
