"""What `python -m api` says when it cannot start."""

import socket
from pathlib import Path

import pytest

from api.__main__ import main


def test_a_busy_port_is_an_error_that_names_the_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("RELAIS_API_PORT", str(taken.getsockname()[1]))
        monkeypatch.setenv("RELAIS_STATE_DIR", str(tmp_path))
        assert main() == 1
    assert "RELAIS_API_PORT" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
