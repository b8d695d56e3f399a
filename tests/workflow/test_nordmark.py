"""The invented country end to end, by the workflows that France has: its silence, its week, its zone, its currency."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata

from domain.authorisation import Authorisation
from domain.termination import SettlementOrder
from domain.timeline import TimelineCode
from tests.support.end_story import SettlementStory, TerminationStory
from tests.support.end_world import CONTRACT, EndWorld, june
from tests.support.fake_world import FakeWorld
from tests.support.nordmark import NORDMARK, ZONE
from tests.support.out_story import OutStory
from tests.support.out_world import OutWorld
from tests.support.port_story import Story
from tests.support.port_world import PortWorld

THERE = ZoneInfo(ZONE)
NUMBER = "+99940000123"
Open = Callable[..., Awaitable[Any]]


def there(day: int, hour: int = 10, minute: int = 0, *, month: int = 6) -> datetime:
    """An instant of 2026 on Nordmark's clocks. 3 June is a Wednesday; Friday and Saturday are the weekend."""
    return datetime(2026, month, day, hour, minute, tzinfo=THERE)


class Nordic(FakeWorld):
    regime = NORDMARK
    number = NUMBER


class NordicPorts(Nordic, PortWorld):
    """A number of Nordmark that joins ALIZE."""


class NordicEnds(Nordic, EndWorld):
    """A number of Nordmark that ALIZE serves."""


class NordicOuts(Nordic, OutWorld):
    """A number of Nordmark that leaves ALIZE."""


class PortStory(Story):
    world_at = NordicPorts


class LeavingStory(TerminationStory):
    world_at = NordicEnds


class MoneyStory(SettlementStory):
    world_at = NordicEnds


class DepartureStory(OutStory):
    world_at = NordicOuts


@pytest.fixture
def open_port(open_order: Open) -> Callable[[], Awaitable[PortStory]]:
    """A port in accepted on Wednesday morning, started without a code, the donor asked."""

    async def opened() -> PortStory:
        port: PortStory = await open_order(PortStory, there(3))
        await port.start(authorisation=Authorisation())
        await port.stage("waiting_for_donor")
        return port

    return opened


async def test_a_donor_that_is_silent_for_a_day_has_agreed(open_port: Callable[[], Awaitable[PortStory]]) -> None:
    port = await open_port()
    waits = await port.waiting()
    assert (waits.party, waits.until, waits.then) == ("CIRUS", there(4), "its silence is an agreement")
    await port.pass_until(there(4, 9, 55))
    assert (await port.status()).stage == "waiting_for_donor"
    await port.pass_until(there(4, 10, 5))
    await port.stage("waiting_for_day")
    (agreed,) = [event for event in port.world.recorder.timeline if event.code is TimelineCode.AGREED]
    assert (agreed.by, agreed.day) == ("rules", there(7).date())
    assert agreed.what == (
        "CIRUS did not answer in its term: by the rules that is an agreement; the port is on 2026-06-07"
    )
    day = await port.waiting()
    assert (day.what, day.until) == ("2026-06-07, slot from Sunday 07 June 2026 09:00", there(7, 9))
    page = await port.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert "| Until | Sunday 07 June 2026 09:00 legal time, St Johns |" in page.current_details
    assert await port.ends() == "completed"
    assert port.world.done == [
        "sim_reserved",
        "subscription_prepared",
        "donor_asked",
        "number_on_sim",
        "performed",
        "contract_activated",
    ]
    assert there(7, 9) <= port.world.at["performed"] < there(7, 15)
    (asked,) = port.world.requests["clearing_house_ask_donor"]
    assert (asked.msisdn, asked.authorisation) == (NUMBER, Authorisation())
    assert {message.fields.get("zone", ZONE) for message in port.world.recorder.messages} == {ZONE}


async def test_a_donor_that_needs_longer_has_agreed_once_its_own_date_passes(
    open_port: Callable[[], Awaitable[PortStory]],
) -> None:
    port = await open_port()
    await port.dossier_message("pradelayed", answer_due=there(8, 12))
    await port.line("announced its answer for later")
    await port.pass_until(there(8, 11, 55))
    assert (await port.status()).stage == "waiting_for_donor"
    await port.pass_until(there(8, 12, 5))
    await port.line("by the rules that is an agreement; the port is on 2026-06-09")
    assert await port.ends() == "completed"


async def test_a_donor_may_say_no_in_its_term_and_a_late_no_is_looked_at(
    open_port: Callable[[], Awaitable[PortStory]],
) -> None:
    port = await open_port()
    await port.donor_refuses("21", "inactive")
    assert await port.ends() == "rejected"

    late = await open_port()
    await late.pass_until(there(4, 10, 5))
    await late.stage("waiting_for_day")
    await late.donor_refuses("21", "inactive")
    await late.stage("held")
    await late.resolve("give_up")
    assert await late.ends() == "rejected"
    assert late.world.reference == "CIRUS"


async def test_a_yes_that_comes_after_the_silence_changes_nothing(
    open_port: Callable[[], Awaitable[PortStory]],
) -> None:
    port = await open_port()
    await port.pass_until(there(4, 10, 5))
    await port.stage("waiting_for_day")
    await port.donor_accepts(there(9, 9))
    await port.line("set aside: its silence was an agreement")
    assert await port.ends() == "completed"
    assert port.world.at["performed"] < there(7, 15)


async def test_a_number_leaves_without_a_code_on_the_first_working_day(open_order: Open) -> None:
    out: DepartureStory = await open_order(DepartureStory, there(3))
    await out.agreed(rio="")
    [answer] = out.world.dossier.answers
    assert (answer.blocking_code, answer.first_possible) == (None, there(4, 9))
    await out.pass_until(there(7, 23))  # Monday already in UTC
    at = await out.performed()
    assert await out.ends() == "completed"
    assert out.world.done == ["notice_sent", "answered", "line_down", "contract_ended", "invoice_asked", "sim_retired"]
    assert out.world.bill.ended == {CONTRACT.id: at}
    told = {message.kind: message.fields for message in out.world.recorder.messages}
    assert told["port_out.requested"]["fee"] == "0.00 NMK"
    assert (told["port_out.completed"]["day"], told["port_out.completed"]["fee"]) == ("2026-06-07", "0.00 NMK")
    (follow,) = out.world.follow_ups
    assert (follow.order["zone"], follow.order["cost"]["currency"]) == (ZONE, "NMK")


async def test_a_termination_takes_thirty_days_and_ends_at_the_countrys_midnight(open_order: Open) -> None:
    leaving: LeavingStory = await open_order(LeavingStory, there(3, 23))  # Thursday already in UTC
    leaving.world.bill.lend(deposit="50.00")
    status = await leaving.waits()
    assert status.due == there(4, 0, month=7)
    (told,) = leaving.world.recorder.messages
    assert told.fields == {"day": "2026-07-03", "fee": "0.00 NMK", "portable": "2026-08-03"}
    assert "confirmed: the contract ends on 2026-07-03, leaving costs 0.00 NMK" in leaving.world.lines
    await leaving.pass_until(there(3, 23, 59, month=7))
    assert leaving.world.done == []
    assert await leaving.ends() == "completed"
    assert leaving.world.done == ["line_down", "contract_ended", "invoice_asked", "sim_retired"]
    assert leaving.world.bill.ended == {CONTRACT.id: there(4, 0, month=7)}
    (quarantine,) = leaving.world.quarantines
    assert quarantine.reassignable_from == there(4, 0, month=7) + timedelta(days=60)
    (follow,) = leaving.world.follow_ups
    settlement = SettlementOrder.model_validate(follow.order)
    assert (settlement.zone, settlement.cost.currency, settlement.cost.due_back) == (ZONE, "NMK", 50)


async def test_the_money_is_settled_in_the_countrys_currency(open_order: Open) -> None:
    money: MoneyStory = await open_order(MoneyStory, there(14, 0))
    money.world.bill.lend(advances="12.00")
    await money.start()
    assert await money.ends() == "completed"
    total = june().amount
    assert f"the last invoice is right: {total} NMK" in money.world.lines
    assert "advances refunded: 12.00 NMK" in money.world.lines
