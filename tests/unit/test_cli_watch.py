"""Following an order: live events where there are any, looking again where there are none."""

import json

import pytest
from typer.testing import CliRunner

from cli.app import app
from tests.support.fake_api import KEY, Answer, fake_api, order

ORDER = "/v1/orders/ord-1"
EVENTS = f"{ORDER}/events"

ACCEPTED = {"at": "2026-11-23T09:00:00Z", "what": "order accepted", "by": "relais", "reason": ""}
AGREED = {"at": "2026-11-23T09:30:00Z", "what": "donor agreed", "by": "CIRUS", "reason": ""}
SERVED = {"at": "2026-11-26T08:00:00Z", "what": "number served", "by": "relais", "reason": ""}

STARTED = Answer(body=order("inProgress", stage="asking the donor"))
WAITING = Answer(body=order("pending", timeline=[ACCEPTED, AGREED]))
COMPLETED = Answer(body=order("completed", timeline=[ACCEPTED, AGREED, SERVED]))


@pytest.fixture
def api():
    with fake_api() as running:
        yield running


def run(api, *arguments):
    return CliRunner().invoke(app, list(arguments), env={"RELAIS_API_URL": api.url, "RELAIS_API_KEY": KEY})


def test_each_step_is_shown_once_until_the_order_is_completed(api):
    api.lay("GET", EVENTS, Answer(events=["donor agreed", "number served"]))
    api.lay("GET", ORDER, STARTED, STARTED, WAITING, COMPLETED)
    result = run(api, "watch", "ord-1")
    assert result.exit_code == 0, result.output
    for what in ("order accepted", "donor agreed  by CIRUS", "number served"):
        assert result.stdout.count(what) == 1
    assert result.stdout.rstrip().endswith("completed")


def test_without_an_event_stream_the_order_is_read_again_and_again(api):
    api.lay("GET", ORDER, STARTED, WAITING, WAITING, COMPLETED)
    result = run(api, "watch", "ord-1")
    assert result.exit_code == 0
    assert "number served" in result.stdout
    assert len(api.asked("GET", EVENTS)) >= 2


def test_an_order_that_ended_already_is_shown_at_once(api):
    api.lay("GET", ORDER, COMPLETED)
    assert run(api, "watch", "ord-1").exit_code == 0
    assert not api.asked("GET", EVENTS)


@pytest.mark.parametrize("state", ["rejected", "failed", "cancelled", "partial"])
def test_any_other_end_is_status_1(api, state):
    refusal = {"code": "number_inactive", "raw_code": "21", "raw_text": "ligne inactive", "fix_by": "customer"}
    api.lay("GET", ORDER, Answer(body=order(state, refusal=refusal)))
    result = run(api, "watch", "ord-1")
    assert result.exit_code == 1
    assert "refused: number_inactive (21 ligne inactive); to be mended by: customer" in result.stdout


def test_json_is_one_order_per_change_and_nothing_else(api):
    api.lay("GET", EVENTS, Answer(events=["donor agreed"]))
    api.lay("GET", ORDER, STARTED, STARTED, COMPLETED)
    result = run(api, "watch", "ord-1", "--json")
    assert [json.loads(line)["state"] for line in result.stdout.splitlines()] == ["inProgress", "completed"]


def test_an_unknown_order_is_refused_not_waited_for(api):
    result = run(api, "watch", "nobody")
    assert result.exit_code == 1
    assert "There is nothing here." in result.stderr


def test_an_api_that_loses_a_reply_does_not_end_the_watching(api):
    api.lay("GET", ORDER, STARTED, Answer(cut=True), COMPLETED)
    assert run(api, "watch", "ord-1").exit_code == 0
    assert len(api.asked("GET", ORDER)) == 3


def test_a_port_in_can_be_followed_to_its_end(api):
    api.lay("POST", "/v1/port-ins", Answer(202, order()))
    api.lay("GET", ORDER, COMPLETED)
    call = ["port-in", "--msisdn", "0639980123", "--rio", "C1P7KD042ABC", "--holder", "Ada Martin"]
    result = run(api, *call, "--watch")
    assert result.exit_code == 0
    assert "number served" in result.stdout
