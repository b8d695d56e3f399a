"""Cards: out of stock, refused, sent, lost, returned, not heard of, not used."""

from datetime import datetime

import pytest

from activities.logistics import ReservedSim, Shipped
from domain.refusals import RefusalCode, refusal
from domain.sims import ShipmentStage
from tests.support.fake_sims import nth_sim
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris, to_the_minute
from tests.support.sim_story import SimStory
from tests.support.sim_world import OLD_SIM


def no_sim(code: str, restock_at: datetime | None = None) -> ReservedSim:
    return ReservedSim(
        refusal=refusal(RefusalCode.TECHNICAL, "logistics", raw_code=code, raw_text="not this one"),
        restock_at=restock_at,
    )


@pytest.mark.parametrize("form", ["physical", "esim"])
async def test_an_empty_stock_parks_the_order_until_it_is_filled(sim: SimStory, form: str) -> None:
    sim.world.next_call("logistics_reserve_sim", no_sim("stock_empty", paris(5, 9)))
    await sim.start("upgrade", form)
    await sim.line("in stock")
    await sim.quiet()
    shown = await sim.status()
    assert (shown.stage, shown.state, shown.needs_attention) == ("ordering", "pending", False)
    waits = await sim.waiting()
    assert (waits.party, waits.until) == ("logistics", paris(5, 9))
    assert [message.fields for message in sim.world.recorder.messages if "stock_empty" in message.kind] == [
        {"day": "2026-06-05"}
    ] * 2
    await sim.pass_until(paris(5, 8, 59))
    assert sim.world.calls["logistics_reserve_sim"] == 1
    await sim.pass_until(paris(5, 9, 1))
    await sim.stage("on_the_way")
    first, second = sim.world.requests["logistics_reserve_sim"]
    assert first.key != second.key
    assert first.reference == second.reference


async def test_a_stock_that_nobody_says_will_be_filled_is_asked_again_ever_more_rarely(sim: SimStory) -> None:
    sim.world.next_call("logistics_reserve_sim", no_sim("stock_empty"), no_sim("stock_empty", paris(2)))
    await sim.start()
    await sim.line("in stock")
    await sim.quiet()
    assert (await sim.waiting()).until is None
    await sim.pass_time(minutes=11)
    await sim.until(lambda: sim.world.calls["logistics_reserve_sim"] == 2)
    await sim.pass_time(minutes=21)
    await sim.stage("on_the_way")
    assert sim.world.calls["logistics_reserve_sim"] == 3
    assert "stock_empty" not in sim.world.told


@pytest.mark.parametrize("code", ["sim_used", "unknown_sim"])
async def test_a_card_of_the_shop_that_cannot_be_used_is_rejected(sim: SimStory, code: str) -> None:
    before = sim.world.snapshot()
    sim.world.next_call("logistics_reserve_sim", no_sim(code))
    await sim.start("damaged", "physical", iccid="8933990000000000777")
    assert await sim.ends() == "rejected"
    assert sim.world.status.refusal is not None
    assert sim.world.status.refusal.raw_code == code
    assert sim.world.done == []
    assert sim.world.snapshot() == before


@pytest.mark.parametrize(("action", "end"), [("retry", "completed"), ("give_up", "failed")])
async def test_what_logistics_refuses_is_for_a_person_to_decide(sim: SimStory, action: str, end: str) -> None:
    before = sim.world.snapshot()
    no = refusal(RefusalCode.TECHNICAL, "logistics", raw_text="no address")
    sim.world.next_call("logistics_reserve_sim", no_sim("closed"))
    sim.world.next_call("logistics_ship", Shipped(refusal=no))
    await sim.start("upgrade", "physical")
    assert "no SIM card: not this one" in (await sim.stage("held")).attention
    await sim.resolve("retry")
    await sim.line("held for a person: logistics refused the shipment: no address")
    await sim.quiet()
    await sim.resolve(action)
    if end == "completed":
        await sim.stage("on_the_way")
        first, second = sim.world.requests["logistics_ship"]
        assert first.key != second.key
        await sim.post("inserted")
    assert await sim.ends() == end
    assert end == "completed" or sim.world.snapshot() == before


async def test_a_card_that_the_customer_says_is_in_his_hand_takes_the_number(sim: SimStory) -> None:
    sim.world.take_down("logistics_ship")
    await sim.start("upgrade", "physical")
    await sim.until(lambda: "sim_reserved" in sim.world.done)
    assert await sim.refused(sim.activate()) == "no card is on its way"
    sim.world.bring_back("logistics_ship")
    await sim.pass_time(minutes=6)
    await sim.stage("on_the_way")
    assert (await sim.activate()).message == "recorded: the number moves to the new card"
    assert await sim.ends() == "completed"
    assert sim.world.at["moved"] < paris(3, 11)


async def test_an_esim_is_not_activated_by_hand(sim: SimStory) -> None:
    await sim.waits()
    assert "by the phone that fetches it" in await sim.refused(sim.activate())


@pytest.mark.parametrize("stage", ["lost", "returned"])
@pytest.mark.parametrize("reason", ["lost", "upgrade"])
async def test_a_card_that_the_post_loses_is_void_and_another_one_is_sent(
    sim: SimStory, stage: str, reason: str
) -> None:
    await sim.waits(reason, "physical")
    await sim.post(stage)
    await sim.until(lambda: sim.world.done.count("card_sent") == 2)
    await sim.stage("on_the_way")
    assert list(sim.world.sims.reserved) == ["sr-1:2"]
    assert sim.world.hlr == {OLD_SIM.imsi: NUMBER}
    assert {"lost_in_post_1", "ordered_2"} <= set(sim.world.told)
    await sim.post("inserted", attempt=1)
    await sim.quiet()
    assert "moved" not in sim.world.done
    await sim.post("inserted", attempt=2)
    assert await sim.ends() == "completed"
    assert sim.world.hlr == {nth_sim(2).imsi: NUMBER}


async def test_nobody_activates_a_card_that_is_void(sim: SimStory) -> None:
    sim.world.take_down("logistics_release_sim", until=paris(3, 11))
    await sim.waits("upgrade", "physical")
    await sim.post("lost")
    await sim.until(lambda: sim.world.calls["logistics_release_sim"] > 0)
    assert "void, another one is sent" in await sim.refused(sim.activate())
    await sim.pass_until(paris(3, 11, 10))
    await sim.until(lambda: sim.world.done.count("card_sent") == 2)
    await sim.stage("on_the_way")
    assert "moved" not in sim.world.done


@pytest.mark.parametrize(("action", "end"), [("retry", "completed"), ("give_up", "failed")])
async def test_after_three_lost_cards_a_person_decides(sim: SimStory, action: str, end: str) -> None:
    before = sim.world.snapshot()
    await sim.waits("upgrade", "physical")
    for attempt in (1, 2, 3):
        await sim.until(lambda n=attempt: sim.world.done.count("card_sent") == n)  # type: ignore[misc]
        await sim.post("lost", attempt=attempt)
    assert "3 cards were lost" in (await sim.stage("held")).attention
    assert "lost_in_post_2" in sim.world.told
    assert "lost_in_post_3" not in sim.world.told  # it says that another card is on its way
    await sim.resolve(action)
    if action == "retry":
        await sim.until(lambda: sim.world.done.count("card_sent") == 4)
        await sim.post("inserted", attempt=4)
    assert await sim.ends() == end
    assert end == "completed" or sim.world.snapshot() == before


async def test_a_card_of_which_nothing_is_heard_is_asked_for_when_due_and_then_daily(sim: SimStory) -> None:
    await sim.waits("stolen", "physical")
    await sim.pass_until(paris(4, 11, 59))
    assert sim.world.calls["logistics_look_at_shipment"] == 0
    await sim.pass_until(paris(5, 11))
    assert sim.world.calls["logistics_look_at_shipment"] == 1
    assert sim.world.done[-1] == "card_sent"
    sim.world.sims.shipments["sr-1"] = (ShipmentStage.DELIVERED, paris(4, 15))
    assert await sim.ends() == "completed"
    assert to_the_minute(sim.world.at["moved"]) == paris(5, 12)


async def test_a_card_that_is_lost_in_silence_is_found_out_and_replaced(sim: SimStory) -> None:
    await sim.waits("upgrade", "physical")
    sim.world.sims.shipments["sr-1"] = (ShipmentStage.LOST, paris(4))
    await sim.pass_until(paris(4, 12, 1))
    await sim.until(lambda: sim.world.done.count("card_sent") == 2)


async def test_a_delivered_card_that_nobody_uses_is_reminded_of_and_looked_for(sim: SimStory) -> None:
    await sim.waits("damaged", "physical")
    await sim.post("delivered")
    await sim.line("the card is delivered")
    await sim.quiet()
    waits = await sim.waiting()
    assert (waits.what, to_the_minute(waits.until)) == ("putting the new card in", paris(6, 10))
    sim.world.sims.shipments["sr-1"] = (ShipmentStage.DELIVERED, paris(3, 10, 1))
    await sim.pass_until(paris(6, 10, 1))
    await sim.line("the customer is reminded")
    assert sim.world.told.count("remind_card") == 2
    sim.world.sims.shipments["sr-1"] = (ShipmentStage.INSERTED, paris(7))
    assert await sim.ends() == "completed"
    assert to_the_minute(sim.world.at["moved"]) == paris(9, 10)


async def test_a_card_that_comes_back_after_its_delivery_is_replaced(sim: SimStory) -> None:
    await sim.waits("damaged", "physical")
    await sim.post("delivered")
    await sim.line("the card is delivered")
    await sim.post("returned")
    await sim.until(lambda: sim.world.done.count("card_sent") == 2)
    assert "moved" not in sim.world.done


async def test_what_the_post_tells_twice_late_or_disordered_changes_nothing(sim: SimStory) -> None:
    await sim.waits("damaged", "physical")
    await sim.pass_until(paris(4, 9))
    await sim.post("delivered", at=paris(4, 9))
    await sim.post("shipped", at=paris(3, 18))
    await sim.line("the card is delivered")
    await sim.post("lost", at=paris(4, 8))
    await sim.post("delivered", at=paris(4, 9))
    await sim.quiet()
    assert sim.world.lines.count("the card is delivered") == 1
    await sim.post("inserted", at=paris(4, 10))
    await sim.post("delivered", at=paris(4, 11))
    assert await sim.ends() == "completed"
    assert sim.world.done.count("moved") == 1


async def test_both_pieces_of_news_in_one_moment_are_taken_in_the_order_in_which_they_happened(sim: SimStory) -> None:
    async def both() -> None:
        await sim.post("delivered", at=paris(4, 9))
        await sim.post("shipped", at=paris(3, 18))

    sim.world.after_effect("logistics_ship", both)
    await sim.start("lost", "physical")
    assert await sim.ends() == "completed"
    assert sim.world.at["moved"] < paris(3, 11)
