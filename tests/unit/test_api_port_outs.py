"""Ports out at the API: the holder's freeze, the port back of a mistake, and what others hear whose line is leaving."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from api.http.examples import REQUESTS
from domain.authentication import Authentication, AuthenticationMethod
from domain.authorisation import Authorisation
from domain.orders import CustomerMessage, OrderState
from domain.port_in import PortInOrder
from domain.updates import FreezeRequest, Recorded
from journal import CUSTOMER_MESSAGE
from parties.clearing_house.registry import RegistryDossier
from runtime.relay.gateway import UpdateRefused
from tests.support.api_kit import MSISDN, NOW, Api, our_line, replacement
from tests.support.journal_kit import delivered, entry
from tests.support.ports_out import DOSSIER_ID, PORT_OUT_ID, agree, ask_for, leave, tell

FREEZE = {
    "by": "ada",
    "reason": "not my wish",
    "authentication": {"method": "in_shop", "agent": "ada"},
}
BACK = {"by": "ada", "reason": "the wrong number was ported"}
PATH = f"/v1/orders/{PORT_OUT_ID}"


@pytest_asyncio.fixture
async def api(api: Api) -> Api:
    """In which CIRUS has asked for a number of ours."""
    ask_for(api.journal)
    await api.context.relay.sweep()
    return api


@pytest.fixture
def gone(api: Api) -> Api:
    """The number has left us for CIRUS."""
    leave(api.journal)
    performed = RegistryDossier(
        dossier_id=DOSSIER_ID, status="performed", recipient="CIRUS", donor="ALIZE", number=MSISDN, performed_at=NOW
    )
    api.registry.changed_at, api.registry.dossiers = NOW, {DOSSIER_ID: performed}
    contact = {"email": "camille@example.org", "language": "en", "changed_at": "2026-05-01T08:00:00Z"}
    api.home.lines = {MSISDN: our_line(state="ended", contact=contact)}
    return api


async def freeze(api: Api, **changed: Any):
    return await api.client.post(f"{PATH}/freeze", json=FREEZE | changed)


async def port_back(api: Api, key: str | None = "key-1", order_id: str = PORT_OUT_ID, **query: str):
    return await api.post(f"/v1/orders/{order_id}/port-back", BACK, key, **query)


async def shown(api: Api) -> dict[str, Any]:
    answer = await api.client.get(f"/v1/numbers/{MSISDN}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_freeze_reaches_the_order_with_who_vouches_for_it(api: Api):
    api.temporal.answer = Recorded(state="pending", message="recorded: the request is refused")
    answer = await freeze(api)
    assert (answer.status_code, answer.json()["message"]) == (200, "recorded: the request is refused")
    shown_by = Authentication(method=AuthenticationMethod.IN_SHOP, agent="ada")
    wish = FreezeRequest(by="ada", reason="not my wish", authentication=shown_by)
    assert [update[:3] for update in api.temporal.updates] == [(PORT_OUT_ID, "freeze", wish)]


async def test_the_examples_of_the_document_are_taken(gone: Api):
    frozen = await gone.client.post(f"{PATH}/freeze", json=REQUESTS["FreezeBody"])
    back = await gone.post(f"{PATH}/port-back", REQUESTS["PortBackBody"])
    assert (frozen.status_code, back.status_code) == (200, 202)


async def test_a_freeze_after_our_answer_is_409_with_the_orders_sentence(api: Api):
    api.temporal.answer = UpdateRefused("too late to freeze")
    problem = (await freeze(api)).json()
    assert (problem["status"], problem["code"], problem["detail"]) == (409, "refused_by_order", "too late to freeze")


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"authentication": {"method": "in_shop"}}, "authentication.agent", "agent_missing"),
        ({"authentication": {"method": "horoscope"}}, "authentication.method", "authentication_invalid"),
        ({"reason": ""}, "reason", "field_invalid"),
        ({"until": "tomorrow"}, "until", "field_unknown"),
    ],
)
async def test_a_freeze_with_a_wrong_field_reaches_nobody(api: Api, changed: dict[str, Any], field: str, code: str):
    problem = (await freeze(api, **changed)).json()
    assert (problem["status"], problem["code"], problem["errors"][0]["field"]) == (422, code, field)
    assert not api.temporal.updates


async def test_only_a_port_out_can_be_frozen_or_asked_back(api: Api):
    api.home.lines["+33639980002"] = our_line("+33639980002")
    other = await api.replacing(msisdn="+33639980002")
    for name, body in (("freeze", FREEZE), ("port-back", BACK)):
        problem = (await api.post(f"/v1/orders/{other}/{name}", body, "key-2")).json()
        assert (problem["status"], problem["code"]) == (409, "not_a_port_out")
        assert (await api.post(f"/v1/orders/po-unknown/{name}", body, "key-2")).status_code == 404
    assert not api.temporal.updates


async def test_the_code_of_a_freeze_comes_back_as_any_code_and_the_order_is_told(api: Api):
    message = CustomerMessage(kind="port_out.code_1", channel="email", to="camille@example.org")
    real = datetime.now(UTC)
    api.journal.codes.send(PORT_OUT_ID, 1, message, entry=None, at_legal=NOW, at_real=real)
    (item,) = api.journal.outbox.claim(CUSTOMER_MESSAGE, 1, 60, datetime.now(UTC))
    code = re.search(r'"code": "([0-9]{6})"', json.dumps(item.payload))
    assert code
    assert (await api.client.post(f"{PATH}/code", json={"code": code[1]})).status_code == 200
    await api.context.relay.sweep()
    assert [(kind, content["right"]) for kind, content in delivered(api.journal, PORT_OUT_ID)] == [
        ("code_checked", True)
    ]
    assert api.temporal.wakes == [PORT_OUT_ID]


async def test_a_port_out_links_to_what_can_be_asked_of_it_and_a_cancel_is_not(api: Api):
    links = (await api.client.get(PATH)).json()["links"]
    assert {"freeze", "code", "release", "refuse", "port_back", "resolve", "note"} <= links.keys()
    assert "cancel" not in links


async def test_a_port_back_is_a_port_in_without_a_rio_for_the_holder_whom_care_knows(gone: Api):
    answer = await port_back(gone)
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert answer.headers["Location"] == f"/v1/orders/{body['order_id']}"
    assert (body["kind"], body["donor"], body["recipient"]) == ("port_in", "CIRUS", "ALIZE")
    assert body["links"]["port_back_of"] == PATH
    left = (await gone.client.get(PATH)).json()
    assert (left["state"], left["links"]["ported_back_by"]) == ("completed", answer.headers["Location"])
    assert (left["timeline"][-1]["what"], left["journal_intact"]) == (f"asked back by {body['order_id']}", True)
    await gone.context.relay.sweep()
    order = gone.temporal.started[body["order_id"]]
    assert isinstance(order, PortInOrder)
    assert (order.authorisation, order.mandate_signed_at) == (Authorisation(), None)
    assert (order.port_back_of, order.back_of_dossier) == (PORT_OUT_ID, DOSSIER_ID)
    assert (order.holder.name, order.contact.email, order.contact.language) == (
        "Camille Martin",
        "camille@example.org",
        "en",
    )


async def test_a_port_back_is_accepted_once_per_key_and_once_per_line(gone: Api):
    first = await port_back(gone)
    gone.home.away = True
    again = await port_back(gone)
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    assert str((await gone.client.get(PATH)).json()["timeline"]).count("asked back by") == 1
    gone.home.away = False
    held = (await port_back(gone, "key-2")).json()
    assert (held["code"], held["held_by"]["order_id"]) == ("line_held", first.json()["order_id"])
    assert (await port_back(gone, None)).json()["code"] == "idempotency_key_missing"


@pytest.mark.parametrize(
    ("operator", "changed_at", "why"),
    [
        ("DUNE", NOW, "ported on"),
        ("ALIZE", NOW, "come home"),
        ("CIRUS", NOW + timedelta(days=1), "there and back again"),
        (None, NOW, "in nobody's hands"),
    ],
)
async def test_a_number_that_has_moved_on_cannot_be_asked_back(gone: Api, operator, changed_at, why):
    gone.registry.operator, gone.registry.changed_at = operator, changed_at
    answer = await port_back(gone)
    assert (answer.status_code, answer.json()["code"]) == (409, "ported_again"), why


async def test_a_port_out_that_was_not_performed_cannot_be_taken_back(api: Api):
    problem = (await port_back(api)).json()
    assert (problem["status"], problem["code"], problem["state"]) == (409, "not_ported_out", "acknowledged")
    tell(api.journal, "closed", OrderState.REJECTED, release_line=True)
    assert (await port_back(api)).json()["state"] == "rejected"


async def test_a_port_back_waits_for_nobody_but_customer_care(gone: Api):
    gone.registry.away = True
    gone.home.away = True
    answer = await port_back(gone)
    assert (answer.status_code, answer.json()["code"]) == (503, "care_unavailable")
    gone.home.away = False
    assert (await port_back(gone)).status_code == 202


async def test_a_number_of_which_care_knows_no_holder_comes_back_to_nobody(gone: Api):
    gone.home.lines = {}
    answer = await port_back(gone)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_line")


async def test_a_dry_run_of_a_port_back_shows_the_day_and_keeps_nothing(gone: Api):
    answer = await port_back(gone, None, dry_run="true")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["donor"], body["recipient"], body["sim"]["form"]) == ("CIRUS", "ALIZE", "physical")
    assert [line["check"] for line in body["checks"]] == ["number", "holder", "line"]
    assert body["plan"]["chosen_day"]
    assert gone.journal.lines.read(MSISDN).held_by is None
    await port_back(gone)
    assert (await port_back(gone, None, dry_run="true")).json()["code"] == "line_held"


async def test_a_number_is_porting_while_a_port_out_is_open_on_it_whoever_has_the_line(api: Api):
    api.registry.operator = "ALIZE"
    assert ((await shown(api))["state"], (await shown(api))["waiting"]) == ("porting", [])
    agree(api.journal)
    order_id = await api.replacing("key-2", reason="damaged")
    number = await shown(api)
    assert (number["state"], number["held_by"]["order_id"]) == ("porting", order_id)
    assert [order["order_id"] for order in number["waiting"]] == [PORT_OUT_ID]
    past = {order["order_id"]: order for order in number["history"]}[PORT_OUT_ID]
    assert (past["kind"], past["donor"], past["recipient"]) == ("port_out", "ALIZE", "CIRUS")


async def test_a_number_that_has_left_says_who_serves_it_and_by_which_order(gone: Api):
    number = await shown(gone)
    assert (number["state"], number["operator"], number["left_by"]) == ("active", "CIRUS", PORT_OUT_ID)
    gone.registry.operator = "ALIZE"
    assert (await shown(gone))["left_by"] is None


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/v1/terminations", "ends the contract by itself"),
        ("/v1/sim-replacements", "once that port's day is agreed"),
        ("/v1/port-ins", "once it has left"),
    ],
)
async def test_whose_line_a_port_out_holds_hears_what_can_be_done(api: Api, path: str, says: str):
    bodies = {"/v1/terminations": api.post_termination, "/v1/sim-replacements": api.post_replacement}
    for query in ({}, {"dry_run": "true"}):
        key = None if query else "key-1"
        problem = (await bodies.get(path, api.post_port_in)(None, key, **query)).json()
        assert (problem["code"], problem["held_by"]["order_id"]) == ("line_held", PORT_OUT_ID)
        assert says in problem["detail"]


async def test_a_sim_is_replaced_while_a_port_out_only_waits_for_its_day_as_the_dry_run_says(api: Api):
    agree(api.journal)
    assert (await api.post_replacement(None, None, dry_run="true")).status_code == 200
    assert (await api.post_replacement()).status_code == 202
    second = (await api.post_replacement(replacement(reason="damaged"), None, dry_run="true")).json()
    assert (second["code"], second["held_by"]["kind"]) == ("line_held", "sim_replacement")


async def test_a_sim_is_replaced_during_the_notice_of_a_termination_as_the_dry_run_says(api: Api):
    msisdn = "+33639980002"
    api.home.lines[msisdn] = our_line(msisdn)
    wanted = replacement(msisdn=msisdn, reason="damaged")
    ends = {"msisdn": msisdn, "authentication": {"method": "portal"}}
    termination = (await api.post_termination(ends, "key-2")).json()["order_id"]
    assert (await api.post_replacement(wanted, None, dry_run="true")).json()["code"] == "line_held"
    notice = entry(1, "notice", OrderState.PENDING, preemptible=True).model_copy(update={"order_id": termination})
    api.journal.orders.record(notice, at_legal=NOW, at_real=NOW)
    assert (await api.post_replacement(wanted, None, dry_run="true")).status_code == 200
    assert (await api.post_replacement(wanted, "key-3")).status_code == 202
    assert (await api.client.get(f"/v1/numbers/{msisdn}")).json()["state"] == "terminating"
