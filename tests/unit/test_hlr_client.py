"""The HLR's client against a scripted control port with OsmoHLR's texts."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parties.errors import NotConnected, OutcomeUnknown, PartyFailed, PartyRefused, PartyUnavailable
from parties.hlr import Hlr, Subscriber
from parties.hlr.frames import FrameError, encode, parse_reply
from parties.hlr.subscriber import parse_info
from tests.support.ports import free_ports
from tests.support.scripted_hlr import (
    IMSI,
    MSISDN,
    OTHER,
    QUICK,
    Row,
    ScriptedHlr,
    client_of,
    encode_reply,
    scripted_hlr,
)


@pytest.fixture
async def peer() -> AsyncIterator[ScriptedHlr]:
    async with scripted_hlr() as scripted:
        yield scripted


@pytest.fixture
async def hlr(peer: ScriptedHlr) -> AsyncIterator[Hlr]:
    async with client_of(peer) as client:
        yield client


async def test_a_new_sim_is_created_numbered_and_read_back(peer: ScriptedHlr, hlr: Hlr) -> None:
    found = await hlr.put_in_service(IMSI, MSISDN)
    assert found == Subscriber(imsi=IMSI, msisdn=MSISDN, cs_enabled=True, ps_enabled=True)
    assert peer.rows == {IMSI: Row(msisdn="33639980001")}
    assert await hlr.carrier(MSISDN) == IMSI


async def test_a_sim_in_service_is_only_read(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[IMSI] = Row(msisdn="33639980001")
    await hlr.put_in_service(IMSI, MSISDN)
    assert peer.writes == []


async def test_only_what_differs_is_written(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[IMSI] = Row(msisdn="33639980001", cs="0")
    await hlr.put_in_service(IMSI, MSISDN)
    assert peer.writes == [f"SET subscriber.by-imsi-{IMSI}.cs-enabled 1"]


async def test_services_left_unsaid_are_on(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.terse = True
    peer.rows[IMSI] = Row(ps="0")
    assert await hlr.info_by_imsi(IMSI) == Subscriber(imsi=IMSI, cs_enabled=True, ps_enabled=False)


async def test_a_sim_that_another_call_has_just_created_is_ours_too(peer: ScriptedHlr, hlr: Hlr) -> None:
    def created_meanwhile(command: str) -> str:
        if command.startswith("SET subscriber.create"):
            peer.rows[IMSI] = Row()
        return "usual"

    peer.on_command = created_meanwhile
    assert (await hlr.put_in_service(IMSI, MSISDN)).msisdn == MSISDN


async def test_a_number_on_another_sim_is_refused_and_stays_there(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[OTHER] = Row(msisdn="33639980001")
    with pytest.raises(PartyRefused) as caught:
        await hlr.put_in_service(IMSI, MSISDN)
    assert caught.value.code == "number_on_another_sim"
    assert await hlr.carrier(MSISDN) == OTHER


async def test_a_sim_with_another_number_is_refused_and_keeps_it(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[IMSI] = Row(msisdn="33639980002")
    with pytest.raises(PartyRefused) as caught:
        await hlr.put_in_service(IMSI, MSISDN)
    assert caught.value.code == "sim_carries_another_number"
    assert peer.writes == []


async def test_a_failed_update_that_nobody_explains_is_tried_again_later(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.on_command = lambda text: "ERROR {id} Update MSISDN failed" if ".msisdn 3" in text else "usual"
    with pytest.raises(PartyFailed):
        await hlr.put_in_service(IMSI, MSISDN)


async def test_a_failed_update_that_took_place_after_all_is_a_success(peer: ScriptedHlr, hlr: Hlr) -> None:
    def done_but_denied(command: str) -> str:
        if ".msisdn 3" in command:
            peer.rows[IMSI].msisdn = "33639980001"
            return "ERROR {id} Update MSISDN failed"
        return "usual"

    peer.on_command = done_but_denied
    assert (await hlr.put_in_service(IMSI, MSISDN)).msisdn == MSISDN


@pytest.mark.parametrize("step", ["subscriber.create", ".msisdn ", ".cs-enabled "])
@pytest.mark.parametrize("done", [False, True], ids=["before the effect", "after the effect"])
async def test_a_crash_between_two_commands_is_mended_by_calling_again(
    peer: ScriptedHlr, hlr: Hlr, step: str, done: bool
) -> None:
    if step == ".cs-enabled ":
        peer.rows[IMSI] = Row(cs="0", ps="0")

    def hang_up_once(command: str) -> str | None:
        if step not in command or not command.startswith("SET"):
            return "usual"
        peer.on_command = lambda _text: "usual"
        if done:
            peer.do(command)
        return None

    peer.on_command = hang_up_once
    with pytest.raises(OutcomeUnknown):
        await hlr.put_in_service(IMSI, MSISDN)
    assert await hlr.put_in_service(IMSI, MSISDN) == Subscriber(imsi=IMSI, msisdn=MSISDN)
    assert peer.rows == {IMSI: Row(msisdn="33639980001")}
    assert peer.connections == 2


async def test_taking_down_switches_off_and_frees_the_number(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[IMSI] = Row(msisdn="33639980001")
    await hlr.take_out_of_service(IMSI, MSISDN)
    assert peer.rows == {IMSI: Row(msisdn="", cs="0", ps="0")}


async def test_taking_down_twice_changes_nothing_more(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[IMSI] = Row(msisdn="33639980001")
    await hlr.take_out_of_service(IMSI, MSISDN)
    peer.commands.clear()
    await hlr.take_out_of_service(IMSI, MSISDN)
    assert peer.writes == []


async def test_taking_down_a_sim_that_was_never_created_is_safe(peer: ScriptedHlr, hlr: Hlr) -> None:
    await hlr.take_out_of_service(IMSI, MSISDN)
    assert peer.rows == {}


async def test_taking_down_leaves_the_number_of_another_sim_alone(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {IMSI: Row(), OTHER: Row(msisdn="33639980001")}
    await hlr.take_out_of_service(IMSI, MSISDN)
    assert peer.rows[OTHER] == Row(msisdn="33639980001")


async def test_taking_down_leaves_a_sim_alone_that_carries_another_number(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[IMSI] = Row(msisdn="33639980002")
    await hlr.take_out_of_service(IMSI, MSISDN)
    assert peer.rows == {IMSI: Row(msisdn="33639980002")}


async def test_a_write_that_does_not_read_back_is_no_success(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[IMSI] = Row(msisdn="33639980001")
    peer.on_command = lambda text: "SET_REPLY {id} x OK" if text.startswith("SET") else "usual"
    with pytest.raises(PartyUnavailable):
        await hlr.take_out_of_service(IMSI, MSISDN)


async def test_a_refused_connection_proves_that_nothing_left() -> None:
    with pytest.raises(NotConnected):
        await Hlr("127.0.0.1", free_ports(), QUICK).put_in_service(IMSI, MSISDN)


async def test_an_hlr_that_goes_away_after_the_first_change_leaves_the_outcome_unknown(
    peer: ScriptedHlr, hlr: Hlr
) -> None:
    def then_refuse(command: str) -> str | None:
        if command.startswith("SET subscriber.create"):
            hlr._port = 1  # nobody listens there
            peer.on_command = lambda _text: None
        return "usual"

    peer.on_command = then_refuse
    with pytest.raises(OutcomeUnknown):
        await hlr.put_in_service(IMSI, MSISDN)
    with pytest.raises(NotConnected):
        await hlr.put_in_service(IMSI, MSISDN)


async def test_a_silent_hlr_costs_a_timeout_and_the_next_call_a_new_connection(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.on_command = lambda _text: b""
    with pytest.raises(PartyUnavailable):
        await hlr.info_by_imsi(IMSI)
    peer.on_command = lambda _text: "usual"
    assert await hlr.info_by_imsi(IMSI) is None
    assert peer.connections == 2


@pytest.mark.parametrize(
    "noise", [b"HTTP/1.1 400 Bad Request\r\n", b"\x00\x00\xee", b"\xff\xff\xee\x00", b"\x00\x03\xee\x00\xff\xff"]
)
async def test_what_is_no_control_frame_ends_the_connection(peer: ScriptedHlr, hlr: Hlr, noise: bytes) -> None:
    peer.on_command = lambda _text: noise
    with pytest.raises(PartyUnavailable) as caught:
        await hlr.info_by_imsi(IMSI)
    assert "malformed" in str(caught.value)


async def test_a_record_without_an_imsi_is_not_believed(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.on_command = lambda _text: "GET_REPLY {id} x \nmsisdn\t33639980001"
    with pytest.raises(PartyFailed):
        await hlr.info_by_imsi(IMSI)


async def test_replies_are_matched_by_number_and_one_connection_serves_all(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {f"2089900000001{n:02}": Row(msisdn=f"336399801{n:02}") for n in range(50)}
    found = await asyncio.gather(*(hlr.info_by_imsi(imsi) for imsi in peer.rows))
    assert [record.imsi for record in found if record] == list(peer.rows)
    assert peer.connections == 1


async def test_late_replies_to_commands_given_up_are_not_taken_for_others(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows = {IMSI: Row(msisdn="33639980001"), OTHER: Row()}
    stale = encode_reply(f"GET_REPLY 999 subscriber.by-imsi-{OTHER}.info \nid\t2\nimsi\t{OTHER}")
    peer.on_command = lambda _text: stale + encode_reply(peer.reply("GET", "1", f"subscriber.by-imsi-{IMSI}.info"))
    found = await hlr.info_by_imsi(IMSI)
    assert found is not None
    assert found.imsi == IMSI


@pytest.mark.parametrize("imsi", ["", "20899000000000١", "208990000000001 x", "2089900000000011", "208990000000001\n"])
async def test_an_imsi_that_is_none_never_reaches_the_hlr(peer: ScriptedHlr, hlr: Hlr, imsi: str) -> None:
    with pytest.raises(PartyRefused) as caught:
        await hlr.put_in_service(imsi, MSISDN)
    assert caught.value.code == "imsi_invalid"
    assert peer.commands == []


@pytest.mark.parametrize("msisdn", ["0639980001", "+33 639980001", "none", "+33639980001\n"])
async def test_a_number_that_is_not_e164_never_reaches_the_hlr(peer: ScriptedHlr, hlr: Hlr, msisdn: str) -> None:
    with pytest.raises(PartyRefused):
        await hlr.info_by_msisdn(msisdn)
    assert peer.commands == []


async def test_errors_never_name_the_sim_or_the_number(peer: ScriptedHlr, hlr: Hlr) -> None:
    peer.rows[OTHER] = Row(msisdn="33639980001")
    with pytest.raises(PartyRefused) as caught:
        await hlr.put_in_service(IMSI, MSISDN)
    assert not any(secret in str(caught.value) for secret in (IMSI, OTHER, MSISDN[1:]))


def test_the_frame_is_the_protocols_to_the_byte() -> None:
    assert encode("GET 1 x") == b"\x00\x08\xee\x00GET 1 x"


def test_a_command_cannot_smuggle_a_second_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        encode("SET 1 x y\nSET 2 x z")


def test_a_reply_of_another_kind_is_refused() -> None:
    with pytest.raises(FrameError):
        parse_reply("HELLO 1 x")


def test_a_record_of_the_manual_reads_as_it_should() -> None:
    assert parse_info("\nid\t3\nimsi\t901990000000003\nmsisdn\t103\nnam_cs\t0\n") == Subscriber(
        imsi="901990000000003", msisdn="+103", cs_enabled=False, ps_enabled=True
    )
