"""Settings that cannot work are told before anything starts, in a sentence that names the setting."""

import pytest

from stack import program


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("RELAIS_API_PORT", "99999"),
        ("RELAIS_API_PORT", "0"),
        ("RELAIS_UI_PORT", "-1"),
        ("RELAIS_HLR_PORT", "abc"),
        ("RELAIS_HOME", "NOPE"),
        ("RELAIS_TEMPORAL_SYNCHRONOUS", "off"),
    ],
)
def test_a_setting_that_cannot_work_is_named_and_nothing_starts(setting, value, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RELAIS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv(setting, value)
    assert program.run() == program.WRONG_USAGE
    assert capsys.readouterr().out.startswith(f"{setting}: ")
    assert not (tmp_path / "state").exists()


def test_a_state_folder_that_cannot_be_made_is_named(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RELAIS_STATE_DIR", str(tmp_path / "file" / "state"))
    assert program.run() == program.FAILED
    assert "RELAIS_STATE_DIR" in capsys.readouterr().out
