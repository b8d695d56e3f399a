"""A number that moves between SIMs, and services barred, against a scripted control port: whatever is interrupted is
mended by calling again.
"""

from collections.abc import AsyncIterator

import pytest

from parties.errors import OutcomeUnknown, PartyError, PartyRefused
from parties.hlr import Hlr, Subscriber
from tests.support.scripted_hlr import IMSI as OLD
from tests.support.scripted_hlr import MSISDN, Row, ScriptedHlr, client_of, scripted_hlr
from tests.support.scripted_hlr import OTHER as NEW

THIRD = "208990000000003"
DIGITS = MSISDN[1:]
MOVED = {NEW: Row(msisdn=DIGITS)}
USUAL = "usual"


@pytest.fixture
async def peer() -> AsyncIterator[ScriptedHlr]:
    async with scripted_hlr() as scripted:
        scripted.rows = {OLD: Row(msisdn=DIGITS)}
        yield scripted


@pytest.fixture
async def hlr(peer: ScriptedHlr) -> AsyncIterator[Hlr]:
    async with client_of(peer) as client:
        yield client


async def test_a_number_moves_to_a_new_sim_and_the_old_one_is_forgotten(peer: ScriptedHlr, hlr: Hlr) -> None:
    assert await hlr.move(MSISDN, OLD, NEW) == Subscriber(imsi=NEW, msisdn=MSISDN)
    assert peer.rows == MOVED


async def test_nothing_comes_between_taking_the_number_off_and_putting_it_on(peer: ScriptedHlr, hlr: Hlr) -> None:
    await hlr.move(MSISDN, OLD, NEW)
    cleared = peer.commands.index(f"SET subscriber.by-imsi-{OLD}.msisdn none")
    assert peer.commands[cleared + 1] == f"SET subscriber.by-imsi-{NEW}.msisdn {DIGITS}"
    assert peer.commands.index(f"SET subscriber.create {NEW}") < cleared


async def test_both_commands_leave_before_the_first_is_answered(peer: ScriptedHlr, hlr: Hlr) -> None:
    """Else a crash while the first reply is on its way would leave the number on nobody."""
    peer.on_command = lambda text: b"" if text.endswith(".msisdn none") and not peer.do(text) else USUAL
    with pytest.raises(OutcomeUnknown):
        await hlr.move(MSISDN, OLD, NEW)
    assert peer.carriers(MSISDN) == [NEW]


async def test_a_barred_sim_gives_its_number_to_one_in_service(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {OLD: Row(msisdn=DIGITS, cs="0", ps="0"), NEW: Row(cs="0", ps="0")}
    await hlr.move(MSISDN, OLD, NEW)
    assert peer.rows == MOVED


@pytest.mark.parametrize(
    "step", ["create", "cs-enabled 1", "ps-enabled 1", "msisdn none", f"msisdn {DIGITS}", "delete"]
)
@pytest.mark.parametrize("done", [False, True], ids=["before the effect", "after the effect"])
async def test_a_move_that_breaks_off_anywhere_is_finished_by_calling_again(
    peer: ScriptedHlr, hlr: Hlr, step: str, done: bool
) -> None:
    if step.endswith("enabled 1"):
        peer.rows[NEW] = Row(cs="0", ps="0")

    def hang_up_once(command: str) -> str | None:
        if step not in command or not command.startswith("SET"):
            return USUAL
        peer.on_command = lambda _text: USUAL
        if done:
            peer.do(command)
        return None

    peer.on_command = hang_up_once
    with pytest.raises(OutcomeUnknown):
        await hlr.move(MSISDN, OLD, NEW)
    assert len(peer.carriers(MSISDN)) <= 1
    await hlr.move(MSISDN, OLD, NEW)
    assert peer.rows == MOVED
    peer.commands.clear()
    await hlr.move(MSISDN, OLD, NEW)
    assert peer.writes == []


@pytest.mark.parametrize(
    "left",
    [
        pytest.param({OLD: Row(), NEW: Row()}, id="on nobody"),
        pytest.param({OLD: Row(cs="0", ps="0"), NEW: Row()}, id="on nobody, the old SIM barred"),
        pytest.param({OLD: Row()}, id="on nobody, the new SIM not there"),
        pytest.param({}, id="on nobody, no SIM there"),
        pytest.param({OLD: Row(), NEW: Row(msisdn=DIGITS)}, id="on the new SIM"),
        pytest.param({OLD: Row(msisdn=DIGITS), NEW: Row()}, id="on the old SIM"),
        pytest.param({OLD: Row(msisdn=DIGITS), NEW: Row(ps="0")}, id="on the old SIM, the new one half on"),
    ],
)
async def test_what_the_hlr_shows_decides_what_is_left_to_do(peer: ScriptedHlr, hlr: Hlr, left: dict[str, Row]) -> None:
    peer.rows = left
    await hlr.move(MSISDN, OLD, NEW)
    assert peer.rows == MOVED


async def test_a_number_that_no_sim_carried_is_put_on_the_new_one(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {}
    await hlr.move(MSISDN, "", NEW)
    assert peer.rows == MOVED


async def test_a_new_sim_that_was_barred_after_the_move_stays_barred(peer: ScriptedHlr, hlr: Hlr) -> None:
    """The reply of the move was lost, the customer lost the phone, and only then is the move repeated."""
    peer.rows = {NEW: Row(msisdn=DIGITS, cs="0", ps="0")}
    await hlr.move(MSISDN, OLD, NEW)
    assert peer.rows == {NEW: Row(msisdn=DIGITS, cs="0", ps="0")}


async def test_a_number_on_a_third_sim_is_refused_and_nothing_is_changed(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {OLD: Row(), THIRD: Row(msisdn=DIGITS)}
    with pytest.raises(PartyRefused) as caught:
        await hlr.move(MSISDN, OLD, NEW)
    assert caught.value.code == "number_on_another_sim"
    assert peer.writes == []


async def test_a_new_sim_with_another_number_is_refused_and_nothing_is_changed(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[NEW] = Row(msisdn="33639980002")
    with pytest.raises(PartyRefused) as caught:
        await hlr.move(MSISDN, OLD, NEW)
    assert caught.value.code == "sim_carries_another_number"
    assert peer.writes == []


async def test_a_move_that_may_have_begun_is_never_refused(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {OLD: Row(), NEW: Row(msisdn="33639980002")}
    with pytest.raises(PartyError) as caught:
        await hlr.move(MSISDN, OLD, NEW)
    assert not isinstance(caught.value, PartyRefused)


async def test_a_number_that_goes_elsewhere_while_the_new_sim_is_made_is_not_taken_away(
    peer: ScriptedHlr, hlr: Hlr
) -> None:
    def somebody_else_moves_it(command: str) -> str:
        if "create" in command:
            peer.rows |= {OLD: Row(), THIRD: Row(msisdn=DIGITS)}
        return USUAL

    peer.on_command = somebody_else_moves_it
    with pytest.raises(PartyError) as caught:
        await hlr.move(MSISDN, OLD, NEW)
    assert not isinstance(caught.value, PartyRefused)
    assert peer.carriers(MSISDN) == [THIRD]


async def test_an_old_sim_that_carries_another_number_meanwhile_is_left_alone(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {OLD: Row(msisdn="33639980002"), NEW: Row(msisdn=DIGITS)}
    await hlr.move(MSISDN, OLD, NEW)
    assert peer.rows == {OLD: Row(msisdn="33639980002"), NEW: Row(msisdn=DIGITS)}


async def test_an_update_that_fails_once_without_a_reason_is_sent_again_at_once(peer: ScriptedHlr, hlr: Hlr) -> None:
    def fail_once(command: str) -> str:
        if f".msisdn {DIGITS}" not in command:
            return USUAL
        peer.on_command = lambda _text: USUAL
        return "ERROR {id} Update MSISDN failed"

    peer.on_command = fail_once
    await hlr.move(MSISDN, OLD, NEW)
    assert peer.rows == MOVED


async def test_an_update_that_always_fails_ends_in_trouble_never_in_a_refusal(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.on_command = lambda text: "ERROR {id} Update MSISDN failed" if f".msisdn {DIGITS}" in text else USUAL
    with pytest.raises(PartyError) as caught:
        await hlr.move(MSISDN, OLD, NEW)
    assert not isinstance(caught.value, PartyRefused)


async def test_moving_to_the_sim_that_has_the_number_deletes_nothing(peer: ScriptedHlr, hlr: Hlr) -> None:
    await hlr.move(MSISDN, OLD, OLD)
    assert peer.rows == {OLD: Row(msisdn=DIGITS)}


async def test_barring_silences_whatever_sim_carries_the_number(peer: ScriptedHlr, hlr: Hlr) -> None:
    assert await hlr.bar(MSISDN) == OLD
    assert peer.rows == {OLD: Row(msisdn=DIGITS, cs="0", ps="0")}
    assert await hlr.unbar(MSISDN) == OLD
    assert peer.rows == {OLD: Row(msisdn=DIGITS)}


async def test_barring_twice_writes_once(peer: ScriptedHlr, hlr: Hlr) -> None:
    await hlr.bar(MSISDN)
    peer.commands.clear()
    await hlr.bar(MSISDN)
    assert peer.writes == []


async def test_a_bar_follows_a_number_that_moves_meanwhile(peer: ScriptedHlr, hlr: Hlr) -> None:
    def move_once(command: str) -> str:
        if command.endswith("ps-enabled 0"):
            peer.on_command = lambda _text: USUAL
            peer.rows = {NEW: Row(msisdn=DIGITS)}
        return USUAL

    peer.on_command = move_once
    with pytest.raises(PartyError):  # the SIM that was being barred is gone
        await hlr.bar(MSISDN)
    assert await hlr.bar(MSISDN) == NEW
    assert peer.rows == {NEW: Row(msisdn=DIGITS, cs="0", ps="0")}


async def test_a_bar_waits_a_moment_for_a_number_that_is_on_its_way(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {}

    def arrive_before_the_second_look(_command: str) -> str:
        if len(peer.commands) == 2:
            peer.rows = {NEW: Row(msisdn=DIGITS)}
        return USUAL

    peer.on_command = arrive_before_the_second_look
    assert await hlr.bar(MSISDN) == NEW


@pytest.mark.parametrize("call", ["bar", "unbar"])
async def test_a_number_that_no_sim_carries_cannot_be_barred(peer: ScriptedHlr, hlr: Hlr, call: str) -> None:
    peer.rows = {OLD: Row()}
    with pytest.raises(PartyRefused) as caught:
        await getattr(hlr, call)(MSISDN)
    assert caught.value.code == "number_inactive"
    assert peer.writes == []


@pytest.mark.parametrize("step", ["cs-enabled 0", "ps-enabled 0"])
@pytest.mark.parametrize("done", [False, True], ids=["before the effect", "after the effect"])
async def test_a_bar_that_breaks_off_is_finished_by_calling_again(
    peer: ScriptedHlr, hlr: Hlr, step: str, done: bool
) -> None:
    def hang_up_once(command: str) -> str | None:
        if step not in command:
            return USUAL
        peer.on_command = lambda _text: USUAL
        if done:
            peer.do(command)
        return None

    peer.on_command = hang_up_once
    with pytest.raises(OutcomeUnknown):
        await hlr.bar(MSISDN)
    await hlr.bar(MSISDN)
    assert peer.rows == {OLD: Row(msisdn=DIGITS, cs="0", ps="0")}
