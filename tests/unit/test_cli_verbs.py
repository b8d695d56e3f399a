"""The command line against a stand-in API: what it sends, what it shows, how it ends."""

import json
import uuid

import pytest

from cli import client
from tests.support.fake_api import KEY, Answer, FakeApi, fake_api, order
from tests.support.ports import free_ports
from tests.support.terminal import Terminal

PORT_IN = ["port-in", "--msisdn", "0639980123", "--rio", "C1P7KD042ABC", "--holder", "Ada Martin"]


@pytest.fixture
def api():
    with fake_api() as running:
        yield running


@pytest.fixture
def terminal(api: FakeApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "LONGEST_WAIT_S", 0.05)
    return Terminal({"RELAIS_API_URL": api.url, "RELAIS_API_KEY": KEY})


def test_a_port_in_sends_the_order_with_a_key_of_its_own(api, terminal):
    api.lay("POST", "/v1/port-ins", Answer(202, order()))
    result = terminal.run(*PORT_IN, "--date", "+5d", "--kind", "business", "--email", "a@b.example")
    assert result.exit_code == 0, result.output
    [sent] = api.asked("POST", "/v1/port-ins")
    assert sent.body == {
        "msisdn": "0639980123",
        "rio": "C1P7KD042ABC",
        "holder": {"kind": "business", "name": "Ada Martin"},
        "sim": {"form": "physical"},
        "mandate": {"signed_at": "2026-11-23T09:00:00+00:00"},
        "requested_date": "+5d",
        "contact": {"email": "a@b.example", "language": "fr"},
    }
    assert uuid.UUID(sent.headers["idempotency-key"])
    assert "ord-1" in result.stdout


def test_two_invocations_never_share_a_key(api, terminal):
    api.lay("POST", "/v1/port-ins", Answer(202, order()))
    terminal.run(*PORT_IN)
    terminal.run(*PORT_IN)
    first, second = (sent.headers["idempotency-key"] for sent in api.asked("POST", "/v1/port-ins"))
    assert first != second


def test_a_given_key_and_mandate_are_sent_as_they_are(api, terminal):
    api.lay("POST", "/v1/port-ins", Answer(202, order()))
    terminal.run(*PORT_IN, "--key", "mine", "--mandate-signed-at", "2026-11-20T10:00:00+01:00")
    [sent] = api.asked("POST", "/v1/port-ins")
    assert sent.headers["idempotency-key"] == "mine"
    assert sent.body["mandate"] == {"signed_at": "2026-11-20T10:00:00+01:00"}
    assert not api.asked("GET", "/v1/clock")


def test_a_lost_reply_is_asked_for_again_with_the_same_key(api, terminal):
    api.lay("POST", "/v1/port-ins", Answer(cut=True), Answer(503, {"title": "busy"}), Answer(202, order()))
    result = terminal.run(*PORT_IN, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["order_id"] == "ord-1"
    keys = {sent.headers["idempotency-key"] for sent in api.asked("POST", "/v1/port-ins")}
    assert len(api.asked("POST", "/v1/port-ins")) == 3
    assert len(keys) == 1


def test_a_change_whose_reply_is_lost_is_not_repeated(api, terminal):
    api.lay("POST", "/v1/orders/ord-1/cancel", Answer(cut=True))
    result = terminal.run("cancel", "ord-1", "--reason", "asked")
    assert result.exit_code == 1
    assert "unknown" in result.stderr
    assert len(api.asked("POST", "/v1/orders/ord-1/cancel")) == 1


def test_a_dry_run_keeps_nothing_and_says_what_would_happen(api, terminal):
    api.lay("POST", "/v1/port-ins", Answer(200, {"checks": ["rio"], "date": "2026-11-26", "cost": "0.00"}))
    result = terminal.run(*PORT_IN, "--dry-run")
    assert result.exit_code == 0
    assert api.asked("POST", "/v1/port-ins")[0].query == {"dry_run": "true"}
    assert "Nothing was ordered" in result.stdout
    assert "2026-11-26" in result.stdout


def test_a_refusal_names_the_field_and_the_suggestion_and_ends_with_1(api, terminal):
    problem = {
        "title": "Unprocessable",
        "status": 422,
        "code": "rio_invalid",
        "detail": "The order cannot be accepted.",
        "errors": [{"field": "rio", "code": "rio_invalid", "message": "the key does not fit the number"}],
        "suggestion": "C1PKD0042+AB",
    }
    api.lay("POST", "/v1/port-ins", Answer(422, problem))
    result = terminal.run(*PORT_IN)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "rio: the key does not fit the number" in result.stderr
    assert "C1PKD0042+AB" in result.stderr


def test_a_sentence_is_not_said_twice(api, terminal):
    message = "Wednesday is over"
    errors = [{"field": "requested_date", "code": "date_in_past", "message": message}]
    api.lay("POST", "/v1/port-ins", Answer(422, {"detail": f"requested_date: {message}", "errors": errors}))
    assert terminal.run(*PORT_IN).stderr == f"requested_date: {message}\n"


def test_the_order_that_holds_a_line_is_named(api, terminal):
    problem = {"detail": "The line is busy.", "held_by": {"order_id": "ord-7", "kind": "port_in"}}
    api.lay("POST", "/v1/port-ins", Answer(409, problem))
    assert "ord-7" in terminal.run(*PORT_IN).stderr


def test_a_refusal_in_json_is_the_problem_document_itself(api, terminal):
    api.lay("POST", "/v1/port-ins", Answer(409, {"code": "line_held", "detail": "held", "held_by": {"order_id": "o"}}))
    result = terminal.run(*PORT_IN, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "status": 409,
        "code": "line_held",
        "detail": "held",
        "held_by": {"order_id": "o"},
    }


def test_an_api_that_is_not_there_is_said_with_the_command_that_starts_it(terminal):
    terminal.env["RELAIS_API_URL"] = f"http://127.0.0.1:{free_ports()}"
    result = terminal.run("show", "ord-1")
    assert result.exit_code == 1
    assert "make run" in result.stderr


def test_a_wrong_key_is_refused_with_the_apis_sentence(terminal):
    result = Terminal({**terminal.env, "RELAIS_API_KEY": "stolen"}).run("show", "ord-1")
    assert result.exit_code == 1
    assert "The key is not known." in result.stderr


def test_without_any_key_nothing_is_sent(api, terminal, tmp_path):
    result = Terminal({**terminal.env, "RELAIS_API_KEY": "", "RELAIS_STATE_DIR": str(tmp_path)}).run("show", "ord-1")
    assert result.exit_code == 1
    assert "RELAIS_API_KEY" in result.stderr
    assert not api.requests


def test_the_development_key_is_read_from_the_state_folder(api, terminal, tmp_path):
    (tmp_path / "api-key").write_text(f"{KEY}\n")
    api.lay("GET", "/v1/orders/ord-1", Answer(body=order()))
    here = Terminal({**terminal.env, "RELAIS_API_KEY": "", "RELAIS_STATE_DIR": str(tmp_path)})
    assert here.run("show", "ord-1", "--json").exit_code == 0


def test_show_says_whom_the_order_waits_for_until_when_in_local_legal_time(api, terminal):
    waiting = {"party": "CIRUS", "what": "the donor's answer", "until": "2026-11-24T11:00:00Z", "then": "a reminder"}
    api.lay("GET", "/v1/orders/ord-1", Answer(body=order("pending", waiting_for=waiting)))
    result = terminal.run("show", "ord-1")
    assert "waiting for CIRUS: the donor's answer, until Tue 24 Nov 2026 12:00:00 CET, then a reminder" in result.stdout
    assert "20000 times as fast" in result.stdout


def test_at_pace_1_nothing_is_said_about_legal_time(api, terminal):
    api.lay("GET", "/v1/clock", Answer(body={"legal": "2026-11-23T09:00:00Z", "pace": 1, "zone": "Europe/Paris"}))
    api.lay("GET", "/v1/orders/ord-1", Answer(body=order()))
    assert "legal time" not in terminal.run("show", "ord-1").stdout


def test_a_held_order_says_what_a_human_should_do(api, terminal):
    api.lay("GET", "/v1/orders/ord-1", Answer(body=order("held", needs_attention=True, attention="call the desk")))
    assert "needs a human: call the desk" in terminal.run("show", "ord-1").stdout


def test_a_list_hands_its_filters_on_and_prints_one_row_per_order(api, terminal):
    api.lay("GET", "/v1/orders", Answer(body={"items": [order("held"), order(order_id="ord-2")], "next": "ord-2"}))
    result = terminal.run("list", "--state", "held", "--kind", "port_in", "--limit", "2")
    assert api.asked("GET", "/v1/orders")[0].query == {"state": "held", "kind": "port_in", "limit": "2"}
    assert "ord-1" in result.stdout
    assert "ord-2" in result.stdout
    assert "raise --limit" in result.stdout


def test_messages_without_an_order_are_listed_too(api, terminal):
    aside = {
        "message_id": 7,
        "type": "cancel",
        "dossier_id": "CIRUS-1",
        "reason": "no such dossier",
        "received_at_real": "2026-11-22T03:00:00Z",
        "body": {"dossierid": "CIRUS-1"},
    }
    api.lay("GET", "/v1/messages/aside", Answer(body={"items": [aside], "next": 7}))
    shown = terminal.run("list", "--aside", "--limit", "1").stdout
    assert "7  cancel of dossier CIRUS-1  received Sun 22 Nov 2026 04:00:00 CET, real time\n" in shown
    assert "  no such dossier\n" in shown
    assert "raise --limit" in shown


def test_find_tells_who_serves_a_number(api, terminal):
    answer = {"msisdn": "+33639980123", "serving_operator": "CIRUS", "history": []}
    api.lay("GET", "/v1/numbers/+33639980123", Answer(body=answer))
    assert "serving operator: CIRUS" in terminal.run("find", "+33639980123").stdout


@pytest.mark.parametrize(
    ("command", "path", "body"),
    [
        (["cancel", "ord-1", "--by", "ada", "--reason", "asked"], "cancel", {"by": "ada", "reason": "asked"}),
        (
            ["reschedule", "ord-1", "--date", "+5d", "--reason", "travels"],
            "reschedule",
            {"by": "command line", "reason": "travels", "date": "+5d"},
        ),
        (
            ["resolve", "ord-1", "retry", "--reason", "phoned"],
            "resolve",
            {"by": "command line", "reason": "phoned", "action": "retry"},
        ),
        (["note", "ord-1", "called"], "note", {"by": "command line", "text": "called"}),
    ],
)
def test_a_change_names_its_actor_and_shows_what_was_recorded(api, terminal, command, path, body):
    api.lay("POST", f"/v1/orders/ord-1/{path}", Answer(body={"state": "pending", "message": "noted"}))
    result = terminal.run(*command)
    assert result.exit_code == 0
    assert api.asked("POST", f"/v1/orders/ord-1/{path}")[0].body == body
    assert result.stdout == "Noted. The order is pending.\n"


@pytest.mark.parametrize(
    "command",
    [
        ["port-in"],
        ["cancel", "ord-1"],
        ["resolve", "ord-1", "shrug"],
        ["list", "--state", "happy"],
        ["list", "--limit", "0"],
        ["juggle"],
    ],
)
def test_wrong_usage_ends_with_2_and_asks_the_api_nothing(api, terminal, command):
    assert terminal.run(*command).exit_code == 2
    assert not api.requests


@pytest.mark.parametrize(
    "verb",
    [
        *("port-in", "replace-sim", "bar", "unbar", "lock", "unlock", "watch", "show", "list", "find", "cancel"),
        *("reschedule", "resolve", "note", "code", "activation-code", "release", "refuse", "activate", "declare"),
        *("terminate", "freeze", "port-back"),
    ],
)
def test_every_verb_explains_itself_and_speaks_json(terminal, verb):
    result = terminal.run(verb, "--help")
    assert result.exit_code == 0
    assert "--json" in result.stdout


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_a_list_cuts_no_word_however_narrow_the_terminal(api, terminal, columns):
    item = order(state="held", stage="waiting_for_donor", needs_attention=True)
    api.lay("GET", "/v1/orders", Answer(body={"items": [item], "next": None}))
    terminal.env["COLUMNS"] = columns
    shown = terminal.run("list").stdout
    assert all(word in shown for word in ("ord-1", "held !", "waiting_for_donor"))
    assert "…" not in shown


def test_an_empty_list_says_so(api, terminal):
    api.lay("GET", "/v1/orders", Answer(body={"items": [], "next": None}))
    api.lay("GET", "/v1/messages/aside", Answer(body={"items": [], "next": None}))
    assert terminal.run("list", "--state", "held").stdout == "No such orders.\n"
    assert terminal.run("list").stdout == "No orders yet.\n"
    assert terminal.run("list", "--aside").stdout == "No messages aside.\n"


@pytest.mark.parametrize(
    ("setting", "value"), [("RELAIS_API_URL", "http://[bad"), ("RELAIS_API_URL", "here"), ("RELAIS_API_KEY", "clé")]
)
def test_a_setting_that_cannot_work_is_named_and_is_wrong_usage(terminal, setting, value):
    terminal.env[setting] = value
    result = terminal.run("list")
    assert result.exit_code == 2
    assert setting in result.stderr
    assert value not in result.stderr


def test_an_order_is_shown_while_the_legal_clock_is_away(api, terminal):
    api.lay("GET", "/v1/orders/ord-1", Answer(body=order()))
    api.lay("GET", "/v1/clock", Answer(503, {"code": "clock_unavailable", "detail": "away"}))
    result = terminal.run("show", "ord-1")
    assert result.exit_code == 0
    assert "Mon 23 Nov 2026 10:00:00 CET" in result.stdout
    assert "clock is away" in result.stdout
