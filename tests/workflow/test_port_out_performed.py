"""After *porting performed*: only forward, whoever is away and however late we hear of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.contracts import Contract
from domain.deliveries import DeliveryKind
from domain.orders import ACCEPTED
from domain.port_in import DossierMessage
from domain.port_out import PortPerformed
from domain.sims import SimCard
from parties.errors import NotConnected
from tests.support.end_world import CONTRACT
from tests.support.fake_world import NUMBER
from tests.support.order_story import paris, to_the_minute
from tests.support.out_story import OutStory
from tests.support.out_world import DOSSIER
from tests.support.sim_world import OLD_SIM
from workflows.order.search_attributes import initial
from workflows.port_out import PortOut

LEFT = ["line_down", "contract_ended", "invoice_asked", "sim_retired"]
NEW_SIM = SimCard(iccid="8933990000000000777", imsi="208990000000777")


async def the_number_has_left(out: OutStory) -> None:
    """The order ends, everything is done once, and as of the instant of the port."""
    assert await out.ends() == "completed"
    assert out.world.effects_on_the_line == LEFT
    assert out.world.bill.ended == {CONTRACT.id: out.world.dossier.actual}
    assert [kind for kind in out.world.told if kind == "completed"] == ["completed", "completed"]
    assert out.world.gone == [True]


@pytest.mark.parametrize(
    "away",
    [
        ("billing_end_contract",),
        ("billing_request_final_invoice",),
        ("logistics_retire_sim",),
    ],
    ids=["care", "billing", "logistics"],
)
async def test_the_line_goes_down_first_and_the_money_follows_when_its_systems_are_back(
    out: OutStory, away: tuple[str, ...]
) -> None:
    out.world.retry_after = timedelta(hours=6)
    await out.agreed()
    out.world.take_down(*away, until=paris(6, 12))
    at = await out.performed()
    await out.line("it is tried again")
    assert out.world.hlr == {}
    assert out.world.recorder.released
    await the_number_has_left(out)
    assert to_the_minute(out.world.at["line_down"]) == to_the_minute(at)
    assert out.world.at["sim_retired"] >= paris(6, 12)


async def test_what_leaving_costs_is_counted_as_of_the_day_of_the_port_however_late_the_line_goes_down(
    out: OutStory,
) -> None:
    out.world.know(contract=CONTRACT.model_copy(update={"signed_on": date(2026, 1, 10), "commitment_months": 12}))
    out.world.retry_after = timedelta(hours=6)
    await out.agreed()
    await out.pass_until(paris(9))
    out.world.take_down("hlr_remove", until=paris(12))
    await out.performed()
    assert await out.ends() == "completed"
    assert out.world.bill.fees == [Decimal("139.93")]  # as of 10 June it is a month less


async def test_customer_care_that_is_away_does_not_keep_the_line_up(out: OutStory) -> None:
    await out.agreed()
    out.world.next_call("care_line", *[NotConnected("care", "line", "no connection") for _ in range(5)])
    await out.performed()
    await out.line("plan end failed")
    assert out.world.hlr == {}
    await the_number_has_left(out)


async def test_an_hlr_that_is_away_is_tried_until_it_is_done_and_nothing_is_charged_after_the_port(
    out: OutStory,
) -> None:
    out.world.retry_after = timedelta(hours=6)
    await out.agreed()
    out.world.take_down("hlr_carrier", "hlr_remove", until=paris(6, 12))
    at = await out.performed()
    await out.pass_until(paris(4, 12))
    assert not out.world.recorder.released
    assert (await out.status()).needs_attention
    await the_number_has_left(out)
    assert out.world.at["line_down"] >= paris(6, 12)
    assert out.world.bill.ended == {CONTRACT.id: at}


async def test_replies_that_are_lost_after_the_port_make_no_effect_twice(out: OutStory) -> None:
    for effect in ("hlr_remove", "billing_end_contract", "billing_request_final_invoice", "logistics_retire_sim"):
        out.world.lose_reply(effect)
    await out.agreed()
    await out.performed()
    await the_number_has_left(out)


async def test_the_sim_that_the_contract_holds_now_goes_down_and_not_the_one_it_had(out: OutStory) -> None:
    await out.agreed()
    out.world.hlr = {NEW_SIM.imsi: NUMBER}
    out.world.know(iccid=NEW_SIM.iccid, imsi=NEW_SIM.imsi)
    await out.performed()
    await the_number_has_left(out)
    assert (out.world.hlr, out.world.sims.retired) == ({}, [NEW_SIM.iccid])


async def test_a_sim_replacement_that_is_moving_the_number_is_waited_for(out: OutStory) -> None:
    await out.agreed()
    out.world.line_goes_to("sr-1", "sim_replacement")
    await out.performed()
    await out.line("take line failed")
    assert (await out.waiting()).party == "journal"
    assert out.world.effects_on_the_line == []
    out.world.hlr = {NEW_SIM.imsi: NUMBER}
    out.world.know(iccid=NEW_SIM.iccid, imsi=NEW_SIM.imsi)
    out.world.held_by = None
    await the_number_has_left(out)
    assert out.world.sims.retired == [NEW_SIM.iccid]


async def test_a_port_that_is_heard_of_before_the_order_has_its_plan_is_executed_without_an_answer(
    out: OutStory,
) -> None:
    at = await out.is_performed()
    order = await out.order()
    message = DossierMessage(message_id=7, type="portingperformed", dossier_id=DOSSIER, actual=at)
    out.world.deliver(DeliveryKind.DOSSIER_MESSAGE, message)
    out._handle = await out.env.client.start_workflow(
        PortOut.run,
        order,
        id=order.order_id,
        task_queue=out._task_queue,
        start_signal="wake",
        search_attributes=initial(
            kind=out.kind,
            donor="ALIZE",
            recipient="BOREA",
            line_hash="c0ffee",
            status=ACCEPTED,
        ),
    )
    await the_number_has_left(out)
    assert out.world.dossier.sent == []


async def test_an_order_made_up_from_the_registry_runs_straight_to_the_end(out: OutStory) -> None:
    await out.pass_until(paris(3, 12))
    at = await out.is_performed()
    await out.start(rio="", performed=PortPerformed(at=at))
    await the_number_has_left(out)
    assert out.world.dossier.sent == []
    assert set(out.world.told) == {"completed"}


async def test_a_made_up_order_of_a_number_that_has_come_back_touches_nothing(out: OutStory) -> None:
    before = out.world.snapshot()
    out.world.dossier.status = "performed"
    await out.start(rio="", performed=PortPerformed(at=paris(2)))
    assert await out.ends() == "completed"
    assert out.world.snapshot() == before
    assert out.world.effects_on_the_line == []
    assert (out.world.follow_ups, out.world.gone) == ([], [False])
    assert out.world.calls["journal_take_line"] == 0


async def test_a_number_that_came_back_before_we_got_round_to_it_keeps_its_new_line(out: OutStory) -> None:
    out.world.retry_after = timedelta(hours=6)
    await out.agreed()
    out.world.take_down("journal_take_line", until=paris(4, 12))
    await out.performed()
    await out.line("it is tried again")
    out.world.served_by = "ALIZE"
    out.world.hlr = {NEW_SIM.imsi: NUMBER}
    out.world.know(
        iccid=NEW_SIM.iccid, imsi=NEW_SIM.imsi, contract=Contract(id="K-10", signed_on=paris(4).date(), monthly_price=9)
    )
    assert await out.ends() == "completed"
    assert out.world.hlr == {NEW_SIM.imsi: NUMBER}
    assert out.world.bill.ended.keys() == {"K-9"}
    assert out.world.gone == [False]


async def test_a_number_in_quarantine_leaves_without_hlr_and_money_and_its_quarantine_ends(out: OutStory) -> None:
    out.world.know(state="ended", ended_at=paris(1, 0))
    out.world.hlr = {}
    await out.agreed()
    assert out.world.dossier.blocked == [None]
    await out.performed()
    assert await out.ends() == "completed"
    assert out.world.effects_on_the_line == []
    assert (out.world.gone, out.world.follow_ups) == ([True], [])
    assert out.world.calls["hlr_remove"] == 0
    assert [kind for kind in out.world.told if kind == "completed"] == ["completed", "completed"]


async def test_a_number_that_no_sim_carries_any_more_leaves_with_its_contract(out: OutStory) -> None:
    await out.agreed()
    out.world.hlr = {}
    await out.performed()
    assert await out.ends() == "completed"
    assert out.world.effects_on_the_line == ["contract_ended", "invoice_asked", "sim_retired"]
    assert out.world.sims.retired == [OLD_SIM.iccid]
