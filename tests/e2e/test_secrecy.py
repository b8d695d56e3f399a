"""What rests on disk after orders of every ending: not one number, code, name, card or key in clear."""

from pathlib import Path

import pytest

from tests.support.living_relais import Line, LivingRelais

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

MAIL = "capucine.delaunay@example.org"
KEY = "a-key-that-a-client-chose-0193"


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

    cards = [effect.detail for effect in await relais.effects() if effect.effect == "sim_reserved"]
    secrets = {word for line in [*relais.ported.values(), untaken] for word in spellings(line)}
    secrets |= {card[name] for card in cards for name in ("iccid", "imsi")}
    secrets |= {MAIL, KEY, relais.stack.api_key, relais.stack.api_key.split(".")[-1]}
    folder = relais.stack.settings.state_dir
    files = [*folder.glob("temporal.sqlite*"), *folder.glob("journal.sqlite*"), *(folder / "logs").iterdir()]
    assert {"temporal.sqlite", "journal.sqlite", "worker.log", "api.log"} <= {file.name for file in files}
    assert leaks(files, secrets) == []


def leaks(files: list[Path], secrets: set[str]) -> list[str]:
    """File and secret of each find."""
    found = []
    for file in files:
        content = file.read_bytes()
        found += [f"{file.name}: {secret}" for secret in secrets if secret.encode() in content]
    return found
