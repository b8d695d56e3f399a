"""A stack beside another: on the Temporal server of its neighbour, in a namespace of its own."""

from stack.stack import Stack
from tests.support.stacks import own_settings


async def test_a_guest_makes_its_namespace_there_and_its_killed_worker_comes_back(tmp_path):
    async with Stack(own_settings(tmp_path / "host"), components=["temporal"]) as host:
        elsewhere = {"TEMPORAL_ADDRESS": host.temporal_address, "TEMPORAL_NAMESPACE": "second", "RELAIS_PACE": "20000"}
        async with Stack(own_settings(tmp_path / "guest"), env=elsewhere) as guest:
            assert guest.wanted == ("simulator", "api", "worker")
            before = guest.pid("worker")
            await guest.kill("worker")
            await guest.wait_ready("worker")
            assert guest.pid("worker") not in {None, before}
            assert guest.supervisor.restarts("worker") == 1
            assert guest.api_key
        assert [guest.pid(name) for name in guest.wanted] == [None, None, None]
