"""SIMs, handsets and callbacks of the real simulator, spoken to by our clients and by the activities made of them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.smdp import OrderProfile, ProfileOrdered, ReturnProfile, SmdpActivities
from domain.sims import SimCard, SimForm
from parties.care import LineContact
from parties.errors import PartyFailed, PartyRefused
from parties.logistics import SimReservation, restock_at
from parties.smdp import NOT_AVAILABLE, UNKNOWN_ICCID
from tests.support.journal_kit import REAL, acceptance, open_journal, order_id
from tests.support.parties_world import World, open_world

IMEI, IMEI_WITHOUT_ESIM, IMEI_WRONG = "490154203237518", "010000000000008", "490154203237519"


@pytest.fixture
async def world(simulator: Any) -> AsyncIterator[World]:
    async with open_world(simulator.base_url, simulator.hlr_port, simulator.state_dir) as world:
        yield world


async def reserve(world: World, reference: str, msisdn: str | None = None, *, form: SimForm) -> SimReservation:
    return await world.logistics.reserve(
        reference=reference, form=form, handed_over=False, msisdn=msisdn, key=f"{reference}:reserve"
    )


async def asleep(world: World) -> str:
    """A number of ours whose phone fetches nothing by itself."""
    msisdn = (await world.line("ALIZE")).msisdn
    await world.admin.put(f"/admin/phones/{msisdn}", json={"download": "scan", "delay_s": 0})
    return msisdn


async def test_a_line_shows_its_contact_and_since_when_it_has_its_sim(world: World) -> None:
    msisdn = (await world.line("ALIZE")).msisdn
    await world.admin.put(f"/admin/contacts/{msisdn}", json={"email": "zoe@example.org", "language": "en"})
    line = await world.care.line(msisdn)
    assert line is not None
    assert (line.contact.email, line.contact.language) == ("zoe@example.org", "en")
    assert line.contact.changed_at is not None
    order = world.new_reference("sr")
    sim = await reserve(world, order, msisdn, form=SimForm.PHYSICAL)
    swapped = datetime(2026, 6, 15, 8, tzinfo=UTC)
    await world.care.change_sim(reference=order, msisdn=msisdn, sim=sim.card, swapped_at=swapped, key=f"{order}:sim")
    line = await world.care.line(msisdn)
    assert line is not None
    assert (line.iccid, line.imsi, line.sim_since) == (sim.iccid, sim.imsi, swapped)


async def test_a_line_of_nobody_takes_no_sim(world: World) -> None:
    order = world.new_reference("sr")
    with pytest.raises(PartyRefused) as caught:
        await world.care.change_sim(
            reference=order,
            msisdn="+33700000000",
            sim=SimCard(iccid="8933010000000000002", imsi="208010000000002"),
            swapped_at=datetime(2026, 6, 15, 8, tzinfo=UTC),
            key=f"{order}:sim",
        )
    assert caught.value.code == "unknown_line"


async def test_a_fee_is_billed_once_per_order(world: World) -> None:
    msisdn, order = (await world.line("ALIZE")).msisdn, world.new_reference("sr")
    line = await world.care.line(msisdn)
    assert line is not None
    assert isinstance(line.contact, LineContact)

    async def bill(amount: str, key: str) -> Decimal:
        fee = await world.care.bill_fee(
            reference=order, msisdn=msisdn, contract_id=line.contract.id, amount=amount, reason="new card", key=key
        )
        return fee.amount

    assert [await bill("10.00", f"{order}:fee:{n}") for n in (1, 1, 2)] == [Decimal("10.00")] * 3
    with pytest.raises(PartyRefused) as caught:
        await bill("12.00", f"{order}:fee:3")
    assert caught.value.code == "fee_exists"


async def test_a_card_is_reserved_sent_stopped_and_retired(world: World) -> None:
    msisdn, order = (await world.line("ALIZE")).msisdn, world.new_reference("sr")
    sim = await reserve(world, order, msisdn, form=SimForm.PHYSICAL)
    assert (sim.state, sim.form) == ("reserved", SimForm.PHYSICAL)
    sent = await world.logistics.ship(reference=order, msisdn=msisdn, key=f"{order}:ship")
    assert sent.state == "preparing"
    assert sent.tracking
    assert sent.expected_at is not None
    await world.logistics.release(reference=order, key=f"{order}:release")
    seen = await world.logistics.shipment(order)
    assert seen is not None
    assert seen.state == "stopped"
    await world.logistics.retire(reference=order, iccid=sim.iccid, key=f"{order}:retire")
    card = await world.logistics.card(sim.iccid)
    assert card is not None
    assert card.state == "retired"


async def test_what_logistics_never_had_is_none(world: World) -> None:
    assert await world.logistics.shipment(world.new_reference("sr")) is None
    assert await world.logistics.card("8933999999999999999") is None
    with pytest.raises(PartyRefused) as caught:
        await world.logistics.retire(reference="sr-0", iccid="8933999999999999999", key=world.new_reference("k"))
    assert caught.value.code == "unknown_sim"


async def test_a_card_of_the_drawer_is_handed_over_once(world: World) -> None:
    first = (await world.admin.get("/admin/cards", params={"operator": "ALIZE", "limit": "1"})).json()["items"][0]
    one, two = world.new_reference("sr"), world.new_reference("sr")
    sim = await world.logistics.reserve(reference=one, iccid=first["iccid"], key=f"{one}:reserve")
    assert (sim.iccid, sim.state) == (first["iccid"], "handed_over")
    with pytest.raises(PartyRefused) as caught:
        await world.logistics.reserve(reference=two, iccid=first["iccid"], key=f"{two}:reserve")
    assert caught.value.code == "sim_used"


async def test_an_empty_stock_says_until_when(world: World) -> None:
    await world.admin.put("/admin/stock/ALIZE", json={"form": "esim", "remaining": 0, "restock_at": "+2d"})
    try:
        with pytest.raises(PartyRefused) as caught:
            await reserve(world, world.new_reference("sr"), form=SimForm.ESIM)
    finally:
        await world.admin.put("/admin/stock/ALIZE", json={"form": "esim", "remaining": 1000})
    assert caught.value.code == "stock_empty"
    clock = await world.clock.read()
    at = restock_at(caught.value)
    assert at is not None
    assert at > clock.legal


async def test_a_stolen_handset_is_blocked(world: World) -> None:
    order = world.new_reference("ls")
    assert (await world.equipment.handset(IMEI)).esim
    assert not (await world.equipment.handset(IMEI_WITHOUT_ESIM)).esim
    await world.equipment.block(reference=order, imei=IMEI, declaration="PV 2026/00123", key=f"{order}:block")
    assert (await world.equipment.handset(IMEI)).blocked
    with pytest.raises(PartyRefused):
        await world.equipment.handset(IMEI_WRONG)


async def test_an_address_for_callbacks_is_registered_and_registered_again(world: World) -> None:
    for number in range(2):
        key = f"{world.new_reference('callback')}:{number}"
        await world.callbacks.register("smdp", address="http://127.0.0.1:9/callbacks/smdp", secret="s3cret", key=key)


@pytest.fixture
def profiles(world: World, tmp_path: Path) -> Any:
    journal = open_journal(tmp_path)
    journal.orders.accept(acceptance(1))
    yield SmdpActivities(world.smdp, journal), journal
    journal.close()


async def test_a_profile_is_ordered_fetched_by_its_activation_code_and_then_in_use(world: World, profiles: Any) -> None:
    activities, journal = profiles
    msisdn, order = await asleep(world), world.new_reference("sr")
    sim = await reserve(world, order, msisdn, form=SimForm.ESIM)
    request = OrderProfile(order_id=order_id(1), iccid=sim.iccid, key=f"{order}:order-profile")
    assert await ActivityEnvironment().run(activities.order_profile, request) == ProfileOrdered()
    code = journal.profiles.read_code(order_id(1), REAL)
    scanned = await world.admin.post(f"/admin/phones/{msisdn}/scan", json={"activation_code": code})
    assert scanned.status_code == 202
    back = ReturnProfile(order_id=order_id(1), iccid=sim.iccid, key=f"{order}:return-profile")
    await world.fetched(sim.iccid)
    assert (await ActivityEnvironment().run(activities.return_profile, back)).in_use


async def test_a_profile_is_given_back_however_far_its_order_came(world: World, profiles: Any) -> None:
    activities, _ = profiles
    msisdn, order = await asleep(world), world.new_reference("sr")
    sim = await reserve(world, order, msisdn, form=SimForm.ESIM)
    back = ReturnProfile(order_id=order_id(1), iccid=sim.iccid, key=f"{order}:return")
    assert not (await ActivityEnvironment().run(activities.return_profile, back)).in_use
    await world.smdp.download_order(iccid=sim.iccid, eid=None, key=f"{order}:order:1")
    assert not (await ActivityEnvironment().run(activities.return_profile, back)).in_use
    await world.smdp.download_order(iccid=sim.iccid, eid=None, key=f"{order}:order:2")
    confirmed = await world.smdp.confirm_order(iccid=sim.iccid, eid=None, matching_id=f"M-{order.upper()}", key="c")
    assert confirmed.activation_code == f"1$smdp.alize.example$M-{order.upper()}"
    assert not (await ActivityEnvironment().run(activities.return_profile, back)).in_use


@pytest.mark.parametrize("call", ["downloadOrder", "confirmOrder"])
@pytest.mark.parametrize("fetched", [False, True], ids=["waiting for its phone", "fetched meanwhile"])
async def test_an_order_whose_reply_is_lost_ends_in_one_profile_ready_for_its_phone(
    world: World, profiles: Any, call: str, fetched: bool
) -> None:
    activities, journal = profiles
    msisdn, order = await asleep(world), world.new_reference("sr")
    if fetched:
        await world.admin.put(f"/admin/phones/{msisdn}", json={"download": "ok", "delay_s": 0})
    sim = await reserve(world, order, msisdn, form=SimForm.ESIM)
    request = OrderProfile(order_id=order_id(1), iccid=sim.iccid, key=f"{order}:order-profile")
    await world.fault("smdp", "reply_lost", call=call, count=1)
    with pytest.raises(ApplicationError):
        await ActivityEnvironment().run(activities.order_profile, request)
    if fetched and call == "confirmOrder":
        await world.fetched(sim.iccid)
    assert await ActivityEnvironment().run(activities.order_profile, request) == ProfileOrdered()
    if not fetched:
        code = journal.profiles.read_code(order_id(1), REAL)
        scanned = await world.admin.post(f"/admin/phones/{msisdn}/scan", json={"activation_code": code})
        assert scanned.status_code == 202
    await world.fetched(sim.iccid)


async def test_the_servers_refusals_keep_their_codes(world: World) -> None:
    order = world.new_reference("sr")
    sim = await reserve(world, order, await asleep(world), form=SimForm.ESIM)
    card = await reserve(world, world.new_reference("sr"), form=SimForm.PHYSICAL)
    await world.smdp.download_order(iccid=sim.iccid, eid=None, key=order)
    for iccid, raw in ((sim.iccid, NOT_AVAILABLE), (card.iccid, UNKNOWN_ICCID)):
        with pytest.raises(PartyRefused) as caught:
            await world.smdp.download_order(iccid=iccid, eid=None, key=world.new_reference("k"))
        assert caught.value.raw == raw


async def test_an_smdp_in_trouble_is_tried_again(world: World) -> None:
    sim = await reserve(world, world.new_reference("sr"), await asleep(world), form=SimForm.ESIM)
    await world.fault("smdp", "500", call="downloadOrder", count=1)
    with pytest.raises(PartyFailed):
        await world.smdp.download_order(iccid=sim.iccid, eid=None, key="k")
    await world.smdp.download_order(iccid=sim.iccid, eid=None, key="k")
