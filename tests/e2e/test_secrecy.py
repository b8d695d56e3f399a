"""What rests on disk after orders of every ending: not one number, code, name, card or key in clear."""

import re

import pytest

from tests.support.living_relais import HOME, Line, LivingRelais
from tests.support.living_sims import (
    BY_CODE,
    PORTAL,
    activation_code,
    code_sent,
    phone,
    replace_sim,
    scan,
    show_who_he_is,
)

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

MAIL = "capucine.delaunay@example.org"
KEY = "a-key-that-a-client-chose-0193"
EID = "89049032123451234512345678901235"
IMEI = "354745031074406"
DECLARATION = "PV 2026/4711-B"


def spellings(line: Line) -> list[str]:
    """What tells of a line, in each form that it is written in."""
    digits = line.msisdn.removeprefix("+")
    return [line.msisdn, digits, f"0{digits[2:]}", line.rio, line.name, line.iccid, line.imsi]


async def test_databases_and_logs_hold_nothing_personal_in_clear(relais: LivingRelais):
    done, refused, withdrawn, untaken = await relais.lines(4)
    await relais.behave(refused, "refuse", "13")
    answer = await relais.post("/v1/port-ins", relais.request(done, contact={"email": MAIL}), key=KEY)
    ids = [answer.json()["order_id"], await relais.port_in(refused)]
    relais.ported[ids[0]] = done
    cancelled = await relais.port_in_later(withdrawn, 45)
    await relais.until(cancelled, "waiting_for_day")
    await relais.ask(cancelled, "cancel")
    await relais.post("/v1/port-ins", relais.request(untaken, surprise=untaken.name), key="untaken")
    await relais.api.get(f"/v1/numbers/{untaken.msisdn}")
    assert await relais.states([*ids, cancelled]) == ["completed", "rejected", "cancelled"]

    secrets = {word for line in [*relais.ported.values(), untaken] for word in spellings(line)}
    secrets |= {MAIL, KEY, relais.stack.api_key, relais.stack.api_key.split(".")[-1]}
    assert leaks(relais, secrets | await cards(relais)) == []


async def test_databases_and_logs_hold_no_phone_no_card_and_no_code_of_a_sim_replacement(relais: LivingRelais):
    by_phone, by_post, changed = lines = await relais.lines(3, HOME)
    await phone(relais, by_phone, download="scan", delay_s=0.1)
    await phone(relais, changed, inserts=False)
    declaration = {"reference": DECLARATION, "filed_at": (await relais.look("/admin/clock"))["legal"]}
    upgraded = await replace_sim(relais, by_phone, "upgrade", "esim", BY_CODE, eid=EID)
    stolen = await replace_sim(relais, by_post, "stolen", "physical", PORTAL, imei=IMEI, declaration=declaration)
    cancelled = await replace_sim(relais, changed, "damaged", "physical", BY_CODE)
    codes = [await code_sent(relais, order_id) for order_id in (upgraded, cancelled)]
    await show_who_he_is(relais, upgraded)
    read = await activation_code(relais, upgraded)
    await scan(relais, by_phone, read)
    await relais.ask(cancelled, "cancel")
    assert await relais.states([upgraded, stolen, cancelled]) == ["completed", "completed", "cancelled"]

    secrets = {word for line in lines for word in spellings(line)} | {EID, IMEI, DECLARATION, read, read.split("$")[2]}
    secrets |= {message["to"] for order_id in (upgraded, stolen) for message in await relais.messages(order_id)}
    assert leaks(relais, secrets | await cards(relais)) == []
    # Six digits also end many a timestamp: alone they must stand nowhere.
    assert leaks(relais, {rf"(?<![0-9.]){code}(?![0-9])" for code in codes}, pattern=True) == []


async def cards(relais: LivingRelais) -> set[str]:
    """The numbers of all SIMs that were taken from stock."""
    taken = [effect.detail for effect in await relais.effects() if effect.effect == "sim_reserved"]
    return {card[name] for card in taken for name in ("iccid", "imsi")}


def leaks(relais: LivingRelais, secrets: set[str], *, pattern: bool = False) -> list[str]:
    """File and secret of each find in what the engine and Temporal have written."""
    folder = relais.stack.settings.state_dir
    files = [*folder.glob("temporal.sqlite*"), *folder.glob("journal.sqlite*"), *(folder / "logs").iterdir()]
    assert {"temporal.sqlite", "journal.sqlite", "worker.log", "api.log"} <= {file.name for file in files}
    contents = {file.name: file.read_bytes() for file in files}

    def holds(content: bytes, secret: str) -> bool:
        sought = secret.encode()
        return bool(re.search(sought, content)) if pattern else sought in content

    return [f"{name}: {secret}" for name, content in contents.items() for secret in secrets if holds(content, secret)]
