"""Nothing personal rests in clear, and keys can be rotated."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from domain.deliveries import DeliveryKind
from domain.orders import CustomerMessage, OrderStatus, WaitingFor
from domain.port_in import DossierMessage
from domain.refusals import RefusalCode, refusal
from domain.timeline import TimelineCode, TimelineEvent
from journal import CUSTOMER_MESSAGE, FieldCipher, Sealed
from journal.cipher import LineIndex
from tests.support.journal_kit import (
    INDEX,
    MSISDN,
    NOW,
    REAL,
    Ring,
    acceptance,
    entry,
    message,
    open_journal,
    order_id,
    record,
)

SECRETS = (
    MSISDN,
    "639980001",
    "C1P7K9M2QAB+",
    "7K9M2Q",
    "Camille",
    "Martin",
    "camille@example.org",
    "her-key-0639980001",
    "8933010000000000002",
    "208010000000001",
    "amelie.durand",
    "the widow called",
)


def test_the_files_hold_no_number_rio_name_address_or_remark(tmp_path: Path):
    journal = open_journal(tmp_path)
    journal.orders.accept(acceptance(msisdn=MSISDN, key="her-key-0639980001", fingerprint=MSISDN, messages=[message()]))
    told = OrderStatus(
        state="pending",
        stage="asked",
        waiting_for=WaitingFor(party="CIRUS", what="Camille"),
        refusal=refusal(RefusalCode.UNMAPPED, "CIRUS", raw_text="Martin is unknown"),
        outcome={"iccid": "8933010000000000002"},
    )
    events = [
        TimelineEvent(
            code=TimelineCode.NOTE,
            what="sim reserved",
            by="amelie.durand",
            reason="the widow called",
            detail={"imsi": "208010000000001"},
        )
    ]
    record(journal, entry(1, "asked").model_copy(update={"status": told, "events": events}))
    dossier = journal.dossiers.open(order_id(1), 1, "ALIZE")
    journal.inbox.receive(
        7, "portingrequest", dossier, {"customerid": "C1P7K9M2QAB+", "lastname": "Martin", "start": "0639980001"}
    )
    raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert order_id(1).encode() in raw  # the bytes that were written are looked at
    assert [secret for secret in SECRETS if secret.encode() in raw] == []


def test_the_files_hold_no_code_matching_id_activation_code_or_iccid(tmp_path: Path):
    journal = open_journal(tmp_path)
    journal.orders.accept(acceptance())
    message = CustomerMessage(kind="sim_replacement.code_1", channel="sms", to=MSISDN)
    journal.codes.send(order_id(1), 1, message, entry=None, at_legal=NOW, at_real=REAL)
    (item,) = journal.outbox.claim(CUSTOMER_MESSAGE, 1, 30, REAL)
    code = item.payload["fields"]["code"]
    minute = timedelta(minutes=1)
    journal.codes.check(order_id(1), code, tries=3, lock=minute, valid=minute, at_legal=NOW, at_real=REAL)
    iccid = "8933010000000000002"
    matching_id = journal.profiles.matching_id(order_id(1), 1, iccid)
    journal.profiles.offer_code(order_id(1), 1, f"1$smdp.alize.example${matching_id}")
    body = {"iccid": f"{iccid}F", "header": {"functionCallIdentifier": f"call-{iccid}"}}
    kind = DeliveryKind.PROFILE_PROGRESS
    journal.inbox.receive_callback(
        "smdp", f"call-{iccid}", body, order_id=order_id(1), kind=kind, content={"text": iccid}, at_real=REAL
    )
    dossier = journal.dossiers.open(order_id(1), 1, "ALIZE")
    journal.inbox.receive(7, "cancel", dossier, {"note": MSISDN})
    cancel = DossierMessage(message_id=7, type="cancel", dossier_id=dossier, note=MSISDN)
    journal.inbox.deliver_message(7, [order_id(1)], cancel)
    raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"code_checked" in raw  # the bytes that were written are looked at
    outside_of_hashes = re.sub(rb"[0-9a-f]{32,64}", b"", raw)
    assert code.encode() not in outside_of_hashes
    secrets = (matching_id, "smdp.alize.example", iccid, "639980001")
    assert [secret for secret in secrets if secret.encode() in raw] == []


def test_a_new_file_is_readable_by_its_owner_only(tmp_path: Path):
    open_journal(tmp_path / "state")
    assert (tmp_path / "state" / "journal.sqlite").stat().st_mode & 0o077 == 0


def test_after_a_rotation_old_fields_open_and_new_ones_are_sealed_with_the_new_key(tmp_path: Path):
    open_journal(tmp_path).orders.accept(acceptance())
    both = Ring(active="k2", keys={"k1": b"1" * 32, "k2": b"2" * 32})
    rotated = open_journal(tmp_path, both)
    record(rotated, entry(1, "asked"))
    assert rotated.orders.verify(order_id(1)).ok
    only_new = open_journal(tmp_path, Ring(active="k2", keys={"k2": b"2" * 32}))
    with pytest.raises(Sealed, match="not in the ring"):
        only_new.orders.read(order_id(1))
    assert rotated.lines.read(MSISDN).orders[0].order_id == order_id(1)


def test_a_sealed_field_does_not_open_elsewhere_nor_altered():
    cipher = FieldCipher(Ring())
    sealed = cipher.seal_json({"name": "Camille"}, b"here")
    assert cipher.open_json(sealed, b"here") == {"name": "Camille"}
    with pytest.raises(Sealed):
        cipher.open(sealed, b"there")
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(Sealed):
            cipher.open(bytes(altered), b"here")
    for length in range(len(sealed)):
        with pytest.raises(Sealed):
            cipher.open(sealed[:length], b"here")


def test_equal_fields_are_never_sealed_alike():
    cipher = FieldCipher(Ring())
    assert cipher.seal(b"same", b"") != cipher.seal(b"same", b"")


def test_the_hash_of_a_line_needs_the_key_and_is_32_hexadecimal_characters():
    hashed = INDEX.of(MSISDN)
    assert len(hashed) == 32
    assert set(hashed) <= set("0123456789abcdef")
    assert hashed == INDEX.of(MSISDN)
    assert hashed != LineIndex(os.urandom(32)).of(MSISDN)
    assert hashed != INDEX.of_text("idempotency key", MSISDN)


def test_what_is_done_keeps_no_payload(tmp_path: Path):
    journal = open_journal(tmp_path)
    journal.orders.accept(acceptance())
    (item,) = journal.outbox.claim("start_workflow", 1, 30, REAL)
    assert item.payload["order"]["authorisation"]["value"] == "C1P7K9M2QAB+"
    journal.outbox.mark_done(item.id)
    journal.close()
    import sqlite3

    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        assert connection.execute("SELECT length(payload_sealed), due_at_real FROM outbox").fetchall() == [(0, None)]
    connection.close()
