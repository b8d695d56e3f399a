"""The HLR's commands: OsmoHLR's replies, error texts and habits."""

from pathlib import Path

import pytest

from simulator.hlr.commands import answer
from simulator.hlr.frames import Decoder, encode
from simulator.store import Store
from simulator.world.build import build_world
from simulator.world.clock import LegalClock, RealClock
from simulator.world.effects import Effects
from simulator.world.hlr import SCHEMA, Hlr, NumberTaken

OLD, NEW, UNKNOWN = "208410000000001", "208415000000001", "208419999999999"
NUMBER = "33639980001"
KEYS = "milenage,000102030405060708090a0b0c0d0e0f,opc,101112131415161718191a1b1c1d1e1f,5"


class Desk:
    """An HLR with one SIM in service, and the effects since."""

    def __init__(self, file: Path) -> None:
        build_world(file, seed=1, subscribers=600, pace=1.0)
        store = Store(file)
        self.effects = Effects(store, LegalClock(store, RealClock()))
        store.declare(SCHEMA)
        self.hlr = Hlr("ALIZE", store, self.effects)

    def ask(self, text: str) -> str:
        return answer(self.hlr, text)

    def happened(self) -> list[str]:
        return [effect["effect"] for effect in self.effects.after(0, 100)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "world.sqlite")


def test_info_shows_the_row_as_osmohlr_does(desk):
    assert desk.ask(f"GET 7 subscriber.by-msisdn-{NUMBER}.info") == (
        f"GET_REPLY 7 subscriber.by-msisdn-{NUMBER}.info "
        f"\nid\t2\nimsi\t{OLD}\nmsisdn\t{NUMBER}\nnam_cs\t1\nnam_ps\t1\nms_purged_cs\t0\nms_purged_ps\t0"
        "\nperiodic_lu_timer\t0\nperiodic_rau_tau_timer\t0\nlmsi\t00000000"
    )


def test_a_new_sim_has_services_and_no_number(desk):
    reply = desk.ask(f"SET 1 subscriber.create {NEW}")
    assert reply.startswith("SET_REPLY 1 subscriber.create ")
    info = desk.ask(f"GET 2 subscriber.by-imsi-{NEW}.info")
    assert "\nnam_cs\t1\nnam_ps\t1" in info
    assert "msisdn\t" not in info
    assert desk.ask(f"GET 3 subscriber.by-imsi-{NEW}.msisdn").endswith(" none")
    assert desk.happened() == ["subscriber_created"]


def test_moving_a_number_takes_it_off_the_old_sim_first(desk):
    desk.ask(f"SET 1 subscriber.create {NEW}")
    assert desk.ask(f"SET 2 subscriber.by-imsi-{NEW}.msisdn {NUMBER}") == "ERROR 2 Update MSISDN failed"
    assert desk.ask(f"SET 3 subscriber.by-imsi-{OLD}.msisdn none").endswith(" OK")
    assert desk.ask(f"SET 4 subscriber.by-imsi-{NEW}.msisdn {NUMBER}").endswith(" OK")
    assert f"\nimsi\t{NEW}\n" in desk.ask(f"GET 5 subscriber.by-msisdn-{NUMBER}.info")
    assert desk.happened() == ["subscriber_created", "msisdn_cleared", "msisdn_set"]


def test_setting_what_is_set_already_is_no_effect(desk):
    assert desk.ask(f"SET 1 subscriber.by-imsi-{OLD}.msisdn {NUMBER}").endswith(" OK")
    assert desk.ask(f"SET 2 subscriber.by-imsi-{OLD}.cs-enabled 1").endswith(" OK")
    assert desk.happened() == []


def test_services_are_switched_one_by_one(desk):
    assert desk.ask(f"SET 1 subscriber.by-imsi-{OLD}.cs-enabled 0").endswith(" OK")
    assert desk.ask(f"GET 2 subscriber.by-imsi-{OLD}.cs-enabled").endswith(" 0")
    assert desk.ask(f"GET 3 subscriber.by-imsi-{OLD}.ps-enabled").endswith(" 1")
    assert desk.ask(f"SET 4 subscriber.by-msisdn-{NUMBER}.cs-enabled 1").endswith(" OK")
    assert desk.happened() == ["service_disabled", "service_enabled"]


def test_keys_are_stored_and_never_an_effect(desk):
    assert desk.ask(f"SET 1 subscriber.by-imsi-{OLD}.aud3g {KEYS}").endswith(" OK")
    assert desk.ask(f"GET 2 subscriber.by-imsi-{OLD}.aud3g").endswith(KEYS)
    assert desk.happened() == []


def test_deleting_says_the_id_and_then_that_there_is_nobody(desk):
    assert desk.ask(f"SET 1 subscriber.delete {OLD}") == "SET_REPLY 1 subscriber.delete 2"
    assert desk.ask(f"SET 2 subscriber.delete {OLD}") == "ERROR 2 Subscriber doesn't exist."
    assert desk.happened() == ["subscriber_deleted"]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (f"SET 1 subscriber.create {OLD}", "ERROR 1 Subscriber already exists."),
        ("SET 1 subscriber.create zzz", "ERROR 1 Invalid IMSI value."),
        (f"GET 1 subscriber.by-imsi-{UNKNOWN}.info", "ERROR 1 No such subscriber."),
        ("GET 1 subscriber.by-msisdn-1.info", "ERROR 1 No such subscriber."),
        ("GET 1 subscriber.by-id--1.info", "ERROR 1 No such subscriber."),
        ("GET 1 subscriber.by-id-9223372036854775808.info", "ERROR 1 Invalid value part of 'by-xxx-value' selector."),
        ("GET 1 subscriber.by-imsi-12345.info", "ERROR 1 Invalid value part of 'by-xxx-value' selector."),
        ("GET 1 subscriber.by-name-12345.info", "ERROR 1 Not a known subscriber 'by-xxx-' selector."),
        (f"SET 1 subscriber.by-imsi-{UNKNOWN}.cs-enabled 0", "ERROR 1 An error has occurred."),
        (f"SET 1 subscriber.by-imsi-{OLD}.ps-enabled maybe", "ERROR 1 Value failed verification."),
        (f"SET 1 subscriber.by-imsi-{OLD}.msisdn +{NUMBER}", "ERROR 1 Value failed verification."),
        (f"SET 1 subscriber.by-imsi-{OLD}.ps-enabled", "ERROR 1 SET incomplete"),
        (f"SET 1 subscriber.by-imsi-{OLD}.info x", "ERROR 1 Read Only attribute"),
        (f"GET 1 subscriber.by-imsi-{OLD}.colour", "ERROR 1 Command not found"),
        ("GET 1 subscriber", "ERROR 1 Command not present."),
        ("GET 1 subscriber.by-imsi-.", "ERROR 1 Command not present."),
        ("SET 1 nothing at all", "ERROR 1 Command not found"),
        ("GET 1 subscriber.by-id- 1.info", "ERROR 1 GET with trailing characters"),
        ("GET 1 subscriber.by-id-+1.info", "ERROR 1 GET variable contains invalid characters"),
        ("GET 1 subscriber.by-imsi-٢٠٨٤١.info", "ERROR 1 GET variable contains invalid characters"),
    ],
)
def test_errors_have_osmohlrs_words(desk, command, reply):
    assert desk.ask(command) == reply
    assert desk.happened() == []


def test_taking_a_sim_down_removes_number_and_services(desk):
    assert desk.hlr.take_down(OLD)
    row = desk.hlr.by_imsi(OLD)
    assert row is not None
    assert (row.msisdn, row.barred) == (None, True)
    assert sorted(desk.happened()) == ["msisdn_cleared", "service_disabled", "service_disabled"]
    assert not desk.hlr.take_down(UNKNOWN)


def test_putting_a_sim_up_is_refused_while_another_carries_the_number(desk):
    with pytest.raises(NumberTaken):
        desk.hlr.put_up(NEW, f"+{NUMBER}")
    assert desk.hlr.by_imsi(NEW) is None
    desk.hlr.take_down(OLD)
    desk.hlr.put_up(NEW, f"+{NUMBER}")
    row = desk.hlr.by_msisdn(f"+{NUMBER}")
    assert row is not None
    assert (row.imsi, row.cs, row.ps) == (NEW, True, True)


def test_frames_are_found_however_the_bytes_arrive():
    sent = encode("GET 1 a.b") + b"\x00\x01\xfe\x00" + encode("SET 2 ü x")
    decoder = Decoder()
    received = [text for byte in sent for text in decoder.feed(bytes([byte]))]
    assert received == ["GET 1 a.b", "SET 2 ü x"]
    assert Decoder().feed(sent) == received


def test_a_frame_counts_what_follows_the_stream_byte():
    assert encode("ab") == b"\x00\x03\xee\x00ab"
