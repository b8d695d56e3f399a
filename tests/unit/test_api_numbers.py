"""GET /v1/numbers/{msisdn}: the states of a number from the end of its contract to its next life."""

from datetime import timedelta
from typing import Any

import pytest_asyncio

from domain.orders import OrderState
from domain.termination import Quarantine
from tests.support.api_kit import MSISDN, NOW, Api, our_line, replacement
from tests.support.journal_kit import entry

DAY = timedelta(days=1)
REASSIGNABLE = NOW + 45 * DAY


@pytest_asyncio.fixture
async def api(api: Api) -> Api:
    """In which we serve every number."""
    api.registry.operator = "ALIZE"
    return api


async def ended(api: Api) -> str:
    """A termination that has taken the line down."""
    order_id: str = (await api.post_termination()).json()["order_id"]
    quarantine = Quarantine(
        msisdn=MSISDN,
        since=NOW,
        portable_until=NOW + 40 * DAY,
        reassignable_from=REASSIGNABLE,
        contract_id="CT-1",
        range_holder="ALIZE",
        ended_by=order_id,
    )
    closed = entry(1, "closed", OrderState.COMPLETED, release_line=True, quarantine=quarantine)
    api.journal.orders.record(closed.model_copy(update={"order_id": order_id}), at_legal=NOW, at_real=NOW)
    api.home.lines = {MSISDN: our_line(state="ended")}
    return order_id


async def shown(api: Api) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.client.get(f"/v1/numbers/{MSISDN}")).json()
    return answer


async def test_a_number_whose_contract_has_ended_is_in_quarantine_with_its_days_and_its_history(api: Api):
    order_id = await ended(api)
    number = await shown(api)
    assert number["state"] == "quarantine"
    assert number["quarantine"] == {
        "since": "2026-05-13T08:00:00Z",
        "portable_until": "2026-06-22T08:00:00Z",
        "reassignable_from": "2026-06-27T08:00:00Z",
        "ended_by": order_id,
    }
    assert [past["order_id"] for past in number["history"]] == [order_id]
    api.registry.away = True
    assert (await shown(api))["state"] == "quarantine"
    api.journal.quarantines.open_dossier("CT-1", "ALIZE")
    assert (await shown(api))["state"] == "quarantine"  # until the registry shows it gone


async def test_a_number_that_is_held_a_week_longer_than_its_quarantine_is_overdue(api: Api):
    await ended(api)
    for after, overdue in ((7 * DAY, 0), (8 * DAY, 1)):
        api.clock.now = REASSIGNABLE + after
        assert (await api.client.get("/readyz")).json()["overdue_numbers"] == overdue


async def test_a_number_ported_out_of_its_quarantine_is_active_elsewhere(api: Api):
    await ended(api)
    api.registry.operator = "DUNE"
    number = await shown(api)
    assert (number["state"], number["operator"], number["quarantine"]) == ("active", "DUNE", None)


async def test_an_order_that_holds_a_number_in_quarantine_is_its_state(api: Api):
    await ended(api)
    await api.post_port_in(key="key-2")
    number = await shown(api)
    assert (number["state"], number["quarantine"]["portable_until"]) == ("porting", "2026-06-22T08:00:00Z")


async def test_a_released_number_is_free_until_care_knows_a_line_of_it(api: Api):
    await ended(api)
    api.journal.quarantines.settle("CT-1", "released", at_legal=REASSIGNABLE)
    number = await shown(api)
    assert (number["state"], number["quarantine"], number["history"], number["former"]) == ("free", None, [], 1)
    api.home.away = True
    unknown = await shown(api)
    assert (unknown["state"], len(unknown["notes"])) == ("unknown", 1)
    api.home.away, api.home.lines = False, {MSISDN: our_line(contract={**_CONTRACT, "id": "CT-2"})}
    assert (await shown(api))["state"] == "active"


async def test_a_returned_number_is_whoevers_the_registry_says(api: Api):
    await ended(api)
    api.journal.quarantines.settle("CT-1", "returned", at_legal=REASSIGNABLE)
    api.registry.operator = "BOREA"
    number = await shown(api)
    assert (number["state"], number["operator"], number["former"]) == ("active", "BOREA", 1)


async def test_a_new_line_shows_only_its_own_orders_and_is_bound_by_no_older_lock(api: Api):
    body = {"reason": "as asked", "authentication": {"method": "portal"}}
    assert (await api.post(f"/v1/lines/{MSISDN}/lock", body, "lock")).status_code == 202
    former = await ended(api)
    api.journal.quarantines.settle("CT-1", "released", at_legal=REASSIGNABLE)
    api.home.lines = {MSISDN: our_line(contract={**_CONTRACT, "id": "CT-2"})}
    api.clock.now = REASSIGNABLE + DAY
    order_id = await api.replacing("key-2", **replacement(reason="damaged"))
    number = await shown(api)
    assert [past["order_id"] for past in number["history"]] == [order_id]
    assert (number["former"], number["line"]["locked_since"]) == (2, None)
    listed = (await api.client.get("/v1/orders", params={"msisdn": MSISDN})).json()["items"]
    assert [order["order_id"] for order in listed] == [order_id]
    everything = (await api.client.get("/v1/orders", params={"msisdn": MSISDN, "former": "true"})).json()["items"]
    assert former in {order["order_id"] for order in everything}


async def test_what_arrives_late_about_the_old_order_changes_nothing_of_the_new_life(api: Api):
    former = await ended(api)
    api.journal.quarantines.settle("CT-1", "released", at_legal=REASSIGNABLE)
    api.home.lines = {MSISDN: our_line(contract={**_CONTRACT, "id": "CT-2"})}
    api.clock.now = REASSIGNABLE + DAY
    order_id = await api.replacing("key-2", **replacement(reason="damaged"))
    before = await shown(api)
    tried = await api.client.post(f"/v1/orders/{former}/code", json={"code": "042317"})
    assert tried.json()["code"] == "order_closed"
    late = entry(1, "late", OrderState.COMPLETED, release_line=True).model_copy(update={"order_id": former})
    api.journal.orders.record(late, at_legal=REASSIGNABLE + DAY, at_real=NOW)
    assert await shown(api) == before
    assert before["held_by"]["order_id"] == order_id


_CONTRACT = {"id": "CT-1", "signed_on": "2024-01-15", "monthly_price": "14.99"}
