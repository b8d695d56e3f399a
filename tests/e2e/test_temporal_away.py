"""Temporal is killed: orders are accepted all the same, and run when it is back."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.invariants import breaches
from tests.support.living_relais import LivingRelais

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(150)]


@pytest_asyncio.fixture(loop_scope="session")
async def without_temporal(relais: LivingRelais) -> AsyncIterator[LivingRelais]:
    """The stack after a kill -9 of its Temporal, which stays down until it is started."""
    relais.stack.supervisor.auto_restart = False
    await relais.stack.kill("temporal")
    yield relais
    relais.stack.supervisor.auto_restart = True
    await relais.stack.start("temporal")
    await relais.stack.start("worker")


async def test_an_order_accepted_while_temporal_is_dead_says_so_and_completes_once_it_is_back(
    without_temporal: LivingRelais,
):
    relais = without_temporal
    order_id = await relais.port_in(await relais.line())
    order = await relais.order(order_id)
    assert order["state"] == "acknowledged"
    refused = await relais.ask(order_id, "cancel")
    assert refused.status_code == 503
    assert refused.json()["code"] in ("temporal_unavailable", "order_not_answering")
    await relais.stack.start("temporal")
    assert await relais.states([order_id]) == ["completed"]
    assert await breaches(relais, [order_id]) == []
