"""Our deadline: a silence of ours is no yes and no no, whoever is away."""

from datetime import timedelta

import pytest

from tests.support.order_story import paris, to_the_minute
from tests.support.out_story import OutStory

SYSTEMS_AWAY = "0009"


@pytest.fixture
def slow(out: OutStory) -> OutStory:
    """Parties that are away are asked again every few hours, so that days of it cost few calls."""
    out.world.retry_after = timedelta(hours=3)
    return out


async def test_systems_that_are_away_for_days_make_the_answer_announced_late_and_given_once_they_are_back(
    slow: OutStory,
) -> None:
    slow.world.take_down("care_line", until=paris(9, 12))
    await slow.start()
    await slow.line("it is tried again")
    await slow.pass_until(paris(5, 13, 59))
    assert "our answer is due soon" not in slow.world.lines
    await slow.pass_until(paris(5, 14, 1))
    await slow.line("answer announced for 2026-06-08")
    assert slow.world.dossier.announced == [(paris(8, 18), SYSTEMS_AWAY)]
    assert slow.world.status.needs_attention
    assert not slow.world.status.late
    await slow.pass_until(paris(8, 18, 1))
    assert "our answer is late" in slow.world.lines
    assert (slow.world.status.late, slow.world.dossier.blocked) == (True, [])
    await slow.pass_until(paris(9, 16))
    status = await slow.stage("agreed")
    assert (status.late, status.needs_attention) == (True, False)
    assert slow.world.dossier.blocked == [None]
    assert [kind for kind, _ in slow.world.dossier.sent] == ["pradelayed", "answer"]


async def test_an_order_that_waits_for_our_systems_says_so_and_leaves_nobody_anything_to_decide(slow: OutStory) -> None:
    slow.world.take_down("care_line", until=paris(4, 12))
    await slow.start()
    await slow.pass_until(paris(3, 16))
    assert (await slow.waiting()).party == "care and HLR"
    status = await slow.status()
    assert (status.state, status.needs_attention) == ("pending", True)
    assert "Nothing to send" in status.attention
    assert "nothing to resolve" in await slow.refused(slow.resolve("give_up"))
    await slow.pass_until(paris(4, 16))
    await slow.stage("agreed")


async def test_a_recipient_that_cancels_while_our_systems_are_away_is_heard(slow: OutStory) -> None:
    slow.world.take_down("care_line", until=paris(5, 12))
    await slow.start()
    await slow.line("it is tried again")
    await slow.stuck()
    await slow.withdrawn()
    assert await slow.ends() == "cancelled"
    assert slow.world.dossier.blocked == []


async def test_a_clearing_house_that_is_away_at_the_answer_gets_it_once_it_is_back(slow: OutStory) -> None:
    slow.world.take_down("hub_answer", until=paris(4, 12))
    await slow.start()
    await slow.pass_until(paris(3, 16))
    assert (await slow.waiting()).party == "clearing house"
    await slow.pass_until(paris(4, 16))
    await slow.stage("agreed")
    assert slow.world.dossier.sent == [("answer", "BOREA-1001:answer:1")]
    assert slow.world.calls["hub_answer"] > 3


async def test_a_reply_to_our_answer_that_is_lost_makes_no_second_answer(out: OutStory) -> None:
    out.world.lose_reply("hub_answer")
    await out.agreed()
    assert out.world.dossier.sent == [("answer", "BOREA-1001:answer:1")]


async def test_an_announcement_that_cannot_be_sent_keeps_nobody_from_deciding(slow: OutStory) -> None:
    slow.world.take_down("hub_delay", until=paris(4, 12))
    slow.world.note_of_line(locked_since=paris(2))
    await slow.start()
    await slow.stage("held")
    await slow.until(lambda: slow.world.calls["hub_delay"] > 0, "a try to announce")
    await slow.stuck()
    await slow.release()
    await slow.stage("agreed")
    assert [kind for kind, _ in slow.world.dossier.sent] == ["answer"]


async def test_an_announcement_waits_for_the_clearing_house_and_then_leaves_once(slow: OutStory) -> None:
    slow.world.take_down("hub_delay", until=paris(4, 12))
    slow.world.lose_reply("hub_delay")
    slow.world.note_of_line(locked_since=paris(2))
    await slow.start()
    await slow.pass_until(paris(4, 18))
    await slow.line("answer announced for 2026-06-08")
    assert slow.world.dossier.sent == [("pradelayed", "po-1:delay:1")]


async def test_a_plain_answer_warns_nobody(out: OutStory) -> None:
    await out.agreed()
    await out.pass_until(paris(10))
    assert not out.world.needing_a_person
    assert out.world.dossier.announced == []
    assert to_the_minute(out.world.at["answered"]) == paris(3)


async def test_nothing_is_late_while_the_legal_clock_is_out_of_reach(slow: OutStory) -> None:
    slow.world.note_of_line(locked_since=paris(2))
    await slow.held()
    slow.world.clock.reachable, slow.world.clock.retry_after = False, timedelta(hours=6)
    await slow.pass_until(paris(9, 12))
    assert not slow.world.status.late
    slow.world.clock.reachable = True
    await slow.pass_time(hours=7)
    assert slow.world.status.late
