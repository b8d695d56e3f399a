"""A number leaves as it should: told, agreed, performed, ended."""

from datetime import date
from decimal import Decimal

from tests.support.end_world import CONTRACT
from tests.support.order_story import paris, to_the_minute
from tests.support.out_story import OutStory
from tests.support.out_world import DOSSIER
from tests.support.sim_world import OLD_SIM

LEFT = ["notice_sent", "answered", "line_down", "contract_ended", "invoice_asked", "sim_retired"]


async def test_a_number_is_let_go_and_what_it_leaves_is_ended_once(out: OutStory) -> None:
    world = out.world
    await out.agreed()
    await out.pass_until(paris(8, 8, 30))
    at = await out.performed()
    assert await out.ends() == "completed"
    assert world.done == LEFT
    assert world.hlr == {}
    assert world.bill.ended == {CONTRACT.id: at}
    assert world.sims.retired == [OLD_SIM.iccid]
    assert [follow.order_id for follow in world.follow_ups] == ["st-1"]
    assert world.follow_ups[0].order["effective_at"] == at.isoformat().replace("+00:00", "Z")
    assert world.told == ["requested", "requested", "completed", "completed"]
    assert world.gone == [True]
    assert world.status.outcome == {
        "recipient": "BOREA",
        "dossier_id": DOSSIER,
        "performed_at": at.isoformat(),
        "fee": "0.00",
        "contract_id": CONTRACT.id,
        "settlement": "st-1",
    }


async def test_the_holder_is_told_before_our_answer_leaves_and_is_not_waited_for(out: OutStory) -> None:
    await out.agreed()
    assert out.world.known_when_answered == {"told": ["requested", "requested"], "released": False}
    assert to_the_minute(out.world.at["answered"]) == paris(3)
    assert {message.channel for message in out.world.recorder.messages} == {"email", "sms"}
    assert out.world.recorder.messages[0].fields["recipient"] == "BOREA"


async def test_the_answer_names_the_first_possible_day_and_the_order_says_what_it_waits_for(out: OutStory) -> None:
    status = await out.agreed()
    [answer] = out.world.dossier.answers
    assert (answer.blocking_code, answer.first_possible) == (None, paris(4, 8))
    assert (await out.waiting()).party == "BOREA"
    assert status.due is not None
    assert to_the_minute(status.due) == paris(1, month=9)


async def test_the_line_works_and_is_lent_until_the_recipient_has_ported_it(out: OutStory) -> None:
    await out.agreed()
    await out.pass_until(paris(20))
    assert out.world.lent
    assert (out.world.hlr, out.world.recorder.released) == ({OLD_SIM.imsi: out.world.line.msisdn}, False)  # type: ignore[union-attr]
    assert out.world.effects_on_the_line == []


async def test_a_commitment_refuses_nothing_and_is_paid_as_of_the_day_of_the_port(out: OutStory) -> None:
    out.world.know(
        contract=CONTRACT.model_copy(update={"signed_on": date(2026, 1, 10), "commitment_months": 12}),
    )
    await out.agreed()
    assert out.world.recorder.messages[0].fields["fee"] == "139.93 €"  # on 4 June
    await out.pass_until(paris(12))
    await out.performed()
    assert await out.ends() == "completed"
    assert out.world.dossier.blocked == [None]
    assert out.world.bill.fees == [Decimal("119.94")]
    assert out.world.recorder.messages[-1].fields["fee"] == "119.94 €"


async def test_the_line_is_let_go_of_once_it_is_down_and_before_the_money_moves(out: OutStory) -> None:
    seen: list[bool] = []

    async def look() -> None:
        seen.append(out.world.recorder.released)

    out.world.after_effect("hlr_remove", look)
    out.world.after_effect("billing_end_contract", look)
    await out.agreed()
    await out.performed()
    assert await out.ends() == "completed"
    assert seen == [False, True]


async def test_a_message_told_twice_changes_nothing(out: OutStory) -> None:
    await out.agreed()
    at = await out.performed()
    await out.hear("portingperformed", actual=at)
    await out.hear("cancel")
    await out.hear("errorfound", error_text="late")
    assert await out.ends() == "completed"
    assert out.world.done == LEFT
    assert {"portingperformed noted", "cancel noted", "errorfound noted"} <= set(out.world.lines)
