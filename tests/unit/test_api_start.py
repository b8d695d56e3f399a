"""What `python -m api` says when it cannot start, and what it does without what is not there yet."""

import socket
from pathlib import Path

import pytest

from api.__main__ import main
from api.number_registry import LazyNumberRegistry
from parties.clearing_house.signature import CredentialsUnusable
from parties.errors import PartyUnavailable
from tests.support.api_kit import MSISDN, FakeRegistry


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


async def test_a_registry_without_credentials_is_away_until_they_are_there():
    there: list[FakeRegistry] = []

    def make() -> FakeRegistry:
        if not there:
            raise CredentialsUnusable("no key")
        return there[0]

    registry = LazyNumberRegistry(make)
    for question in (registry.number(MSISDN), registry.dossier("ALIZE-1")):
        with pytest.raises(PartyUnavailable):
            await question
    there.append(FakeRegistry())
    assert (await registry.number(MSISDN)) is not None
    assert (await registry.dossier("ALIZE-1")) is None
