"""The simulator keeps what changes in objects that its composition root owns, never in its modules."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

import simulator

REGISTRIES = (WeakKeyDictionary, WeakValueDictionary, WeakSet)


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(simulator.__path__, "simulator."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def test_no_module_of_the_simulator_holds_a_registry():
    """A table that is written out stays as it is; a collection that begins empty is there to be filled."""
    held = [
        f"{module.__name__}.{name}"
        for module in modules()
        for name, value in vars(module).items()
        if not name.startswith("__")
        if isinstance(value, REGISTRIES) or (isinstance(value, dict | list | set) and not value)
    ]
    assert held == []
