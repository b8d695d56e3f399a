"""The countries that there are, by name, and the operator's own figures in their rules."""

from pathlib import Path
from typing import Literal, TypeVar

from domain.model import Model
from rules.france.config import RulesConfig
from rules.france.contract_end_config import ContractEndConfig
from rules.france.port_out_config import PortOutConfig
from rules.france.regime import FrenchRegime
from rules.france.sim_config import SimRulesConfig
from rules.regime import Regime

T = TypeVar("T", bound=Model)


class Figures(Model):
    """Where the operator's own figures stand: JSON of those that are not the default ones; None: all are."""

    sims: Path | None = None
    leaving: Path | None = None
    port_out: Path | None = None
    after_silence: Literal["hold", "cancel"] = "hold"  # what a donor's last silence leads to


def french(figures: Figures) -> Regime:
    """France."""
    return FrenchRegime(
        RulesConfig(after_silence=figures.after_silence),
        _read(SimRulesConfig, figures.sims),
        _read(ContractEndConfig, figures.leaving),
        _read(PortOutConfig, figures.port_out),
    )


REGIMES = {"fr": french}
"""By the value of RELAIS_REGIME."""


def _read(figures: type[T], file: Path | None) -> T:
    return figures.model_validate_json(file.read_bytes()) if file else figures()
