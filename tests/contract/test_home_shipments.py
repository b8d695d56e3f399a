"""A card by post, running by itself in legal time."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.callback_receiver import CallbackReceiver
from tests.support.home import Home
from tests.support.simulator_process import SimulatorProcess

PACE = 500_000
"""Legal seconds in a real one: two days take a third of a second."""
PATIENCE_S = 20.0
POLL_S = 0.02
NUMBER = "+33639980001"


@pytest.fixture
def fast(tmp_path: Path) -> Iterator[SimulatorProcess]:
    service = SimulatorProcess(state_dir=tmp_path / "state", pace=PACE)
    service.start()
    yield service
    service.end()


@pytest.fixture
def receiver() -> Iterator[CallbackReceiver]:
    receiver = CallbackReceiver()
    yield receiver
    receiver.close()


def send(home: Home) -> str:
    reference = home.new_reference()
    home.write("/logistics/sims", {"reference": reference, "form": "physical", "msisdn": NUMBER})
    home.write("/logistics/shipments", {"reference": reference, "msisdn": NUMBER})
    return reference


def arrived(home: Home, reference: str, state: str) -> dict[str, str]:
    """The shipment, once it is in a state."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        seen = dict(home.get(f"{home.path}/logistics/shipments/{reference}").json())
        if seen["state"] == state:
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(POLL_S)


def test_a_card_arrives_and_is_told_of_though_the_service_was_killed(fast, receiver):
    home = Home(fast.base_url, fast.hlr_port)
    home.write("/callbacks/logistics", {"address": receiver.address, "secret": "s" * 32}, method="PUT")
    reference = send(home)
    fast.end(signal.SIGKILL)
    fast.start()
    seen = arrived(home, reference, "inserted")
    receiver.wait_for(1, reference=reference, state="inserted")
    # A kill may come between an answer and the note of it: the same event is then told again.
    once = list({one["event_id"]: one for one in receiver.about(reference=reference)}.values())
    assert [one["state"] for one in once] == ["shipped", "delivered", "inserted"]
    assert (once[1]["at"], once[2]["at"]) == (seen["expected_at"], seen["at"])
    assert receiver.told[0].path.endswith("/shipments")
    home.write(f"/logistics/sims/{reference}/release", {})
    last = home.get("/admin/effects", limit=1000).json()["items"][-1]
    assert (last["effect"], last["detail"]["voided"]) == ("sim_released", True)
    home.close()
