"""A termination that goes well: told first, waited for, done in order; the number and the money go their own ways."""

from datetime import date
from decimal import Decimal

import pytest

from domain.authentication import AuthenticationMethod
from domain.contracts import Contract
from domain.orders import OrderKind
from domain.termination import SettlementOrder
from tests.support.end_story import TerminationStory
from tests.support.end_world import CONTRACT
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris, to_the_minute
from tests.support.sim_world import EMAIL, OLD_SIM

EFFECT = ["line_down", "contract_ended", "invoice_asked", "sim_retired"]


@pytest.mark.parametrize("method", [AuthenticationMethod.IN_SHOP, AuthenticationMethod.PORTAL])
async def test_the_end_is_confirmed_before_anything_is_touched_and_done_in_order_after_the_last_day(
    leaving: TerminationStory, method: str
) -> None:
    before = leaving.world.snapshot()
    status = await leaving.waits(method)
    assert (status.state, to_the_minute(status.due)) == ("pending", paris(14, 0))
    assert leaving.world.told_by == [("confirmed", "email")]
    assert leaving.world.recorder.messages[0].fields == {"day": "2026-06-13", "fee": "0.00 €", "portable": "2026-07-24"}
    await leaving.pass_until(paris(13, 23, 59))
    assert (leaving.world.done, leaving.world.snapshot()) == ([], before)
    assert await leaving.ends() == "completed"
    assert leaving.world.done == EFFECT
    assert leaving.world.hlr == {}
    assert leaving.world.bill.ended == {CONTRACT.id: paris(14, 0)}
    assert leaving.world.sims.retired == [OLD_SIM.iccid]
    assert to_the_minute(leaving.world.at["line_down"]) == paris(14, 0)


async def test_the_number_begins_its_quarantine_and_the_money_its_settlement_with_the_line_let_go_of_exactly_once(
    leaving: TerminationStory,
) -> None:
    leaving.world.range_holder = "DUNE"
    leaving.world.bill.lend(deposit="50.00", advances="12.00")
    await leaving.waits()
    assert not leaving.world.recorder.released
    assert await leaving.ends() == "completed"
    (last,) = [entry for entry in leaving.world.recorder.entries if entry.quarantine or entry.follow_ups]
    assert last.release_line
    assert last.status.stage == "closed"
    (quarantine,) = leaving.world.quarantines
    assert (quarantine.msisdn, quarantine.range_holder, quarantine.ended_by) == (NUMBER, "DUNE", "te-1")
    assert (quarantine.since, quarantine.portable_until) == (paris(14, 0), paris(24, 0, month=7))
    assert quarantine.reassignable_from == paris(29, 0, month=7)
    (follow,) = leaving.world.follow_ups
    assert (follow.kind, follow.order_id) == (OrderKind.SETTLEMENT, "st-1")
    settlement = SettlementOrder.model_validate(follow.order)
    assert (settlement.invoice_id, settlement.ended_by, settlement.email) == ("I-1", "te-1", EMAIL)
    assert (settlement.effective_at, settlement.account) == (paris(14, 0), leaving.world.bill.account)
    assert settlement.cost.due_back == Decimal("62.00")


async def test_the_outcome_names_the_fee_the_invoice_the_settlement_and_the_numbers_dates(
    leaving: TerminationStory,
) -> None:
    leaving.world.know(contract=Contract(id="K-8", signed_on=date(2026, 1, 1), commitment_months=12, monthly_price=10))
    await leaving.start()
    assert await leaving.ends() == "completed"
    assert leaving.world.status.outcome == {
        "contract_id": "K-8",
        "effective_at": "2026-06-13T22:00:00+00:00",
        "fee": "60.00",
        "invoice_id": "I-1",
        "settlement": "st-1",
        "portable_until": "2026-07-23T22:00:00+00:00",
        "reassignable_from": "2026-07-28T22:00:00+00:00",
    }
    assert leaving.world.bill.fees == [Decimal("60.00")]
    assert leaving.world.recorder.messages[0].fields["fee"] == "60.00 €"


async def test_a_later_wish_is_waited_for(leaving: TerminationStory) -> None:
    status = await leaving.waits(requested_date=date(2026, 9, 30))
    assert to_the_minute(status.due) == paris(1, 0, month=10)
    assert leaving.world.recorder.messages[0].fields["day"] == "2026-09-30"
    await leaving.pass_until(paris(30, 23, 59, month=9))
    assert leaving.world.done == []
    assert await leaving.ends() == "completed"
    assert leaving.world.bill.ended == {CONTRACT.id: paris(1, 0, month=10)}


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ({"email": None}, [("confirmed", "sms", NUMBER), ("completed", "sms", NUMBER)]),
        (
            {"phone": "+33639980777"},
            [
                ("confirmed", "email", EMAIL),
                ("confirmed", "sms", "+33639980777"),
                ("completed", "email", EMAIL),
                ("completed", "sms", "+33639980777"),
            ],
        ),
    ],
)
async def test_who_leaves_is_told_where_he_can_still_be_reached(
    leaving: TerminationStory, contact: dict[str, str | None], expected: list[tuple[str, str, str]]
) -> None:
    leaving.world.know_contact(**contact)
    await leaving.start()
    assert await leaving.ends() == "completed"
    told = [
        (message.kind.partition(".")[2], message.channel, message.to) for message in leaving.world.recorder.messages
    ]
    assert told == expected


async def test_the_timeline_of_a_termination_tells_its_story(leaving: TerminationStory) -> None:
    await leaving.start()
    await leaving.ends()
    assert leaving.world.lines == [
        "planned by the rules",
        "confirmed: the contract ends on 2026-06-13, leaving costs 0.00 €",
        "the last day has ended: the line goes down",
        "the contract has ended: line down, last invoice asked for",
    ]
