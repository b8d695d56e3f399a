"""The end of a contract at the command line, against a stand-in API."""

import json
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from api.termination.preview import NumberFate, TerminationPreview
from domain.contracts import Account, Contract
from rules.france.leaving_cost import leaving_cost
from tests.support.fake_api import KEY, Answer, FakeApi, fake_api, order
from tests.support.terminal import Terminal

PATH = "/v1/terminations"
LEAVE = ["terminate", "0639980123", "--method", "portal"]
COST = leaving_cost(
    Contract(
        id="c", signed_on=date(2025, 1, 15), commitment_months=24, monthly_price=Decimal("29.99"), handset_subsidy=True
    ),
    date(2026, 3, 14),
    Account(deposit=Decimal("50.00"), deposit_item="router"),
)
PREVIEW = TerminationPreview(
    checks=[],
    code="sms",
    last_day=COST.last_day,
    effective_at=datetime(2026, 3, 14, 23, tzinfo=UTC),
    cost=COST,
    number=NumberFate(
        portable_until=datetime(2026, 4, 23, 22, tzinfo=UTC),
        reassignable_from=datetime(2026, 4, 28, 22, tzinfo=UTC),
        then="back to our pool",
    ),
    plan=None,
    notes=[],
).model_dump(mode="json")


@pytest.fixture
def api():
    with fake_api() as running:
        yield running


@pytest.fixture
def terminal(api: FakeApi):
    return Terminal({"RELAIS_API_URL": api.url, "RELAIS_API_KEY": KEY})


def te_order(state="pending", **fields):
    return order(state, kind="termination", order_id="te-1") | fields


def test_the_cost_is_shown_figure_by_figure_with_its_rule_before_anything_is_ordered(api, terminal):
    api.lay("POST", PATH, Answer(200, PREVIEW), Answer(202, te_order()))
    result = terminal.run(*LEAVE)
    assert result.exit_code == 0, result.output
    asked = api.asked("POST", PATH)
    assert [one.query for one in asked] == [{"dry_run": "true"}, {}]
    assert asked[0].body == asked[1].body == {"msisdn": "0639980123", "authentication": {"method": "portal"}}
    shown = result.stdout.splitlines()
    for figure in COST.lines:
        assert any(f"{figure.amount:.2f} €  {figure.what}" in line for line in shown)
        assert any(figure.rule in line for line in shown)
    assert "  to pay for leaving: 59.98 €; to come back: 50.00 €" in shown
    assert result.stdout.index("to pay for leaving") < result.stdout.index("Order te-1")


def test_the_last_day_and_the_numbers_fate_are_told_in_local_time(api, terminal):
    api.lay("POST", PATH, Answer(200, PREVIEW))
    told = terminal.run(*LEAVE, "--dry-run").stdout
    assert "last day: Sat 14 Mar 2026; the line works to its end, Sun 15 Mar 2026 00:00:00 CET" in told
    assert "the number can be ported until Fri 24 Apr 2026 00:00:00 CEST" in told
    assert "nobody else's before Wed 29 Apr 2026 00:00:00 CEST; then it goes back to our pool" in told
    assert "one-time code by sms" in told


@pytest.mark.parametrize("as_json", [True, False])
def test_a_dry_run_of_an_end_orders_nothing(api, terminal, as_json):
    api.lay("POST", PATH, Answer(200, PREVIEW))
    result = terminal.run(*LEAVE, "--dry-run", *(["--json"] if as_json else []))
    assert result.exit_code == 0, result.output
    assert [one.query for one in api.asked("POST", PATH)] == [{"dry_run": "true"}]
    assert json.loads(result.stdout) == PREVIEW if as_json else "Nothing was ordered" in result.stdout


def test_a_program_orders_at_once_with_every_field_and_its_own_key(api, terminal):
    api.lay("POST", PATH, Answer(202, te_order()))
    result = terminal.run(
        *(
            "terminate",
            "0639980123",
            "--method",
            "in_shop",
            "--agent",
            "ada",
            "--date",
            "+30d",
            "--key",
            "mine",
            "--json",
        )
    )
    assert json.loads(result.stdout)["order_id"] == "te-1"
    [sent] = api.asked("POST", PATH)
    assert sent.headers["idempotency-key"] == "mine"
    assert sent.body == {
        "msisdn": "0639980123",
        "requested_date": "+30d",
        "authentication": {"method": "in_shop", "agent": "ada"},
    }


def test_asking_for_the_cost_and_ordering_have_keys_of_their_own(api, terminal):
    api.lay("POST", PATH, Answer(200, PREVIEW), Answer(202, te_order()))
    terminal.run(*LEAVE)
    first, second = (uuid.UUID(sent.headers["idempotency-key"]) for sent in api.asked("POST", PATH))
    assert first != second


def test_a_day_that_cannot_be_had_is_refused_before_anything_is_ordered(api, terminal):
    errors = [{"field": "requested_date", "code": "date_before_notice", "message": "the first is Thursday"}]
    api.lay("POST", PATH, Answer(422, {"detail": "The order cannot be accepted.", "errors": errors}))
    result = terminal.run(*LEAVE, "--date", "+1d")
    assert result.exit_code == 1
    assert "requested_date: the first is Thursday" in result.stderr
    assert len(api.asked("POST", PATH)) == 1


def test_what_cannot_be_known_while_customer_care_is_away_is_said(api, terminal):
    note = "customer care cannot be reached: what leaving costs is not known"
    api.lay("POST", PATH, Answer(200, PREVIEW | {"cost": None, "notes": [note]}))
    told = terminal.run(*LEAVE, "--dry-run").stdout
    assert note in told
    assert "€" not in told


@pytest.mark.parametrize("command", [["terminate", "0639980123"], ["terminate"], [*LEAVE, "--method", "shout"]])
def test_wrong_usage_of_terminate_ends_with_2_and_asks_nothing(api, terminal, command):
    assert terminal.run(*command).exit_code == 2
    assert not api.requests


def test_a_notice_that_runs_says_how_to_withdraw_and_a_completed_end_where_its_money_is(api, terminal):
    api.lay("GET", "/v1/orders/te-1", Answer(body=te_order(stage="notice", links={"cancel": "/v1/…"})))
    assert "python starter.py cancel te-1 --reason" in terminal.run("show", "te-1").stdout
    api.lay("GET", "/v1/orders/te-1", Answer(body=te_order("completed", outcome={"settlement": "st-1", "fee": "0.00"})))
    told = terminal.run("show", "te-1").stdout
    assert "starter.py watch st-1" in told
    assert "cancel" not in told


def test_a_settlement_shows_what_was_credited_and_refunded(api, terminal):
    outcome = {"invoice_total": "71.20", "credited": "18.99", "refunds": {"deposit": "50.00"}}
    api.lay(
        "GET", "/v1/orders/st-1", Answer(body=order("completed", kind="settlement", order_id="st-1", outcome=outcome))
    )
    told = terminal.run("show", "st-1").stdout
    assert "credited: 18.99" in told
    assert "deposit: 50.00" in told


def test_find_tells_a_numbers_quarantine_and_not_the_line_it_was(api, terminal):
    resting = {
        "since": "2026-03-14T23:00:00Z",
        "portable_until": "2026-04-23T22:00:00Z",
        "reassignable_from": "2026-04-28T22:00:00Z",
        "ended_by": "te-1",
    }
    body = {"msisdn": "+33639980123", "state": "quarantine", "quarantine": resting, "line": {"barred_since": None}}
    api.lay("GET", "/v1/numbers/+33639980123", Answer(body=body))
    told = terminal.run("find", "+33639980123").stdout
    assert "state: quarantine" in told
    assert "in quarantine since: Sun 15 Mar 2026 00:00:00 CET, by order te-1" in told
    assert "can be ported until: Fri 24 Apr 2026 00:00:00 CEST" in told
    assert "nobody else's before: Wed 29 Apr 2026" in told
    assert "neither barred" not in told
