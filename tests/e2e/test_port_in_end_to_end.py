"""Ports from beginning to end over the REST API; what happened is asked of everybody but the engine."""

import asyncio

import pytest

from tests.support.invariants import breaches
from tests.support.living_relais import HOME, LivingRelais

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]

STORY = [
    "accepted",
    "planned by the national rules",
    "asked CIRUS through the clearing house",
    "CIRUS agreed; the port is on",
    "the day has come: cut-over begins",
    "number on the new SIM; porting performed accepted: point of no return passed",
    "ALIZE serves the number: proved by the reference database and the HLR",
    "completed; the line is free for other orders",
]


async def test_a_port_moves_the_number_everywhere_and_the_journal_tells_it_in_order(relais: LivingRelais):
    order_id = await relais.port_in(await relais.line())
    order = (await relais.ended([order_id]))[order_id]
    told = [line["what"] for line in order["timeline"]]
    assert len(told) == len(STORY), told
    assert all(line.startswith(expected) for line, expected in zip(told, STORY, strict=True)), told
    assert order["state"] == "completed"
    assert order["point_of_no_return"] is True
    assert order["needs_attention"] is False
    assert order["outcome"]["served_by"] == HOME
    assert order["outcome"]["proof"]["reference_database"] == HOME
    assert order["outcome"]["proof"]["hlr_on_new_sim"] is True
    assert set(order["outcome"]["proof"]["acknowledged"]) == {"BOREA", "CIRUS", "DUNE", "EOLE", "FJORD"}
    assert await breaches(relais, [order_id]) == []


async def test_customers_are_told_each_step_once_in_their_language_at_the_address_they_gave(relais: LivingRelais):
    french, english = await relais.lines(2)
    by_sms = await relais.port_in(french)
    by_mail = await relais.port_in(english, contact={"email": "ada@example.org", "language": "en"})
    await relais.ended([by_sms, by_mail])
    assert await breaches(relais, [by_sms, by_mail]) == []
    kinds = ["port_in.received", "port_in.date_agreed", "port_in.completed"]
    sms, mail = await relais.messages(by_sms), await relais.messages(by_mail)
    assert [message["kind"] for message in sms] == kinds
    assert [message["kind"] for message in mail] == kinds
    assert {(message["channel"], message["to"]) for message in sms} == {("sms", french.msisdn)}
    assert {(message["channel"], message["to"]) for message in mail} == {("email", "ada@example.org")}
    assert "votre numéro est sur votre nouvelle carte SIM" in sms[-1]["text"]
    assert "your number is on your new SIM card" in mail[-1]["text"]
    assert mail[-1]["subject"]


async def test_numbers_of_every_kind_come_in_a_virtual_operators_a_ported_one_and_one_of_our_own_range(
    relais: LivingRelais,
):
    virtual = await relais.line("EOLE")
    ported = await relais.foreign_line("DUNE", "BOREA")
    ours = await relais.foreign_line("BOREA", HOME)
    ids = await relais.port_in_all([virtual, ported, ours])
    assert await relais.states(ids) == ["completed"] * 3
    assert await breaches(relais, ids) == []


@pytest.mark.parametrize(
    ("code", "canonical", "retry"),
    [
        ("13", "transfer_code_invalid", "after_fix_capped"),
        ("21", "number_inactive", "after_fix"),
        ("25", "already_in_progress", "timed"),
    ],
)
async def test_a_donors_refusal_ends_the_order_with_its_code_and_leaves_the_world_as_it_was(
    relais: LivingRelais, code: str, canonical: str, retry: str
):
    line = await relais.line("DUNE")
    await relais.behave(line, "refuse", code)
    order_id = await relais.port_in(line)
    order = (await relais.ended([order_id]))[order_id]
    assert order["state"] == "rejected"
    assert (order["refusal"]["code"], order["refusal"]["raw_code"]) == (canonical, code)
    assert order["refusal"]["retry"] == retry
    assert order["refusal"]["said_by"] == "DUNE"
    assert await breaches(relais, [order_id]) == []


async def test_a_donor_that_needs_longer_and_one_that_contradicts_itself_after_a_yes(relais: LivingRelais):
    delayed, contradicted = await relais.lines(2, "BOREA")
    await relais.behave(delayed, "delay")
    await relais.behave(contradicted, "contradict", "13")
    ids = await relais.port_in_all([delayed, contradicted])
    order = (await relais.ended([ids[0]]))[ids[0]]
    assert order["state"] == "completed"
    assert "BOREA announced its answer for later" in [line["what"] for line in order["timeline"]]
    # A yes taken back closes the dossier at the clearing house: a person looks, long before the day.
    held = await relais.until(ids[1], "held")
    assert held["needs_attention"] is True
    given_up = await relais.ask(ids[1], "resolve", action="give_up")
    assert given_up.status_code == 200, given_up.text
    assert await relais.states([ids[1]]) == ["rejected"]
    assert await breaches(relais, ids) == []


async def test_a_cancel_is_taken_before_the_answer_and_after_it_and_undoes_everything(relais: LivingRelais):
    unanswered, agreed = await relais.lines(2)
    await relais.behave(unanswered, "silent")
    first = await relais.port_in(unanswered)
    second = await relais.port_in_later(agreed, 45)
    await relais.until(first, "waiting_for_donor")
    await relais.until(second, "waiting_for_day")
    for order_id in (first, second):
        answer = await relais.ask(order_id, "cancel")
        assert answer.status_code == 200, answer.text
    assert await relais.states([first, second]) == ["cancelled", "cancelled"]
    assert await breaches(relais, [first, second]) == []
    again = await relais.ask(second, "cancel")
    assert again.status_code == 409
    assert again.json()["code"] in ("order_closed", "refused_by_order")


async def test_a_port_is_moved_to_another_day_and_the_customer_is_told(relais: LivingRelais):
    order_id = await relais.port_in_later(await relais.line(), 45)
    before = await relais.until(order_id, "waiting_for_day")
    for day in range(20, 24):  # the sentence of a 409 says that it is a Sunday or a holiday
        moved = await relais.ask(order_id, "reschedule", date=f"+{day}d")
        if moved.status_code == 200:
            break
    assert moved.status_code == 200, moved.text
    after = await relais.order(order_id)
    assert after["due"] < before["due"]
    assert await relais.states([order_id]) == ["completed"]
    kinds = [message["kind"] for message in await relais.messages(order_id)]
    assert sum(kind.startswith("port_in.day_moved") for kind in kinds) == 1
    assert await breaches(relais, [order_id]) == []


async def test_twentyfive_posts_at_once_with_one_key_are_one_order_and_with_many_keys_one_line(relais: LivingRelais):
    same, contested = await relais.lines(2)
    answers = await asyncio.gather(*(relais.post("/v1/port-ins", relais.request(same), key="once") for _ in range(25)))
    assert {answer.status_code for answer in answers} == {202}
    ids = {answer.json()["order_id"] for answer in answers}
    assert len(ids) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1

    body = relais.request(contested)
    answers = await asyncio.gather(*(relais.post("/v1/port-ins", body, key=f"contest-{n}") for n in range(25)))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 24
    winner = next(answer.json()["order_id"] for answer in answers if answer.status_code == 202)
    held_by = {answer.json()["held_by"]["order_id"] for answer in answers if answer.status_code == 409}
    assert held_by == {winner}

    (once,) = ids
    relais.ported |= {once: same, winner: contested}
    assert await relais.states([once, winner]) == ["completed", "completed"]
    assert await breaches(relais, [once, winner]) == []


async def test_bad_input_is_refused_and_starts_nothing(relais: LivingRelais):
    line = await relais.line()
    good = relais.request(line)
    swapped = line.rio[:-1] + ("A" if line.rio[-1] != "A" else "B")
    before = (await relais.effects())[-1].n
    listed = (await relais.api.get("/v1/orders", params={"limit": 1})).json()["items"][0]["order_id"]
    for bad, code in [
        ({**good, "rio": swapped}, "rio_invalid"),
        ({**good, "msisdn": "+33145678901"}, "number_not_mobile"),
        ({**good, "msisdn": "٠٦٣٩٩٨٠٠٠١"}, "number_invalid"),
        ({**good, "surprise": 1}, "field_unknown"),
        ({**good, "requested_date": "2020-01-06"}, "date_in_past"),
    ]:
        answer = await relais.post("/v1/port-ins", bad, key=f"bad-{code}")
        assert answer.status_code == 422, answer.text
        assert code in {error["code"] for error in answer.json()["errors"]} | {answer.json()["code"]}, answer.text
        assert line.rio not in answer.text
    assert (await relais.post("/v1/port-ins", good)).status_code == 400  # no key
    unsigned = await relais.api.post("/v1/port-ins", json=good, headers={"Authorization": "Bearer no"})
    assert unsigned.status_code == 401
    assert (await relais.api.get("/v1/orders", params={"limit": 1})).json()["items"][0]["order_id"] == listed
    assert [e for e in await relais.effects(before) if e.msisdn == line.msisdn] == []
