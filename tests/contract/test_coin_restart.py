"""A clearing house that is killed and comes back, seen through the official client."""

from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import httpx
import pytest

from tests.support.coin import PATIENCE_SECONDS, CoinOperator
from tests.support.simulator_process import SimulatorProcess


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a proxy nor credentials of the machine come between client and loopback."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("NETRC", "/dev/null")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SimulatorProcess]:
    service = SimulatorProcess(state_dir=tmp_path)
    service.start()
    yield service
    service.end()


def lines(service: SimulatorProcess, operator: str) -> list[dict[str, str]]:
    with httpx.Client(base_url=service.base_url, trust_env=False, timeout=PATIENCE_SECONDS) as admin:
        found = admin.get("/admin/subscribers", params={"operator": operator, "limit": 10}).json()["items"]
    return [{"number": "0" + one["msisdn"][3:], "rio": one["rio"]} for one in found]


@pytest.fixture
def fjord(service: SimulatorProcess) -> Iterator[CoinOperator]:
    operator = CoinOperator(service.base_url, service.state_dir)
    operator.listen()
    yield operator
    operator.close()


def test_a_port_goes_on_after_the_clearing_house_was_killed(service: SimulatorProcess, fjord: CoinOperator):
    line, other = lines(service, "CIRUS")[:2]
    dossier = fjord.new_dossier()
    fjord.sender.send_message(fjord.request(dossier, "CIRUS", line["number"], line["rio"]))
    answer = fjord.expect("portingrequestanswer", dossier)

    service.end(SIGKILL)
    service.start()

    # The dossier, the key material and the stream are all as they were; the client has connected again by itself.
    first = answer.body.repeats[0].seq.firstpossibledate
    fjord.sender.send_message(fjord.performed(dossier, "CIRUS", line["number"], first))
    fjord.sender.send_message(fjord.cancel(dossier, "CIRUS"))
    refused = fjord.expect("errorfound", dossier)
    assert refused.body.repeats[0].seq.errorcode == "ALREADY_PERFORMED"
    assert int(refused.id) > int(answer.id)
    second = fjord.new_dossier()
    fjord.sender.send_message(fjord.request(second, "CIRUS", other["number"], other["rio"]))
    assert int(fjord.expect("portingrequestanswer", second).id) > int(refused.id)
