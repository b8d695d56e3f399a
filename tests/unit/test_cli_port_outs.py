"""Ports out at the command line, against a stand-in API."""

import uuid

import pytest

from tests.support.fake_api import KEY, Answer, FakeApi, fake_api, order
from tests.support.terminal import Terminal

NUMBER = "+33639980123"


@pytest.fixture
def api():
    with fake_api() as running:
        yield running


@pytest.fixture
def terminal(api: FakeApi):
    return Terminal({"RELAIS_API_URL": api.url, "RELAIS_API_KEY": KEY})


def port_out(state="pending", **fields):
    return order(state, kind="port_out", order_id="po-1", links={"freeze": "/v1/…"}) | fields


@pytest.mark.parametrize(
    ("typed", "authentication"),
    [
        (["--method", "in_shop", "--agent", "ada"], {"method": "in_shop", "agent": "ada"}),
        (["--method", "one_time_code"], {"method": "one_time_code"}),
    ],
)
def test_a_freeze_names_who_asks_and_how_he_has_shown_himself_and_tells_what_happens(
    api, terminal, typed, authentication
):
    message = "a one-time code was sent to the holder"
    api.lay("POST", "/v1/orders/po-1/freeze", Answer(body={"state": "held", "message": message}))
    result = terminal.run("freeze", "po-1", "--by", "ada", "--reason", "not my wish", *typed)
    assert result.stdout == f"A{message[1:]}. The order is held.\n", result.output
    body = {"by": "ada", "reason": "not my wish", "authentication": authentication}
    assert api.asked("POST", "/v1/orders/po-1/freeze")[0].body == body


def test_a_freeze_that_comes_too_late_says_so_and_ends_with_1(api, terminal):
    problem = {"code": "refused_by_order", "detail": "too late to freeze: our answer has left"}
    api.lay("POST", "/v1/orders/po-1/freeze", Answer(409, problem))
    result = terminal.run("freeze", "po-1", "--reason", "no", "--method", "portal")
    assert (result.exit_code, result.stderr) == (1, "too late to freeze: our answer has left\n")


def test_a_port_back_is_an_order_of_its_own_with_a_key_of_its_own(api, terminal):
    path = "/v1/orders/po-1/port-back"
    links = {"port_back_of": "/v1/orders/po-1"}
    api.lay("POST", path, Answer(202, order(order_id="pi-9", links=links)))
    result = terminal.run("port-back", "po-1", "--by", "ada", "--reason", "wrong number", "--form", "esim")
    assert result.exit_code == 0, result.output
    [sent] = api.asked("POST", path)
    assert sent.body == {"by": "ada", "reason": "wrong number", "sim": {"form": "esim"}}
    assert uuid.UUID(sent.headers["idempotency-key"])
    assert "It takes the port out po-1 back." in result.stdout
    assert "python starter.py watch pi-9" in result.stdout


def test_a_dry_run_of_a_port_back_orders_nothing(api, terminal):
    api.lay("POST", "/v1/orders/po-1/port-back", Answer(200, {"donor": "CIRUS"}))
    shown = terminal.run("port-back", "po-1", "--reason", "wrong number", "--dry-run").stdout
    assert "Nothing was ordered" in shown
    assert "donor: CIRUS" in shown


@pytest.mark.parametrize(
    "command",
    [
        ["freeze", "po-1", "--reason", "no"],
        ["freeze", "po-1", "--method", "portal"],
        ["port-back", "po-1"],
        ["list", "--former"],
    ],
)
def test_wrong_usage_about_ports_out_ends_with_2_and_asks_the_api_nothing(api, terminal, command):
    assert terminal.run(*command).exit_code == 2
    assert not api.requests


def test_a_port_out_that_can_still_be_stopped_shows_how(api, terminal):
    api.lay("GET", "/v1/orders/po-1", Answer(body=port_out(stage="checking")))
    assert "python starter.py freeze po-1 --reason" in terminal.run("show", "po-1").stdout
    api.lay("GET", "/v1/orders/po-1", Answer(body=port_out(stage="agreed")))
    assert "freeze" not in terminal.run("show", "po-1").stdout


def test_a_port_out_that_is_taken_back_shows_by_which_order(api, terminal):
    links = {"ported_back_by": "/v1/orders/pi-9"}
    outcome = {"fee": "12.00", "settlement": "st-1"}
    api.lay("GET", "/v1/orders/po-1", Answer(body=port_out("completed", outcome=outcome, links=links)))
    shown = terminal.run("show", "po-1").stdout
    assert "The number is asked back: python starter.py watch pi-9" in shown
    assert "python starter.py watch st-1" in shown


def find(api, terminal, **fields):
    body = {"msisdn": NUMBER, "operator": "CIRUS", "line": {"barred_since": None}, **fields}
    api.lay("GET", f"/v1/numbers/{NUMBER}", Answer(body=body))
    return terminal.run("find", NUMBER).stdout


def test_find_says_by_which_port_out_a_number_has_left_and_nothing_of_a_line_that_is_gone(api, terminal):
    shown = find(api, terminal, left_by="po-1")
    assert "left by: po-1\n" in shown
    assert "barred" not in shown


def test_find_shows_who_waits_behind_the_holder_of_the_line(api, terminal):
    holder = {"order_id": "sr-1", "kind": "sim_replacement", "since": "2026-11-23T09:00:00Z"}
    waiting = holder | {"order_id": "po-1", "kind": "port_out"}
    shown = find(api, terminal, state="porting", held_by=holder, waiting=[waiting])
    assert "waiting\n  order id po-1, kind port_out, since Mon 23 Nov 2026 10:00:00 CET" in shown


def test_find_counts_the_orders_of_earlier_lives_and_list_shows_them(api, terminal):
    assert f"earlier lives: 3; with them: python starter.py list --msisdn {NUMBER} --former\n" in find(
        api, terminal, former=3
    )
    assert "earlier" not in find(api, terminal, former=0)
    settlement = order("pending", kind="settlement", order_id="st-1")
    api.lay("GET", "/v1/orders", Answer(body={"items": [settlement], "next": None}))
    assert "st-1" in terminal.run("list", "--msisdn", NUMBER, "--former").stdout
    assert api.asked("GET", "/v1/orders")[0].query == {"msisdn": NUMBER, "former": "true", "limit": "20"}
