"""A SIM replacement that goes well: each reason and form, what is done in which order, and who is told."""

from datetime import UTC, datetime

import pytest

from domain.lines import LineChange
from domain.sims import SimCard
from tests.support.fake_sims import FIRST_SIM
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris, to_the_minute
from tests.support.sim_story import SimStory
from tests.support.sim_world import OLD_SIM

WRONG_HANDS = ["lost", "stolen", "fraud"]
IN_HAND = ["damaged", "upgrade"]
PROFILE = ["sim_reserved", "profile_ordered"]
CARD = ["sim_reserved", "card_sent"]
MOVED = ["notice_sent", "moved", "care_told"]


def in_story_order(done: list[str]) -> list[str]:
    """The effects, the old SIM's end last: it goes on beside customer care and billing."""
    return sorted(done, key=lambda effect: effect == "sim_retired")


@pytest.mark.parametrize("reason", [*WRONG_HANDS, *IN_HAND])
async def test_an_esim_takes_the_number_once_a_phone_has_it(sim: SimStory, reason: str) -> None:
    barred = reason in WRONG_HANDS
    await sim.waits(reason)
    assert (await sim.waiting()).party == "customer's phone"
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    assert sim.world.barred == ({OLD_SIM.imsi} if barred else set())
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
    assert in_story_order(sim.world.done) == [*(["barred"] if barred else []), *PROFILE, *MOVED, "sim_retired"]
    assert sim.world.hlr == {FIRST_SIM.imsi: NUMBER}
    assert sim.world.sims.retired == [OLD_SIM.iccid]
    assert sim.world.recorder.changes == [*([LineChange.BARRED] if barred else []), LineChange.SWAPPED]
    assert sim.world.recorder.released


@pytest.mark.parametrize("reason", [*WRONG_HANDS, *IN_HAND])
async def test_a_card_takes_the_number_when_it_is_in_use_or_delivered_where_the_old_sim_is_gone(
    sim: SimStory, reason: str
) -> None:
    barred = reason in WRONG_HANDS
    await sim.waits(reason, "physical")
    waits = await sim.waiting()
    assert (waits.party, to_the_minute(waits.until)) == ("post", paris(4, 12))
    await sim.pass_until(paris(4, 11))
    await sim.post("delivered")
    if not barred:
        await sim.line("the card is delivered")
        assert "moved" not in sim.world.done
        await sim.post("inserted")
    assert await sim.ends() == "completed"
    fee = [] if reason == "fraud" else ["fee_billed"]
    assert in_story_order(sim.world.done) == [*(["barred"] if barred else []), *CARD, *MOVED, *fee, "sim_retired"]
    assert sim.world.fees == ({} if reason == "fraud" else {"sr-1": "10.00"})
    assert sim.world.hlr == {FIRST_SIM.imsi: NUMBER}
    assert sim.world.status.outcome is not None
    assert sim.world.status.outcome["promise"]["kept"] is True


@pytest.mark.parametrize(
    ("reason", "email", "expected"),
    [
        ("lost", True, [("barred", "email"), ("notice", "email"), ("esim_ready", "email")]),
        ("lost", False, [("barred", "sms"), ("notice", "sms"), ("esim_ready", "sms")]),
        (
            "upgrade",
            True,
            [("notice", "email"), ("notice", "sms"), ("esim_ready", "email"), ("esim_ready", "sms")],
        ),
        ("upgrade", False, [("notice", "sms"), ("esim_ready", "sms")]),
    ],
)
async def test_the_old_channel_is_told_before_the_move_and_both_after_it(
    sim: SimStory, reason: str, email: bool, expected: list[tuple[str, str]]
) -> None:
    if not email:
        sim.world.know_contact(email=None)
    await sim.waits(reason)
    assert sim.world.told_by == expected
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
    both = [("completed", "email")] if email else []
    assert sim.world.told_by == [*expected, *both, ("completed", "sms")]


async def test_a_contact_phone_is_told_where_the_line_is_in_wrong_hands(sim: SimStory) -> None:
    sim.world.know_contact(phone="+33639980777")
    await sim.waits("stolen")
    assert {message.to for message in sim.world.recorder.messages} == {"camille@example.org", "+33639980777"}


async def test_a_card_handed_over_in_the_shop_takes_the_number_at_once(sim: SimStory) -> None:
    mine = "8933990000000000777"
    await sim.start("lost", "physical", iccid=mine)
    assert await sim.ends() == "completed"
    assert in_story_order(sim.world.done) == ["barred", "sim_reserved", *MOVED, "fee_billed", "sim_retired"]
    assert sim.world.line is not None
    assert SimCard(iccid=sim.world.line.iccid, imsi=sim.world.line.imsi) == SimCard(iccid=mine, imsi=FIRST_SIM.imsi)
    (reserved,) = sim.world.requests["logistics_reserve_sim"]
    assert (reserved.handed_over, reserved.iccid) == (True, mine)


async def test_a_damaged_card_under_warranty_costs_nothing_and_the_outcome_says_why(sim: SimStory) -> None:
    sim.world.know(sim_since=datetime(2026, 1, 2, tzinfo=UTC))
    await sim.waits("damaged", "physical")
    await sim.post("inserted")
    assert await sim.ends() == "completed"
    assert "fee_billed" not in sim.world.done
    assert sim.world.status.outcome is not None
    assert sim.world.status.outcome["fee"] == {"amount": "0.00", "why": "waived: the damaged SIM is under warranty"}


async def test_a_line_that_no_sim_carries_gets_one_and_nothing_is_barred_or_retired(sim: SimStory) -> None:
    sim.world.hlr = {}
    await sim.waits("lost")
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
    assert sim.world.done == [*PROFILE, *MOVED]
    assert any("nothing to bar" in line for line in sim.world.lines)


async def test_the_outcome_says_when_the_number_moved_what_it_cost_and_that_the_promise_was_kept(
    sim: SimStory,
) -> None:
    await sim.waits()
    await sim.pass_time(minutes=3)
    await sim.phone("enabled")
    assert await sim.ends() == "completed"
    outcome = sim.world.status.outcome
    assert outcome is not None
    assert outcome["form"] == "esim"
    assert outcome["swapped_at"].startswith("2026-06-03T08:03")
    assert outcome["fee"] == {"amount": "0.00", "why": "a new eSIM profile"}
    assert outcome["promise"]["kept"] is True
    assert sim.world.line is not None
    assert sim.world.line.sim_since is not None
    assert sim.world.recorder.facts.swapped_by == "sr-1"


async def test_the_timeline_tells_the_story(sim: SimStory) -> None:
    await sim.waits("lost")
    await sim.phone("enabled")
    await sim.ends()
    assert sim.world.lines == [
        "the old SIM is out of service",
        "planned by the rules",
        "notice to the old channel",
        "the profile waits for the customer's phone",
        "the number moves to the new SIM",
        "the number is on the new SIM: point of no return passed",
        "the number is on the new SIM, the old one is retired",
    ]
