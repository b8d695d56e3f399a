"""What a person looks at first, what the rules refuse, and what came in the way of the move meanwhile."""

from datetime import timedelta

import pytest

from tests.support.fake_world import NUMBER
from tests.support.order_story import paris
from tests.support.sim_story import SimStory
from tests.support.sim_world import OLD_SIM

YESTERDAY = paris(2)


def odd(sim: SimStory) -> None:
    """The holder's contact was changed yesterday."""
    sim.world.know_contact(changed_at=YESTERDAY)


@pytest.mark.parametrize("reason", ["lost", "upgrade"])
@pytest.mark.parametrize("by_resolve", [False, True])
async def test_what_is_odd_is_done_once_a_person_releases_it(sim: SimStory, reason: str, by_resolve: bool) -> None:
    odd(sim)
    await sim.start(reason)
    held = await sim.stage("held")
    assert "review: the contact was changed less than 7 days ago" in held.attention
    assert "`release` or `refuse`" in held.attention
    assert sim.world.done == (["barred"] if reason == "lost" else [])
    await (sim.resolve("release") if by_resolve else sim.release())
    shown = await sim.stage("on_the_way")
    assert not shown.needs_attention
    assert shown.refusal is None
    await sim.phone("enabled")
    assert await sim.ends() == "completed"


@pytest.mark.parametrize("reason", ["stolen", "damaged"])
async def test_what_a_person_refuses_is_rejected_in_his_name_and_the_barring_stays(sim: SimStory, reason: str) -> None:
    odd(sim)
    await sim.start(reason)
    await sim.stage("held")
    await sim.refuse()
    assert await sim.ends() == "rejected"
    last = sim.world.recorder.timeline[-1]
    assert (last.by, last.reason) == ("desk", "the holder knows nothing")
    assert sim.world.status.refusal is not None
    assert sim.world.status.refusal.code == "fraud_suspected"
    assert sim.world.barred == ({OLD_SIM.imsi} if reason == "stolen" else set())
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    assert ("the old SIM stays barred" in last.what) == (reason == "stolen")
    message = sim.world.recorder.messages[-1]
    assert message.fields["barred"] == ("yes" if reason == "stolen" else "no")
    assert "notice" not in sim.world.told


async def test_nothing_is_released_or_refused_where_nobody_asks(sim: SimStory) -> None:
    await sim.waits()
    for update in (sim.release(), sim.refuse(), sim.resolve("retry")):
        assert await sim.refused(update) == "nothing to resolve: the order is pending, on the way"


@pytest.mark.parametrize(
    ("arranged", "why"),
    [
        ({"line": {"sim_since": YESTERDAY}}, "the line's SIM was changed less than 3 days ago"),
        ({"facts": {"swapped_at": YESTERDAY}}, "the line's SIM was changed less than 3 days ago"),
        ({"facts": {"barred_since": YESTERDAY, "barred_by": "ls-9"}}, "the line was barred by another order"),
    ],
)
async def test_what_is_odd_is_said(sim: SimStory, arranged: dict[str, dict[str, object]], why: str) -> None:
    sim.world.know(**arranged.get("line", {}))
    sim.world.note_of_line(**arranged.get("facts", {}))
    await sim.start("upgrade")
    assert why in (await sim.stage("held")).attention


async def test_a_locked_line_is_rejected_and_its_holder_told(sim: SimStory) -> None:
    sim.world.note_of_line(locked_since=YESTERDAY)
    await sim.start("lost")
    assert await sim.ends() == "rejected"
    assert sim.world.status.refusal is not None
    assert sim.world.status.refusal.code == "number_locked"
    assert sim.world.done == ["barred"]
    assert sim.world.told_by == [("rejected", "email")]  # an SMS would reach the finder


async def test_a_line_that_is_not_ours_is_rejected(sim: SimStory) -> None:
    sim.world.line = None
    await sim.start()
    assert await sim.ends() == "rejected"
    assert sim.world.status.refusal is not None
    assert sim.world.status.refusal.code == "number_inactive"
    assert sim.world.done == []


@pytest.mark.parametrize("reason", ["lost", "upgrade"])
@pytest.mark.parametrize(("decision", "end"), [("release", "completed"), ("refuse", "rejected")])
async def test_a_lock_that_came_meanwhile_holds_the_number_where_it_is(
    sim: SimStory, reason: str, decision: str, end: str
) -> None:
    await sim.waits(reason)
    sim.world.note_of_line(locked_since=paris(3, 10) + timedelta(minutes=1))
    await sim.phone("enabled")
    held = await sim.stage("held")
    assert "the holder has locked the line since the order was accepted" in held.attention
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    await (sim.release() if decision == "release" else sim.refuse())
    assert await sim.ends() == end
    assert ("moved" in sim.world.done) == (end == "completed")
    if end == "rejected":
        assert sim.world.status.refusal is not None
        assert sim.world.status.refusal.code == "number_locked"
        assert sim.world.snapshot()["reserved"] == []


@pytest.mark.parametrize(("reason", "end"), [("upgrade", "held"), ("lost", "closed")])
async def test_another_orders_bar_holds_a_replacement_of_a_sim_that_is_in_its_holders_hands(
    sim: SimStory, reason: str, end: str
) -> None:
    await sim.waits(reason)
    sim.world.note_of_line(barred_since=paris(3, 10), barred_by="ls-9")
    await sim.phone("enabled")
    shown = await sim.stage(end)
    assert ("barred by another order" in shown.attention) == (end == "held")
