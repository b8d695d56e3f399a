"""What other operators do reaches home: routing follows, strays end aside, and all of it at once."""

import statistics

import pytest

from tests.support.living_relais import HOME, LivingRelais
from tests.support.neighbour import neighbour

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(90)]

PATIENCE_S = 20
MESSAGES = 20
LONGEST_DELAY_S = 1.0


async def test_a_port_between_others_and_its_end_change_our_routing_and_are_acknowledged(relais: LivingRelais):
    line = await relais.line()
    async with neighbour(relais) as fjord:
        ported = await fjord.take_over(line)
        await fjord.acknowledged_by(ported, HOME, within_s=PATIENCE_S)
        assert (await relais.number(line.msisdn))["routing"][HOME] == "FJORD"
        ended = await fjord.give_up(line)
        await fjord.acknowledged_by(ended, HOME, within_s=PATIENCE_S)
        assert (await relais.number(line.msisdn))["routing"][HOME] == "CIRUS"


async def test_a_message_that_belongs_to_nothing_ends_aside_and_holds_nobody_up(relais: LivingRelais):
    line = await relais.line()
    async with neighbour(relais, HOME) as stranger, neighbour(relais) as fjord:
        dossier = await stranger.cancel_nothing()
        ported = await fjord.take_over(line)
        await fjord.acknowledged_by(ported, HOME, within_s=PATIENCE_S)
    aside = (await relais.api.get("/v1/messages/aside", params={"limit": 500})).json()["items"]
    stray = [message for message in aside if message["dossier_id"] == dossier]
    assert [(message["type"], message["reason"]) for message in stray] == [
        ("errorfound", "belongs to no order of ours")
    ]


async def test_messages_of_an_idle_clearing_house_are_acted_on_within_a_second(relais: LivingRelais):
    since = (await relais.effects())[-1].n
    lines = await relais.lines(MESSAGES, "DUNE")
    async with neighbour(relais) as fjord:
        for line in lines:
            ported = await fjord.take_over(line)
            await fjord.acknowledged_by(ported, HOME, within_s=PATIENCE_S)
    numbers = {line.msisdn for line in lines}
    log = [effect for effect in await relais.effects(since) if effect.msisdn in numbers]
    sent = {effect.msisdn: effect.real_at for effect in log if effect.effect == "porting_performed"}
    acted = {
        effect.msisdn: effect.real_at for effect in log if effect.effect == "routing_changed" and effect.party == HOME
    }
    delays = sorted((acted[number] - at).total_seconds() for number, at in sent.items())
    p95 = statistics.quantiles(delays, n=20)[-1]
    print(f"delivery: median {statistics.median(delays):.3f} s, p95 {p95:.3f} s over {len(delays)} messages")
    assert len(delays) == MESSAGES
    assert p95 < LONGEST_DELAY_S
