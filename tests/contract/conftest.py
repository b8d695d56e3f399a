"""One simulator for all contract tests: they leave each other's numbers alone and clear the faults that they set."""

from collections.abc import Iterator

import pytest

from tests.support.simulator_process import SimulatorProcess


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """The running service: `base_url`, `hlr_port` (ALIZE's, the others behind it), `state_dir`."""
    service = SimulatorProcess(state_dir=tmp_path_factory.mktemp("simulator"))
    service.start()
    yield service
    service.end()
