"""The holder's stop: until our answer leaves, and only for who has shown who he is."""

from datetime import timedelta

import pytest

from domain.authentication import Authentication, AuthenticationMethod
from domain.lines import LineNewsKind
from domain.updates import FreezeRequest
from tests.support.order_story import paris
from tests.support.out_story import OutStory


async def is_refused_for_the_holder(out: OutStory) -> None:
    """The order ends refused on the holder's word; the line is as before."""
    assert await out.ends() == "rejected"
    assert out.world.dossier.blocked == ["30"]
    assert out.world.status.refusal is not None
    assert out.world.status.refusal.code == "customer_withdrew"
    assert out.world.known_when_answered["released"]
    assert out.world.effects_on_the_line == []


async def test_a_holder_who_stands_in_the_shop_stops_the_port(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    assert (await out.freeze()).message == "recorded: the request is refused"
    await is_refused_for_the_holder(out)
    assert [(event.by, event.reason) for event in out.world.recorder.timeline if event.by == "ada"] == [
        ("ada", "asked for nothing"),
        ("ada", "asked for nothing"),
    ]


async def test_a_stop_while_customer_care_is_away_is_obeyed_once_it_is_back(out: OutStory) -> None:
    out.world.take_down("care_line", until=paris(3, 12))
    await out.start()
    await out.line("it is tried again")
    await out.stuck()
    await out.freeze()
    await is_refused_for_the_holder(out)


async def test_a_one_time_code_counts_once_it_came_back_right(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    assert "once it comes back" in (await out.freeze("one_time_code")).message
    await out.code(right=False)
    await out.pass_time(minutes=5)
    assert ((await out.status()).state, out.world.dossier.blocked) == ("held", [])
    await out.freeze("one_time_code")
    await out.code(right=True, number=2)
    await is_refused_for_the_holder(out)
    codes = [message for message in out.world.recorder.messages if "code_" in message.kind]
    assert [(code.kind, code.channel) for code in codes] == [("port_out.code_1", "email"), ("port_out.code_2", "email")]


async def test_a_code_that_comes_back_after_our_answer_changes_nothing(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    await out.freeze("one_time_code")
    await out.release()
    await out.stage("agreed")
    await out.code(right=True)
    await out.performed()
    assert await out.ends() == "completed"


async def test_a_stop_after_our_answer_is_too_late_and_says_who_can_still_cancel(out: OutStory) -> None:
    await out.agreed()
    assert "too late to freeze" in await out.refused(out.freeze())
    assert "the recipient may cancel" in await out.refused(out.freeze("one_time_code"))
    assert (await out.status()).stage == "agreed"


async def test_a_stop_while_our_answer_is_on_its_way_is_too_late(out: OutStory) -> None:
    out.world.take_down("hub_answer", until=paris(3, 12))
    await out.start()
    await out.line("it is tried again")
    assert "too late to freeze" in await out.refused(out.freeze())
    await out.pass_until(paris(3, 13))
    await out.stage("agreed")


async def test_nobody_stops_a_port_twice(out: OutStory) -> None:
    out.world.take_down("care_line", until=paris(3, 12))
    await out.start()
    await out.line("it is tried again")
    await out.freeze()
    assert "frozen already" in await out.refused(out.freeze())
    await is_refused_for_the_holder(out)


async def test_no_code_is_promised_before_it_is_known_how_to_reach_the_holder(out: OutStory) -> None:
    out.world.take_down("care_line", until=paris(3, 12))
    await out.start()
    await out.line("it is tried again")
    assert "no code can be sent yet" in await out.refused(out.freeze("one_time_code"))
    await out.pass_until(paris(3, 13))
    await out.stage("agreed")


async def test_a_stop_says_who_asks_why_and_how_he_has_shown_it(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    shown = Authentication(method=AuthenticationMethod.IN_SHOP, agent="ada")
    for by, reason, how in (("", "no", shown), ("ada", " ", shown), ("ada", "no", None)):
        request = FreezeRequest(by=by, reason=reason, authentication=how)
        assert "must say" in await out.refused(out.update("freeze", request))
    assert (await out.status()).state == "held"


async def test_a_stop_of_a_held_port_needs_none_of_our_systems(out: OutStory) -> None:
    out.world.note_of_line(locked_since=paris(2))
    await out.held()
    out.world.take_down("care_line", "hlr_carrier")
    await out.freeze()
    await is_refused_for_the_holder(out)


@pytest.mark.parametrize("what", ["the holder freezes it", "the holder locks the line"])
async def test_a_number_that_waits_for_the_others_of_its_dossier_can_still_be_stopped(out: OutStory, what: str) -> None:
    async with out.beside() as other:
        other.world.note_of_line(locked_since=paris(2))
        await out.start(numbers=2)
        await other.held(order_id="po-2", numbers=2)
        await out.line("answered together with the other numbers")
        if what == "the holder freezes it":
            await out.freeze()
            await out.line("refused: customer_withdrew")
        else:
            out.world.note_of_line(locked_since=paris(3))
            await out.line_news(LineNewsKind.CHANGED, by="ls-1", kind="line_service")
            await out.stage("held")
            await out.refuse()
        await other.release()
        assert await out.ends() == "rejected"
        await other.stage("agreed")
        code = {"the holder freezes it": "30"}.get(what, "61")
        assert sorted(out.world.dossier.blocked, key=str) == [code, None]
        assert [what for what, _ in out.world.dossier.sent].count("answer") == 1


async def test_a_stop_that_comes_while_the_answer_is_leaving_is_too_late(out: OutStory) -> None:
    async with out.beside() as other:
        other.world.retry_after = out.world.retry_after = timedelta(minutes=30)
        other.world.take_down("hub_answer", until=paris(4))
        out.world.take_down("hub_answer", until=paris(4))
        await out.start(numbers=2)
        await out.line("answered together with the other numbers")
        await other.start(order_id="po-2", numbers=2)
        await other.line("answered together with the other numbers")
        await out.freeze()
        await out.line("too late: the answer of the dossier is leaving")
        await out.pass_until(paris(4, 11))
        await out.stage("agreed")
        assert out.world.dossier.blocked == [None, None]
