"""Where an engine finds the HLR of the operator that it works for, and that operator's figures."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory import DEFAULT_DIRECTORY
from rules.france.contract_end_config import DEFAULT_CONTRACT_END
from rules.france.port_out_config import DEFAULT_PORT_OUT
from rules.france.regime import FrenchRegime
from rules.france.sim_config import DEFAULT_SIM_RULES
from runtime.engine import UnknownRegime, regime_of
from runtime.parties import home_hlr_port
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


def french(**settings: Any) -> FrenchRegime:
    regime = regime_of(Settings(**settings))
    assert isinstance(regime, FrenchRegime)
    return regime


def test_what_a_donors_last_silence_leads_to_is_the_operators_choice():
    choices = [french().port_in_figures.after_silence, french(donor_silence="cancel").port_in_figures.after_silence]
    assert choices == ["hold", "cancel"]


def test_a_country_that_there_is_not_is_an_error_that_names_the_setting():
    with pytest.raises(UnknownRegime, match="RELAIS_REGIME is 'xx'; there is: fr"):
        regime_of(Settings(regime="xx"))


def test_figures_of_sim_replacement_are_the_default_ones_but_for_those_of_the_operators_file(tmp_path: Path):
    file = tmp_path / "sims.json"
    file.write_text('{"fee_physical": "12.50", "unlock_delay": "PT48H", "barred_list": ["+33639980001"]}', "utf-8")
    rules = french(sim_rules_file=file).sim_figures
    assert (rules.fee_physical, rules.unlock_delay) == (Decimal("12.50"), timedelta(hours=48))
    assert rules.code_tries == DEFAULT_SIM_RULES.code_tries
    assert french().sim_figures == DEFAULT_SIM_RULES


def test_figures_of_leaving_are_the_default_ones_but_for_those_of_the_operators_file(tmp_path: Path):
    file = tmp_path / "leaving.json"
    file.write_text('{"quarantine_days": 60}', "utf-8")
    rules = french(leaving_rules_file=file).leaving_figures
    assert (rules.quarantine_days, rules.notice_days) == (60, DEFAULT_CONTRACT_END.notice_days)
    assert french().leaving_figures == DEFAULT_CONTRACT_END


def test_figures_of_ports_out_are_the_default_ones_but_for_those_of_the_operators_file(tmp_path: Path):
    file = tmp_path / "port-out.json"
    file.write_text('{"slot_hours": [10], "warn_before": "PT1H"}', "utf-8")
    rules = french(port_out_rules_file=file).port_out_figures
    assert (rules.slot_hours, rules.warn_before) == ((10,), timedelta(hours=1))
    assert rules.capacity_per_day == DEFAULT_PORT_OUT.capacity_per_day
    assert french().port_out_figures == DEFAULT_PORT_OUT


def test_a_file_with_a_figure_that_cannot_be_is_an_error_that_repeats_no_value(tmp_path: Path):
    file = tmp_path / "sims.json"
    file.write_text('{"code_tries": 0, "barred_list": 7}', "utf-8")
    with pytest.raises(ValidationError) as caught:
        french(sim_rules_file=file)
    assert "input_value" not in str(caught.value)
