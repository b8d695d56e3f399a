"""The API is stopped: what other operators ask of us goes on without it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.living_relais import HOME, LivingRelais
from tests.support.neighbour import neighbour

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90)]

PATIENCE_S = 20


@pytest_asyncio.fixture(loop_scope="session")
async def without_api(relais: LivingRelais) -> AsyncIterator[LivingRelais]:
    """The stack without its API, until the test starts it again."""
    relais.stack.supervisor.auto_restart = False
    await relais.stack.stop("api")
    yield relais
    relais.stack.supervisor.auto_restart = True
    await relais.stack.start("api")


async def test_a_number_that_another_operator_asks_for_is_answered_and_leaves_while_the_api_is_away(
    without_api: LivingRelais,
):
    relais = without_api
    line = await relais.line(HOME)
    async with neighbour(relais) as fjord:
        dossier = await fjord.take_over(line)
        await fjord.acknowledged_by(dossier, HOME, within_s=PATIENCE_S)
    await relais.stack.start("api")
    wanted = {"msisdn": line.msisdn, "kind": "port_out"}
    (order,) = (await relais.api.get("/v1/orders", params=wanted)).json()["items"]
    assert await relais.states([order["order_id"]]) == ["completed"]
    assert (await relais.number(line.msisdn))["hlr"] == []
