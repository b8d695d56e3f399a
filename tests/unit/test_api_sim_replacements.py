"""POST /v1/sim-replacements: accepted once and durable; what other systems know is asked quickly and never awaited."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from domain.lines import LineAction, LineServiceOrder
from domain.orders import OrderState
from domain.sim_replacement import SimReplacementOrder
from parties.logistics import StockedSim
from tests.support.api_kit import MSISDN, NOW, Api, our_line, port_in, replacement
from tests.support.journal_kit import entry

ICCID = "8933010000000000002"
IMEI = "490154203237518"
IN_SHOP = {"method": "in_shop", "agent": "ada"}
BY_CODE = {"method": "one_time_code"}
STOLEN = {
    "reason": "stolen",
    "imei": IMEI,
    "declaration": {"reference": "PV 1", "filed_at": "2026-05-13T09:00:00+02:00"},
}


async def started(api: Api) -> dict[str, Any]:
    await api.context.relay.sweep()
    return api.temporal.started


async def lock(api: Api, key: str = "lock") -> None:
    body = {"reason": "as asked", "authentication": {"method": "portal"}}
    assert (await api.post(f"/v1/lines/{MSISDN}/lock", body, key)).status_code == 202


async def test_an_accepted_replacement_answers_202_with_its_location_and_its_order(api: Api):
    answer = await api.post_replacement()
    assert answer.status_code == 202
    order = answer.json()
    assert order["order_id"].startswith("sr-")
    assert answer.headers["Location"] == f"/v1/orders/{order['order_id']}"
    assert (order["kind"], order["state"], order["late"]) == ("sim_replacement", "acknowledged", False)
    assert (order["donor"], order["recipient"]) == ("ALIZE", "ALIZE")
    assert order["timeline"][0]["reason"] == "SIM lost"
    shown = (await api.client.get(answer.headers["Location"])).json()
    assert {**shown, "journal_intact": None} == order


async def test_identifiers_are_taken_as_they_are_printed_and_started_as_they_are_meant(api: Api):
    api.home.cards[ICCID] = StockedSim(iccid=ICCID, form="physical", state="available")
    typed = {"msisdn": "06 39 98 00 01", "iccid": "8933 0100 0000 0000 002", "imei": "49-015420-323751-8"}
    order_id = await api.replacing(**typed, authentication=IN_SHOP)
    order = (await started(api))[order_id]
    assert isinstance(order, SimReplacementOrder)
    assert (order.msisdn, order.iccid, order.imei) == (MSISDN, ICCID, IMEI)
    assert order.authentication.agent == "ada"


async def test_the_same_key_and_body_get_the_same_answer_and_another_body_none(api: Api):
    first = await api.post_replacement()
    api.clock.away = api.home.away = True
    again = await api.post_replacement(dict(reversed(replacement().items())))
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await api.post_replacement(replacement(reason="damaged"))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_stolen_handset_gets_an_order_of_its_own_in_the_same_acceptance(api: Api):
    order_id = await api.replacing(**STOLEN)
    orders = await started(api)
    replaced = orders.pop(order_id)
    ((handset_order_id, handset),) = orders.items()
    assert replaced.handset_order_id == handset_order_id
    assert isinstance(handset, LineServiceOrder)
    assert (handset.action, handset.imei, handset.replacement_id) == (LineAction.BLOCK_HANDSET, IMEI, order_id)
    assert handset.declaration is not None
    links = (await api.client.get(f"/v1/orders/{order_id}")).json()["links"]
    assert links["handset"] == f"/v1/orders/{handset_order_id}"
    shown = (await api.client.get(links["handset"])).json()
    assert shown["related_to"] == order_id
    of_the_handset = shown["links"]
    assert of_the_handset["declaration"].endswith("/declaration")
    assert of_the_handset["replacement"] == links["order"]


async def test_a_repetition_makes_no_second_handset_order_and_without_imei_there_is_none(api: Api):
    for _ in range(2):
        await api.post_replacement(replacement(**STOLEN))
    assert api.journal.orders.counts()["acknowledged"] == 2
    await api.post_replacement(replacement(msisdn="+33639980002", reason="stolen"), "key-2")
    assert api.journal.orders.counts()["acknowledged"] == 2  # CIRUS serves that number
    api.home.lines["+33639980002"] = our_line("+33639980002")
    await api.post_replacement(replacement(msisdn="+33639980002", reason="stolen"), "key-2")
    assert api.journal.orders.counts()["acknowledged"] == 3


@pytest.mark.parametrize(
    ("changed", "links"),
    [
        ({}, {"release", "refuse", "activate"}),
        ({"form": "esim", "authentication": BY_CODE}, {"release", "refuse", "code", "activation_code"}),
        ({"iccid": ICCID, "authentication": IN_SHOP}, {"release", "refuse"}),
    ],
)
async def test_an_order_links_to_what_can_be_asked_of_its_kind(api: Api, changed: dict[str, Any], links: set[str]):
    api.home.cards[ICCID] = StockedSim(iccid=ICCID, form="physical", state="available")
    shown = (await api.post_replacement(replacement(**changed))).json()["links"]
    assert set(shown) == {"order", "events", "cancel", "resolve", "note", "workflow"} | links
    assert all(shown[name].endswith(name.replace("_", "-")) for name in links)


@pytest.mark.parametrize(
    ("line", "registry", "code"),
    [
        (None, "CIRUS", "number_not_ours"),
        (None, None, "unknown_line"),
        (None, "ALIZE", "unknown_line"),
        (our_line(state="ended"), "ALIZE", "number_inactive"),
        (our_line(state="ended"), "CIRUS", "number_not_ours"),
    ],
)
async def test_a_number_without_a_line_of_ours_is_refused(api: Api, line, registry, code: str):
    api.home.lines = {} if line is None else {MSISDN: line}
    api.registry.operator = registry
    answer = await api.post_replacement()
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == "msisdn"
    assert sum(api.journal.orders.counts().values()) == 0


async def test_a_number_nobody_knows_is_refused_also_without_the_reference_database(api: Api):
    api.home.lines, api.registry.away = {}, True
    assert (await api.post_replacement()).json()["code"] == "unknown_line"


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (None, "iccid_unknown"),
        (StockedSim(iccid=ICCID, form="esim", state="available"), "iccid_unknown"),
        (StockedSim(iccid=ICCID, form="physical", state="reserved"), "iccid_used"),
        (StockedSim(iccid=ICCID, form="physical", state="used"), "iccid_used"),
        (StockedSim(iccid=ICCID, form="physical", state="retired"), "iccid_used"),
    ],
)
async def test_a_card_that_cannot_be_handed_over_is_refused(api: Api, card: StockedSim | None, code: str):
    api.home.cards = {} if card is None else {ICCID: card}
    answer = await api.post_replacement(replacement(iccid=ICCID, authentication=IN_SHOP))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert ICCID not in answer.text


async def test_an_esim_for_a_phone_that_takes_none_is_refused_but_not_for_the_stolen_one(api: Api):
    api.home.no_esim.add(IMEI)
    refused = await api.post_replacement(replacement(reason="upgrade", form="esim", imei=IMEI))
    assert (refused.status_code, refused.json()["code"]) == (422, "esim_not_supported")
    assert (await api.post_replacement(replacement(reason="stolen", form="esim", imei=IMEI))).status_code == 202


async def test_an_esim_for_a_phone_that_somebody_was_robbed_of_is_refused(api: Api):
    api.home.blocked.add(IMEI)
    refused = await api.post_replacement(replacement(reason="upgrade", form="esim", imei=IMEI))
    assert (refused.status_code, refused.json()["code"]) == (422, "handset_blocked")


async def test_several_systems_that_refuse_are_all_heard(api: Api):
    api.home.lines = {}
    problem = (await api.post_replacement(replacement(iccid=ICCID, authentication=IN_SHOP))).json()
    assert {error["code"] for error in problem["errors"]} == {"number_not_ours", "iccid_unknown"}
    assert problem["code"] == "request_invalid"


async def test_with_the_home_systems_away_the_order_is_accepted_all_the_same(api: Api):
    api.home.away = api.registry.away = api.temporal.away = True
    answer = await api.post_replacement(replacement(iccid=ICCID, authentication=IN_SHOP))
    assert answer.status_code == 202


async def test_home_systems_that_hang_are_waited_for_together_and_for_one_patience_only(tmp_path: Path):
    async with Api(tmp_path, patience_s=0.1) as api:
        api.home.hangs = True
        answer = await api.post_replacement(replacement(iccid=ICCID, authentication=IN_SHOP))
        assert answer.status_code == 202
        assert api.home.most_at_once == 2


async def test_without_the_legal_clock_nothing_is_accepted(api: Api):
    api.clock.away = True
    answer = await api.post_replacement()
    assert (answer.status_code, answer.json()["code"]) == (503, "clock_unavailable")


@pytest.mark.parametrize("reason", ["lost", "stolen", "fraud"])
async def test_a_held_line_is_409_and_the_sim_in_wrong_hands_is_barred_all_the_same(api: Api, reason: str):
    holder = await api.replacing("key-0", reason="damaged")
    body = replacement(reason=reason, authentication=IN_SHOP)
    problem = (await api.post_replacement(body)).json()
    assert (problem["status"], problem["code"], problem["held_by"]["order_id"]) == (409, "line_held", holder)
    bar_id = problem["barred_by"]["order_id"]
    bar = (await started(api))[bar_id]
    assert (bar.action, bar.msisdn, bar.authentication.agent) == (LineAction.BAR, MSISDN, "ada")
    again = (await api.post_replacement(body)).json()
    assert again["barred_by"]["order_id"] == bar_id
    assert api.journal.orders.counts()["acknowledged"] == 2


async def test_mended_under_the_same_key_a_refused_replacement_bars_too(api: Api):
    await api.replacing("key-0", reason="damaged")
    first = (await api.post_replacement(replacement(reason="lost"))).json()
    mended = (await api.post_replacement(replacement(reason="lost", form="esim"))).json()
    assert first["barred_by"]["order_id"] != mended["barred_by"]["order_id"]


@pytest.mark.parametrize("changed", [{"reason": "damaged"}, {"reason": "lost", "authentication": BY_CODE}])
async def test_a_held_line_is_not_barred_for_a_sim_in_good_hands_or_by_who_has_not_shown_who_he_is(api: Api, changed):
    await api.replacing("key-0", reason="damaged")
    problem = (await api.post_replacement(replacement(**changed))).json()
    assert problem["code"] == "line_held"
    assert "barred_by" not in problem
    assert api.journal.orders.counts()["acknowledged"] == 1


async def test_a_port_in_that_holds_the_line_is_no_obstacle_to_the_bar(api: Api):
    await api.post_port_in(port_in(), "key-0")
    assert "barred_by" in (await api.post_replacement()).json()


async def test_a_locked_line_is_409_says_how_it_is_unlocked_and_bars_all_the_same(api: Api):
    await lock(api)
    answer = await api.post_replacement()
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "line_locked")
    assert problem["locked"] == {"since": "2026-05-13T08:00:00Z", "unlocks_at": None}
    assert "/unlock" in problem["detail"]
    assert MSISDN not in answer.text
    assert problem["barred_by"]["order_id"].startswith("ls-")
    unlocking = {"reason": "as asked", "authentication": {"method": "portal"}}
    await api.post(f"/v1/lines/{MSISDN}/unlock", unlocking, "unlock")
    problem = (await api.post_replacement(replacement(reason="upgrade"), "key-2")).json()
    assert problem["locked"]["unlocks_at"] == "2026-05-14T08:00:00Z"
    assert problem["locked"]["unlocks_at"] in problem["detail"]
    assert "barred_by" not in problem


async def test_a_dry_run_says_what_would_happen_and_keeps_nothing(api: Api):
    body = replacement(reason="upgrade", form="physical", authentication=BY_CODE)
    shown = (await api.post_replacement(body, None, dry_run="true")).json()
    assert (shown["dry_run"], shown["kind"], shown["code"], shown["review"]) == (True, "sim_replacement", "sms", [])
    assert (shown["old_sim"], shown["sim"]) == ("works until the new one is in use", "sent by post")
    assert (shown["cost"]["amount"], shown["due"]) == (shown["plan"]["fee"], shown["plan"]["due"])
    assert [line["check"] for line in shown["checks"]] == ["number", "identity", "line"]
    assert sum(api.journal.orders.counts().values()) == 0
    assert (await api.post_replacement(body)).status_code == 202


async def test_a_dry_run_without_customer_care_says_what_is_not_known(api: Api):
    api.home.away = True
    shown = (await api.post_replacement(None, None, dry_run="true")).json()
    assert (shown["plan"], shown["cost"], shown["old_sim"]) == (None, None, "barred at once")
    assert "customer care" in shown["notes"][0]


async def test_a_dry_run_is_refused_as_the_order_would_be_and_bars_nothing(api: Api):
    api.home.lines = {}
    assert (await api.post_replacement(None, None, dry_run="true")).json()["code"] == "number_not_ours"
    api.home.lines = {MSISDN: our_line(contact={})}
    nowhere = replacement(reason="damaged", authentication=BY_CODE)
    refused = (await api.post_replacement(nowhere, None, dry_run="true")).json()
    assert (refused["status"], refused["code"]) == (422, "authentication_not_enough")
    assert "shop" in refused["detail"]
    await lock(api)
    assert (await api.post_replacement(None, None, dry_run="true")).json()["code"] == "line_locked"
    api.home.lines["+33639980002"] = our_line("+33639980002")
    await api.replacing("key-0", msisdn="+33639980002")
    held = (await api.post_replacement(replacement(msisdn="+33639980002"), None, dry_run="true")).json()
    assert held["code"] == "line_held"
    assert "barred_by" not in held
    assert api.journal.orders.counts()["acknowledged"] == 2


async def test_of_25_simultaneous_replacements_of_one_sim_one_is_accepted_and_the_others_name_it(api: Api):
    answers = await asyncio.gather(
        *(api.post_replacement(replacement(reason="damaged"), f"key-{each}") for each in range(25))
    )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 24
    winner = next(answer.json()["order_id"] for answer in answers if answer.status_code == 202)
    assert {answer.json()["held_by"]["order_id"] for answer in answers if answer.status_code == 409} == {winner}


async def test_late_orders_are_listed_and_counted(api: Api):
    order_id = await api.replacing(**STOLEN)
    told = entry(1, "late", OrderState.HELD)
    late = told.model_copy(update={"order_id": order_id, "status": told.status.model_copy(update={"late": True})})
    api.journal.orders.record(late, at_legal=NOW, at_real=NOW)
    listed = (await api.client.get("/v1/orders?late=true")).json()["items"]
    assert [(order["order_id"], order["late"]) for order in listed] == [(order_id, True)]
    in_time = (await api.client.get("/v1/orders?late=false&kind=line_service")).json()["items"]
    assert [order["kind"] for order in in_time] == ["line_service"]
    assert (await api.client.get("/readyz")).json()["late_orders"] == 1
