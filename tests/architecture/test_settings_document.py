"""docs/settings.md names every setting that the code reads, and no other."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from runtime.settings import Settings
from simulator.settings import Settings as SimulatorSettings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
NAME = re.compile(r"RELAIS_[A-Z]+(?:_[A-Z]+)*(?![A-Z_*])")
ROW = re.compile(r"^\| `(RELAIS_[A-Z_]+)` \| (.*?) \|", re.MULTILINE)

FIELDS = {
    f"RELAIS_{name.upper()}": field
    for settings in (Settings, SimulatorSettings)
    for name, field in settings.model_fields.items()
}


def named_in_code() -> set[str]:
    """Every setting that a program's own text names: fields of the settings, and what is read beside them."""
    files = [file for file in ROOT.rglob("*.py") if not {".venv", "tests", "build"} & set(file.relative_to(ROOT).parts)]
    return {name for file in files for name in NAME.findall(file.read_text(encoding="utf-8"))}


def test_the_page_has_a_row_for_every_setting_and_for_nothing_else():
    rows = [name for name, _ in ROW.findall(PAGE)]
    assert sorted(rows) == sorted(set(rows))
    assert set(rows) == FIELDS.keys() | named_in_code()


@pytest.mark.parametrize("settings", [Settings, SimulatorSettings])
def test_a_default_that_the_page_shows_is_the_one_that_the_code_has(settings: type[BaseSettings]):
    shown = dict(ROW.findall(PAGE))
    plain = {
        f"RELAIS_{name.upper()}": f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
        for name, field in settings.model_fields.items()
        if field.default is not None
    }
    assert {name: shown[name] for name in plain} == {name: f"`{default}`" for name, default in plain.items()}
