"""SIM replacements from the door to the effect log: REST and command line, customers, post and phones."""

import asyncio
import json
import time
from uuid import uuid4

import httpx
import pytest

from api.callbacks.signature import SIGNATURE, TIMESTAMP, signature
from rules.france.rio import Rio
from tests.support.command_line import DONE, REFUSED_OR_FAILED, starter
from tests.support.invariants import LONGEST_WINDOW, breaches
from tests.support.living_relais import HOME, Effect, LivingRelais, story
from tests.support.living_sims import (
    BY_CODE,
    PORTAL,
    accepted,
    activation_code,
    ask_service,
    code_sent,
    enter_code,
    phone,
    replace_sim,
    scan,
    serve,
    show_who_he_is,
    wanted,
)
from tests.support.sim_invariants import AT_ONCE, never_moved

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(150)]

PATH = "/v1/sim-replacements"
ESIM_PROMISE_S = 600.0
AFTER_A_FAULT_S = 180.0
AWAY_S = 4.0
STALE_S = 301
IMEI = "490154203237518"


async def test_an_esim_is_in_use_minutes_after_its_code_was_read_once_and_scanned(relais: LivingRelais):
    line = await relais.line(HOME)
    await phone(relais, line, download="scan", delay_s=0.1)
    began = time.monotonic()
    asked = await starter(
        relais, "replace-sim", "--msisdn", line.msisdn, "--reason", "upgrade", "--form", "esim", "--method", "portal",
        "--json",
    )  # fmt: skip
    assert asked.status == DONE, asked.out
    order_id = accepted(relais, line, "upgrade", asked.json["order_id"])
    code = await activation_code(relais, order_id)
    again = await relais.api.get(f"/v1/orders/{order_id}/activation-code")
    await scan(relais, line, code)
    order = (await relais.ended([order_id]))[order_id]
    took = time.monotonic() - began
    assert (again.status_code, again.json()["code"]) == (410, "activation_code_read")
    assert order["state"] == "completed", story(order)
    assert took < ESIM_PROMISE_S
    shown, once = await asyncio.gather(
        starter(relais, "show", order_id, "--json"), starter(relais, "activation-code", order_id, "--json")
    )
    assert shown.json["point_of_no_return"] is True
    assert (once.status, once.json["code"]) == (REFUSED_OR_FAILED, "activation_code_read")
    assert await breaches(relais, [order_id]) == []


async def test_a_stolen_sim_is_dead_seconds_after_the_acceptance_and_its_handset_blocked(relais: LivingRelais):
    taken, lost = await relais.lines(2, HOME)
    declaration = {"reference": "PV 2026/1", "filed_at": (await relais.look("/admin/clock"))["legal"]}
    stolen = await replace_sim(relais, taken, "stolen", "physical", PORTAL, imei=IMEI, declaration=declaration)
    by_code = await replace_sim(relais, lost, "lost", "esim", BY_CODE)
    sent = await code_sent(relais, by_code)
    wrong = await enter_code(relais, by_code, f"{(int(sent) + 1) % 1_000_000:06}")
    assert (wrong.status_code, wrong.json()["tries_left"]) == (409, 2)
    await show_who_he_is(relais, by_code)
    handset = (await relais.order(stolen))["links"]["handset"].rpartition("/")[2]
    assert await relais.states([stolen, by_code, handset]) == ["completed"] * 3
    assert await breaches(relais, [stolen, by_code], barred_within=AT_ONCE) == []
    blocked = [effect for effect in await relais.effects() if effect.effect == "handset_blocked"]
    ours = [(effect.order, effect.detail["imei"]) for effect in blocked]
    assert [one for one in ours if handset in one or IMEI in one] == [(handset, IMEI)]


async def test_one_of_many_requests_wins_a_line_and_a_bar_is_done_all_the_same(relais: LivingRelais):
    same, contested = await relais.lines(2, HOME)
    body = wanted(same, "damaged", "physical")
    answers = await asyncio.gather(*(relais.post(PATH, body, key="one-card") for _ in range(25)))
    assert {answer.status_code for answer in answers} == {202}
    (once,) = {answer.json()["order_id"] for answer in answers}
    accepted(relais, same, "damaged", once)

    await phone(relais, contested, download="scan")
    foreign = Rio.of("C1", "P", "ABC123", contested.msisdn).text  # as if it were CIRUS's
    relais.barred.add(contested.msisdn)
    bar, *answers = await asyncio.gather(
        ask_service(relais, contested, "bar"),
        relais.post(PATH, wanted(contested, "upgrade", "esim"), key=uuid4().hex),
        relais.post(PATH, wanted(contested, "lost", "esim"), key=uuid4().hex),
        relais.post("/v1/port-ins", relais.request(contested, rio=foreign), key=uuid4().hex),
    )
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409], [answer.text for answer in answers]
    (winner,) = [answer.json() for answer in answers if answer.status_code == 202]
    losers = [answer.json() for answer in answers if answer.status_code == 409]
    assert {(loser["code"], loser["held_by"]["order_id"]) for loser in losers} == {("line_held", winner["order_id"])}
    assert await relais.states([bar.json()["order_id"]]) == ["completed"]
    (sim,) = (await relais.number(contested.msisdn))["hlr"]
    assert (sim["imsi"], sim["barred"]) == (contested.imsi, True)
    await relais.ask(winner["order_id"], "cancel")
    assert set(await relais.states([once, winner["order_id"]])) <= {"completed", "cancelled", "rejected"}
    if winner["kind"] == "sim_replacement":
        accepted(relais, contested, "upgrade", winner["order_id"])
    assert await breaches(relais, [once, *({winner["order_id"]} & set(relais.replaced))]) == []
    again = await serve(relais, contested, "unbar")
    assert await relais.states([again]) == ["completed"]
    assert [entry["barred"] for entry in (await relais.number(contested.msisdn))["hlr"]] == [False]


async def test_an_hlr_that_goes_away_between_the_two_commands_of_a_move_finishes_it_when_it_is_back(
    relais: LivingRelais,
):
    line = await relais.line(HOME)
    await phone(relais, line, inserts=False)
    order_id = await replace_sim(relais, line, "upgrade", "physical", PORTAL)
    await relais.until(order_id, "on_the_way")
    since = (await relais.effects())[-1].n
    await relais.fault("hlr", "latency", call="msisdn", delay_s=1.0)
    activated = await relais.post(f"/v1/orders/{order_id}/activate", {"by": "Ines"})
    assert activated.status_code == 200, activated.text
    while not (moves := await moves_of(relais, line.msisdn, since)):
        await asyncio.sleep(0.05)
    await relais.fault("hlr", "outage")
    await asyncio.sleep(AWAY_S)
    assert [effect.effect for effect in await moves_of(relais, line.msisdn, since)] == ["msisdn_cleared"]
    refused = await relais.ask(order_id, "cancel")
    assert refused.status_code == 409, refused.text
    await relais.no_faults()
    assert await relais.states([order_id], within_s=AFTER_A_FAULT_S) == ["completed"]
    moves = await moves_of(relais, line.msisdn, since)
    assert [effect.effect for effect in moves] == ["msisdn_cleared", "msisdn_set"]
    window = moves[1].real_at - moves[0].real_at
    print(f"the number was on nobody for {window.total_seconds():.1f} s, the HLR away for {AWAY_S} s of them")
    assert window < LONGEST_WINDOW
    assert await breaches(relais, [order_id]) == []


async def test_an_order_says_which_party_it_waits_for_and_goes_on_when_that_is_back(relais: LivingRelais):
    at_smdp, at_notifications, at_logistics, at_care = lines = await relais.lines(4, HOME)
    waits: dict[str, str] = {}
    try:
        await relais.fault("smdp", "outage")
        await relais.fault("notifications", "outage")
        waits[await replace_sim(relais, at_smdp, "upgrade", "esim")] = "SM-DP+"
        waits[await replace_sim(relais, at_notifications, "lost", "physical")] = "notifications"
        numbers = {line.msisdn for line in lines}
        while len(reserved := [e for e in await relais.effects() if reserves(e) and e.msisdn in numbers]) < 2:
            await asyncio.sleep(0.1)
        await relais.until(list(waits)[1], "on_the_way")
        await relais.fault("logistics", "outage", call="reserve")
        waits[await replace_sim(relais, at_logistics, "damaged", "physical")] = "logistics"
        await relais.until(list(waits)[2], "ordering")
        await relais.fault("care", "outage")
        waits[await replace_sim(relais, at_care, "fraud", "esim")] = "care, HLR and equipment register"
        for order_id, party in waits.items():
            await shows(relais, order_id, party)
    finally:
        await relais.no_faults()
    assert len(reserved) == 2
    assert await relais.states(list(waits), within_s=AFTER_A_FAULT_S) == ["completed"] * 4
    assert await breaches(relais, list(waits)) == []


async def test_repeated_and_disordered_callbacks_change_nothing_and_forged_ones_are_turned_away(relais: LivingRelais):
    by_phone, by_post, waiting = await relais.lines(3, HOME)
    for party, call in (("smdp", "progress"), ("logistics", "shipment")):
        await relais.fault(party, "duplicate", call=call, count=3)
        await relais.fault(party, "out_of_order", call=call, count=1, delay_s=0.5)
    ids = [
        await replace_sim(relais, by_phone, "upgrade", "esim"),
        await replace_sim(relais, by_post, "damaged", "physical"),
    ]
    assert await relais.states(ids) == ["completed"] * 2
    await relais.no_faults()

    await phone(relais, waiting, inserts=False)
    order_id = await replace_sim(relais, waiting, "upgrade", "physical")
    await relais.until(order_id, "on_the_way")
    at = (await relais.look("/admin/clock"))["legal"]
    told = {"event_id": f"{order_id}:inserted", "reference": order_id, "state": "inserted", "at": at, "tracking": ""}
    secret = relais.stack.settings.callback_secret_file.read_text(encoding="ascii").strip().encode()
    forged = [
        await tell_the_api(relais, told, b"not the secret"),
        await tell_the_api(relais, told, secret, age_s=STALE_S),
        await relais.api.post("/callbacks/logistics/shipments", json=told),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in forged] == [(401, "signature_invalid")] * 3
    cancelled = await relais.ask(order_id, "cancel")
    assert cancelled.status_code == 200, cancelled.text
    assert await relais.states([order_id]) == ["cancelled"]
    assert await breaches(relais, [*ids, order_id]) == []


async def test_a_locked_line_never_moves_not_even_for_an_order_accepted_before_the_lock(relais: LivingRelais):
    line = await relais.line(HOME)
    await phone(relais, line, inserts=False)
    order_id = await replace_sim(relais, line, "upgrade", "physical")
    await relais.until(order_id, "on_the_way")
    assert await relais.states([await serve(relais, line, "lock")]) == ["completed"]
    since = (await relais.effects())[-1].n
    await relais.post(f"/v1/orders/{order_id}/activate", {"by": "a thief"})
    held = await relais.until(order_id, "held")
    assert "locked the line" in held["attention"]
    refused = await relais.post(f"/v1/orders/{order_id}/refuse", {"by": "Ines", "reason": "the holder wants none"})
    assert refused.status_code == 200, refused.text
    assert await relais.states([order_id]) == ["rejected"]
    turned_away = await relais.post(PATH, wanted(line, "lost", "esim"), key=uuid4().hex)
    assert (turned_away.status_code, turned_away.json()["code"]) == (409, "line_locked")
    relais.barred.add(line.msisdn)
    assert await relais.states([turned_away.json()["barred_by"]["order_id"]]) == ["completed"]
    assert [entry["barred"] for entry in (await relais.number(line.msisdn))["hlr"]] == [True]
    assert never_moved(await relais.effects(), line, since) == []
    assert await breaches(relais, [order_id]) == []


async def moves_of(relais: LivingRelais, msisdn: str, after: int) -> list[Effect]:
    """Which SIM carries the number, since an entry of the log."""
    changes = ("msisdn_cleared", "msisdn_set")
    return [effect for effect in await relais.effects(after) if effect.msisdn == msisdn and effect.effect in changes]


def reserves(effect: Effect) -> bool:
    return effect.effect == "sim_reserved"


async def shows(relais: LivingRelais, order_id: str, party: str) -> None:
    """The order says that it waits for this party."""
    deadline = time.monotonic() + AFTER_A_FAULT_S / 2
    while True:
        order = await relais.order(order_id)
        if order["waiting_for"] is not None and order["waiting_for"]["party"] == party:
            assert order["state"] == "pending", story(order)
            return
        assert time.monotonic() < deadline, f"{party}: {order['waiting_for']} {story(order)}"
        await asyncio.sleep(0.2)


async def tell_the_api(relais: LivingRelais, body: dict[str, str], secret: bytes, *, age_s: int = 0) -> httpx.Response:
    """A callback about a shipment, signed under `secret`."""
    content, timestamp = json.dumps(body).encode(), str(int(time.time()) - age_s)
    headers = {TIMESTAMP: timestamp, SIGNATURE: signature(secret, timestamp, content)}
    return await relais.api.post("/callbacks/logistics/shipments", content=content, headers=headers)
