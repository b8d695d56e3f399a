"""After our yes: ninety days in which the recipient ports the number, cancels, or lets the agreement run out."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.lines import LineNewsKind
from domain.updates import CancelRequest
from tests.support.order_story import paris, to_the_minute
from tests.support.out_story import OutStory

SEPTEMBER = paris(2, month=9)
"""Ninety days later the clocks have changed."""


async def test_an_agreement_that_nobody_made_use_of_ends_after_ninety_days_to_the_minute(
    open_order: Callable[..., Awaitable[Any]],
) -> None:
    out: OutStory = await open_order(OutStory, SEPTEMBER)
    await out.agreed()
    end = out.world.at["answered"] + timedelta(days=90)
    assert to_the_minute(end) == paris(1, 9, month=12)
    looked = out.world.calls["registry_dossier"]
    await out.pass_until(end - timedelta(minutes=1))
    assert out.world.calls["registry_dossier"] == looked
    out.world.dossier.status = "expired"
    assert await out.ends() == "cancelled"
    assert to_the_minute(await out.ended_at()) == to_the_minute(end)
    assert set(out.world.told) == {"requested", "expired"}
    assert out.world.recorder.released
    assert out.world.effects_on_the_line == []


async def test_a_registry_that_still_shows_the_agreement_is_asked_again_every_hour(out: OutStory) -> None:
    await out.agreed()
    looked = out.world.calls["registry_dossier"]
    await out.pass_time(days=90, hours=2, minutes=5)
    assert (await out.status()).stage == "agreed"
    assert out.world.calls["registry_dossier"] == looked + 3
    out.world.dossier.status = "expired"
    assert await out.ends() == "cancelled"


async def test_a_port_that_nobody_told_us_of_is_found_in_the_registry_and_executed(out: OutStory) -> None:
    await out.agreed()
    await out.pass_until(paris(12))
    at = await out.is_performed()
    assert await out.ends() == "completed"
    assert out.world.bill.ended == {"K-9": at}
    assert out.world.hlr == {}


async def test_a_recipient_that_cancels_after_our_yes_leaves_everything_as_it_was(out: OutStory) -> None:
    before = out.world.snapshot()
    await out.agreed()
    await out.pass_until(paris(5))
    await out.withdrawn()
    assert await out.ends() == "cancelled"
    assert out.world.snapshot() == before
    assert out.world.effects_on_the_line == []
    assert (out.world.recorder.released, out.world.gone) == (True, [False])
    assert [kind for kind in out.world.told if kind != "requested"] == ["cancelled", "cancelled"]
    assert out.world.recorder.timeline[-1].by == "BOREA"


async def test_a_cancel_that_was_missed_is_found_in_the_registry(out: OutStory) -> None:
    await out.agreed()
    out.world.dossier.status = "cancelled"
    assert await out.ends() == "cancelled"
    assert set(out.world.told) == {"requested", "cancelled"}


async def test_a_cancel_before_anything_has_begun_asks_nobody_and_answers_nothing(out: OutStory) -> None:
    out.world.clock.reachable = False
    await out.start()
    await out.line("plan failed at legal clock")
    await out.withdrawn()
    out.world.clock.reachable = True
    assert await out.ends() == "cancelled"
    assert out.world.dossier.sent == []
    assert set(out.world.told) == {"cancelled"}
    assert out.world.effects_on_the_line == []


async def test_a_cancel_after_the_port_is_noted_and_undoes_nothing(out: OutStory) -> None:
    out.world.take_down("billing_end_contract", until=paris(3, 12))
    await out.agreed()
    await out.performed()
    await out.line("it is tried again")
    await out.hear("cancel", note="too late")
    assert await out.ends() == "completed"
    assert "cancel noted" in out.world.lines
    assert out.world.hlr == {}


async def test_only_the_recipient_cancels_a_port_neither_a_customer_nor_temporal_does(out: OutStory) -> None:
    await out.agreed()
    assert "only the recipient may cancel" in await out.refused(out.cancel())
    blank = out.update("cancel", CancelRequest())
    assert "freeze" in await out.refused(blank)
    await out.handle.cancel()
    await out.note("asked about it")
    assert (await out.status()).stage == "agreed"
    await out.performed()
    assert await out.ends() == "completed"


async def test_an_error_report_is_noted_for_people_and_stops_nothing(out: OutStory) -> None:
    await out.agreed()
    await out.hear("errorfound", error_code="X", error_text="what is this")
    await out.line("errorfound noted")
    assert (await out.status()).stage == "agreed"


# What becomes of the dossier while our answer is on its way.


@pytest.mark.parametrize(("status", "told"), [("cancelled", "cancelled"), ("expired", "expired")])
async def test_a_dossier_that_closes_while_our_yes_is_on_its_way_leaves_the_number_here(
    out: OutStory, status: str, told: str
) -> None:
    async def closed() -> None:
        out.world.dossier.status = status

    out.world.after_effect("hub_answer", closed)
    await out.start()
    await out.line("the number stays with us")
    assert to_the_minute(await out.world.clock.now()) == paris(3)
    assert await out.ends() == "cancelled"
    assert set(out.world.told) == {"requested", told}
    assert (out.world.effects_on_the_line, out.world.recorder.released) == ([], True)


async def test_a_port_that_is_performed_while_our_yes_is_on_its_way_is_executed_once(out: OutStory) -> None:
    async def performed() -> None:
        await out.performed()

    out.world.after_effect("hub_answer", performed)
    await out.start()
    assert await out.ends() == "completed"
    assert out.world.effects_on_the_line == ["line_down", "contract_ended", "invoice_asked", "sim_retired"]


async def test_a_recipient_that_cancels_while_numbers_of_its_dossier_wait_for_each_other_ends_them_all(
    out: OutStory,
) -> None:
    async with out.beside() as other:
        other.world.note_of_line(locked_since=paris(2))
        await out.start(numbers=2)
        await other.held(order_id="po-2", numbers=2)
        await out.line("answered together with the other numbers")
        await out.withdrawn()
        await other.withdrawn()
        assert (await out.ends(), await other.ends()) == ("cancelled", "cancelled")
        assert out.world.dossier.blocked == []


async def test_everything_told_twice_counts_once(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    for _ in range(2):
        await out.line_news(LineNewsKind.CHANGED, by="ls-1", kind="line_service")
        await out.code(right=True)
    await out.until(lambda: out.world.lines.count("no decision is needed any more") > 0, "a new judgement")
    await out.stage("held")
    await out.withdrawn()
    await out.withdrawn()
    assert await out.ends() == "cancelled"
    assert out.world.dossier.sent == [("pradelayed", "po-1:delay:1")]
    assert sorted(out.world.told) == ["cancelled", "cancelled", "requested", "requested"]
