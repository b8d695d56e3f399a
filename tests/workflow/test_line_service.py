"""Line services: bar, unbar, lock, unlock, a stolen handset; whatever else runs on the line."""

from datetime import datetime, timedelta

import pytest

from activities.equipment import HandsetBlocked
from domain.lines import Declaration, LineChange
from domain.refusals import RefusalCode, refusal
from domain.updates import CancelRequest
from tests.support.fake_sims import FIRST_SIM
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris, to_the_minute
from tests.support.sim_story import ServiceStory
from tests.support.sim_world import IMEI, OLD_SIM

PV = "PV 2026/00123"


@pytest.mark.parametrize(("action", "effect"), [("bar", "barred"), ("unbar", "unbarred")])
async def test_a_line_is_switched_off_and_on_at_once_and_its_holder_told(
    service: ServiceStory, action: str, effect: str
) -> None:
    if action == "unbar":
        service.world.barred = {OLD_SIM.imsi}
    await service.start(action)
    assert await service.ends() == "completed"
    assert service.world.done == [effect]
    assert service.world.barred == ({OLD_SIM.imsi} if action == "bar" else set())
    assert service.world.recorder.changes == [LineChange(effect)]
    assert service.world.told_by == [(action, "email"), (action, "sms")]
    assert len((await service.handle.fetch_history()).events) <= 20


async def test_barring_what_is_barred_already_is_no_second_effect(service: ServiceStory) -> None:
    service.world.barred = {OLD_SIM.imsi}
    service.world.lose_reply("hlr_bar")
    await service.start("bar")
    assert await service.ends() == "completed"
    assert service.world.done == []
    assert service.world.calls["hlr_bar"] == 3  # the lost one, the one after it, and the last look


async def test_a_number_between_two_sims_is_barred_on_the_one_it_comes_to(service: ServiceStory) -> None:
    service.world.hlr = {}

    async def arrives() -> None:
        service.world.hlr = {FIRST_SIM.imsi: NUMBER}

    service.world.after_effect("hlr_bar", arrives)
    await service.start("bar")
    assert await service.ends() == "completed"
    assert service.world.barred == {FIRST_SIM.imsi}


async def test_a_number_that_no_sim_carries_is_rejected_after_a_few_looks_and_its_holder_told(
    service: ServiceStory,
) -> None:
    service.world.hlr = {}
    await service.start("bar")
    assert await service.ends() == "rejected"
    assert service.world.calls["hlr_bar"] == 4
    assert service.world.status.refusal is not None
    assert service.world.status.refusal.code == "number_inactive"
    assert service.world.recorder.changes == []
    assert ("rejected", "email") in service.world.told_by


@pytest.mark.parametrize("party", ["hlr_bar", "care_look_up_line"])
async def test_a_bar_is_tried_until_it_is_done_and_needs_no_customer_care_for_it(
    service: ServiceStory, party: str
) -> None:
    service.world.take_down(party, until=paris(3, 13))
    await service.start("bar")
    await service.pass_until(paris(3, 11, 30))
    await service.line("it is tried until it is done")
    shown = await service.status()
    assert (shown.state, shown.needs_attention) == ("pending", True)
    assert service.world.done == ([] if party == "hlr_bar" else ["barred"])
    assert "too late to cancel" in await service.refused(service.cancel())
    assert await service.ends() == "completed"
    assert service.world.done == ["barred"]
    assert not service.world.status.needs_attention


async def test_a_lock_is_closed_with_its_acceptance_and_its_holder_told(service: ServiceStory) -> None:
    await service.start("lock")
    assert await service.ends() == "completed"
    assert service.world.done == []
    assert service.world.told_by == [("lock", "email"), ("lock", "sms")]


async def locked(service: ServiceStory) -> None:
    """A lock from yesterday, and an unlocking that opens it tomorrow."""
    service.world.note_of_line(locked_since=paris(2), locked_by="ls-0")
    await service.start("unlock", effective_at=paris(4, 10))
    await service.stage("waiting")


async def test_a_lock_opens_after_its_delay_of_which_the_holder_is_told_at_once(service: ServiceStory) -> None:
    await locked(service)
    assert service.world.told == ["unlock_asked", "unlock_asked"]
    assert service.world.recorder.messages[0].fields == {"day": "2026-06-04", "time": "10:00"}
    waits = await service.waiting()
    assert (waits.until, (await service.status()).due) == (paris(4, 10), paris(4, 10))
    await service.pass_until(paris(4, 9, 59))
    assert service.world.recorder.changes == []
    assert await service.ends() == "completed"
    assert service.world.recorder.changes == [LineChange.UNLOCKED]
    assert service.world.told[-1] == "unlock"


async def test_who_locks_again_meanwhile_has_stopped_the_unlocking(service: ServiceStory) -> None:
    await locked(service)
    service.world.note_of_line(locked_since=paris(3, 18), locked_by="ls-2")
    assert await service.ends() == "cancelled"
    assert service.world.recorder.changes == []
    assert service.world.recorder.timeline[-1].reason == "locked again"
    assert service.world.told[-1] == "cancelled"


@pytest.mark.parametrize("in_temporal", [False, True])
async def test_an_unlocking_may_be_cancelled_while_it_waits(service: ServiceStory, in_temporal: bool) -> None:
    await locked(service)
    if in_temporal:
        await service.handle.cancel()
    else:
        nobody = service.update("cancel", CancelRequest(by=" ", reason="x"))
        assert "must say who asks" in await service.refused(nobody)
        await service.cancel()
    assert await service.ends() == "cancelled"
    assert service.world.recorder.changes == []


async def test_temporals_own_cancel_never_stops_a_bar(service: ServiceStory) -> None:
    service.world.take_down("hlr_bar", until=paris(3, 11))
    await service.start("bar")
    await service.until(lambda: service.world.calls["hlr_bar"] > 0)
    await service.handle.cancel()
    assert await service.ends() == "completed"
    assert service.world.done == ["barred"]


async def test_a_lock_does_not_open_while_the_legal_clock_is_out_of_reach(service: ServiceStory) -> None:
    await locked(service)
    service.world.clock.reachable, service.world.clock.retry_after = False, timedelta(minutes=10)
    await service.pass_until(paris(4, 12))
    assert service.world.recorder.changes == []
    service.world.clock.reachable = True
    assert await service.ends() == "completed"


# Stolen handsets.


async def stolen(service: ServiceStory, filed_at: datetime | None = None) -> None:
    declaration = Declaration(reference=PV, filed_at=filed_at) if filed_at else None
    await service.start("block_handset", imei=IMEI, declaration=declaration)


async def test_a_handset_whose_theft_was_declared_is_blocked_at_once(service: ServiceStory) -> None:
    await stolen(service, paris(2))
    assert await service.ends() == "completed"
    assert service.world.blocked == {IMEI: PV}
    assert service.world.told == ["block_handset", "block_handset"]
    assert service.world.done == ["handset_blocked"]


async def test_a_declaration_is_waited_for_and_the_block_is_due_four_business_days_after_it(
    service: ServiceStory,
) -> None:
    await stolen(service)
    await service.stage("waiting")
    waits = await service.waiting()
    assert (waits.what, to_the_minute(waits.until)) == ("the police declaration", paris(3, month=7))
    assert service.world.recorder.messages[0].fields == {"day": "2026-07-03"}
    await service.pass_until(paris(5))
    service.world.take_down("equipment_block_handset", until=paris(5, 10, 30))
    await service.declare(paris(4, 22), reference=f" {PV} ")
    await service.until(lambda: service.world.calls["equipment_block_handset"] > 0)
    assert to_the_minute((await service.status()).due) == paris(10, 23, 59)
    assert await service.ends() == "completed"
    assert service.world.blocked == {IMEI: PV}
    assert "blocked later than the law allows" not in service.world.lines


async def test_a_declaration_that_comes_while_the_order_is_being_planned_is_not_waited_for(
    service: ServiceStory,
) -> None:
    service.world.take_down("care_look_up_line", until=paris(3, 10, 30))
    await stolen(service)
    await service.until(lambda: service.world.calls["care_look_up_line"] > 0)
    await service.declare(paris(3, 9))
    assert await service.ends() == "completed"
    assert service.world.blocked == {IMEI: "PV 1"}
    assert "declaration_wanted" not in service.world.told


async def test_an_order_to_which_no_declaration_comes_ends_without_a_block(service: ServiceStory) -> None:
    await stolen(service)
    assert await service.ends() == "cancelled"
    assert service.world.blocked == {}
    assert service.world.recorder.timeline[-1].reason == "no police declaration came"
    assert service.world.told[-1] == "cancelled"


async def test_a_phone_that_was_found_is_not_blocked(service: ServiceStory) -> None:
    await stolen(service)
    await service.stage("waiting")
    await service.cancel()
    assert await service.ends() == "cancelled"
    assert service.world.blocked == {}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"filed_at": paris(4)}, "filed_at is in the future"),
        ({"filed_at": None}, "by, reference and filed_at must say"),
        ({"filed_at": paris(2), "by": " "}, "by, reference and filed_at must say"),
        ({"filed_at": paris(2), "reference": ""}, "by, reference and filed_at must say"),
    ],
)
async def test_a_declaration_that_cannot_be_is_refused(
    service: ServiceStory, changed: dict[str, object], sentence: str
) -> None:
    await stolen(service)
    await service.stage("waiting")
    assert sentence in await service.refused(service.declare(**changed))  # type: ignore[arg-type]


async def test_a_declaration_is_for_stolen_handsets_only_and_comes_once(service: ServiceStory) -> None:
    service.world.take_down("equipment_block_handset")
    await stolen(service, paris(2))
    await service.until(lambda: service.world.calls["equipment_block_handset"] > 0)
    assert await service.refused(service.declare(paris(3, 9))) == "the declaration is there already"
    assert "too late to cancel" in await service.refused(service.cancel())


async def test_an_unlocking_takes_no_declaration(service: ServiceStory) -> None:
    await locked(service)
    assert await service.refused(service.declare(paris(2))) == "this order blocks no handset"


async def test_a_block_that_comes_later_than_the_law_allows_says_so(service: ServiceStory) -> None:
    await stolen(service, paris(2, month=5))
    assert await service.ends() == "completed"
    assert "blocked later than the law allows" in service.world.lines


@pytest.mark.parametrize(("action", "end"), [("retry", "completed"), ("give_up", "failed")])
async def test_a_register_that_is_away_and_then_refuses_is_for_a_person_to_decide(
    service: ServiceStory, action: str, end: str
) -> None:
    service.world.take_down("equipment_block_handset")
    no = refusal(RefusalCode.TECHNICAL, "equipment", raw_text="not this type")
    await stolen(service, paris(2))
    await service.pass_time(hours=1, minutes=10)
    assert "block handset failed at equipment register" in (await service.stage("held")).attention
    service.world.bring_back("equipment_block_handset")
    service.world.next_call("equipment_block_handset", HandsetBlocked(refusal=no))
    await service.resolve("retry")
    await service.line("held for a person: the equipment register refused the block: not this type")
    await service.quiet()
    await service.resolve(action)
    assert await service.ends() == end
    assert service.world.blocked == ({IMEI: PV} if end == "completed" else {})
    assert service.world.told[-1] == ("block_handset" if end == "completed" else "failed")
