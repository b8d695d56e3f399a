"""Where an engine finds the HLR of the operator that it works for."""

import pytest

from domain.directory import DEFAULT_DIRECTORY
from runtime.engine import home_hlr_port
from runtime.settings import Settings


@pytest.mark.parametrize(
    ("home", "port"),
    [("ALIZE", 4259), ("BOREA", 4260), ("CIRUS", 4261), ("DUNE", 4262), ("FJORD", 4263), ("EOLE", 4260)],
)
def test_in_a_simulated_world_each_engine_speaks_to_the_hlr_that_carries_its_own_lines(home, port):
    assert home_hlr_port(Settings(home=home, hlr_port=4259), DEFAULT_DIRECTORY) == port


def test_without_a_world_the_setting_is_the_home_hlr_itself():
    settings = Settings(home="BOREA", hlr_port=4259, simulator_url="", clock_url="")
    assert home_hlr_port(settings, DEFAULT_DIRECTORY) == 4259
