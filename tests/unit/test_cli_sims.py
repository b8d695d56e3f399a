"""SIMs and lines at the command line, against a stand-in API."""

import json
import uuid

import pytest

from cli import hints
from domain.stages import LineServiceStage, PortOutStage, SimReplacementStage, TerminationStage
from tests.support.fake_api import KEY, Answer, FakeApi, fake_api, order
from tests.support.terminal import Terminal

PATH = "/v1/sim-replacements"
LOST = ["replace-sim", "--msisdn", "0639980123", "--reason", "lost", "--method", "portal"]
CODE = "1$smdp.example$MATCH-1"


@pytest.fixture
def api():
    with fake_api() as running:
        yield running


@pytest.fixture
def terminal(api: FakeApi):
    return Terminal({"RELAIS_API_URL": api.url, "RELAIS_API_KEY": KEY})


def sim_order(state="pending", **fields):
    return order(state, kind="sim_replacement", order_id="sr-1") | fields


def test_a_replacement_sends_what_was_given_and_nothing_else(api, terminal):
    api.lay("POST", PATH, Answer(202, sim_order()))
    result = terminal.run(*LOST)
    assert result.exit_code == 0, result.output
    [sent] = api.asked("POST", PATH)
    assert sent.body == {
        "msisdn": "0639980123",
        "reason": "lost",
        "form": "physical",
        "authentication": {"method": "portal"},
    }
    assert uuid.UUID(sent.headers["idempotency-key"])
    assert "Follow it: python starter.py watch sr-1" in result.stdout


def test_every_field_of_a_replacement_has_its_option(api, terminal):
    api.lay("POST", PATH, Answer(202, sim_order()))
    terminal.run(
        *("replace-sim", "--msisdn", "0639980123", "--reason", "stolen", "--form", "esim", "--key", "mine"),
        *("--method", "in_shop", "--agent", "ada", "--imei", "490154203237518", "--eid", "8904", "--iccid", "8933"),
        *("--declaration", "PV 1", "--filed-at", "2026-06-03T10:00:00+02:00"),
    )
    [sent] = api.asked("POST", PATH)
    assert sent.headers["idempotency-key"] == "mine"
    assert sent.body == {
        "msisdn": "0639980123",
        "reason": "stolen",
        "form": "esim",
        "imei": "490154203237518",
        "eid": "8904",
        "iccid": "8933",
        "declaration": {"reference": "PV 1", "filed_at": "2026-06-03T10:00:00+02:00"},
        "authentication": {"method": "in_shop", "agent": "ada"},
    }
    assert not api.asked("GET", "/v1/clock")


def test_a_declaration_without_its_instant_was_filed_now_in_legal_time(api, terminal):
    api.lay("POST", PATH, Answer(202, sim_order()))
    terminal.run(*LOST, "--declaration", "PV 1")
    assert api.asked("POST", PATH)[0].body["declaration"]["filed_at"] == "2026-11-23T09:00:00+00:00"


def test_a_dry_run_of_a_replacement_keeps_nothing(api, terminal):
    api.lay("POST", PATH, Answer(200, {"old_sim": "barred at once", "due": "2026-11-24T19:00:00Z", "review": []}))
    result = terminal.run(*LOST, "--dry-run")
    assert api.asked("POST", PATH)[0].query == {"dry_run": "true"}
    assert "Nothing was ordered" in result.stdout
    assert "old sim: barred at once" in result.stdout
    assert "due: Tue 24 Nov 2026 20:00:00 CET" in result.stdout


def test_a_stolen_handset_is_told_with_the_order_that_waits_for_its_declaration(api, terminal):
    links = {"handset": "/v1/orders/ls-9"}
    api.lay("POST", PATH, Answer(202, sim_order(links=links)))
    assert "python starter.py declare ls-9" in terminal.run(*LOST).stdout


def test_a_refused_replacement_says_that_the_old_sim_is_barred_all_the_same(api, terminal):
    problem = {"code": "line_held", "detail": "The line is busy.", "barred_by": {"order_id": "ls-3"}}
    api.lay("POST", PATH, Answer(409, problem))
    result = terminal.run(*LOST)
    assert result.exit_code == 1
    assert "barred all the same: order ls-3" in result.stderr


def test_a_replacement_can_be_followed_to_its_end(api, terminal):
    api.lay("POST", PATH, Answer(202, sim_order()))
    api.lay("GET", "/v1/orders/sr-1", Answer(body=sim_order("completed", outcome={"fee": "10.00"})))
    result = terminal.run(*LOST, "--watch")
    assert result.exit_code == 0
    assert "fee: 10.00" in result.stdout


@pytest.mark.parametrize("verb", ["bar", "unbar", "lock", "unlock"])
def test_a_line_is_asked_for_with_reason_and_who_has_shown_himself(api, terminal, verb):
    path = f"/v1/lines/+33639980123/{verb}"
    api.lay("POST", path, Answer(202, order(kind="line_service", order_id="ls-1")))
    result = terminal.run(verb, "+33639980123", "--reason", "taxi", "--method", "in_shop", "--agent", "ada")
    assert result.exit_code == 0, result.output
    [sent] = api.asked("POST", path)
    assert sent.body == {"reason": "taxi", "authentication": {"method": "in_shop", "agent": "ada"}}
    assert uuid.UUID(sent.headers["idempotency-key"])
    assert "ls-1" in result.stdout


@pytest.mark.parametrize(
    "command",
    [
        ["replace-sim", "--msisdn", "0639980123", "--reason", "lost"],
        [*LOST, "--reason", "bored"],
        [*LOST, "--filed-at", "2026-06-03T10:00:00+02:00"],
        ["bar", "0639980123", "--method", "portal"],
        ["bar", "0639980123", "--reason", "taxi", "--method", "one_time_code"],
        ["release", "sr-1"],
        ["declare", "ls-1"],
        ["list", "--kind", "parcel"],
    ],
)
def test_wrong_usage_about_sims_ends_with_2_and_asks_the_api_nothing(api, terminal, command):
    assert terminal.run(*command).exit_code == 2
    assert not api.requests


@pytest.mark.parametrize(
    ("command", "path", "body"),
    [
        (["release", "sr-1", "--by", "ada", "--reason", "called"], "release", {"by": "ada", "reason": "called"}),
        (["refuse", "sr-1", "--reason", "a thief"], "refuse", {"by": "command line", "reason": "a thief"}),
        (["activate", "sr-1", "--by", "ada"], "activate", {"by": "ada"}),
        (
            ["declare", "sr-1", "--reference", "PV 1", "--filed-at", "2026-06-03T10:00:00Z"],
            "declaration",
            {"by": "command line", "reference": "PV 1", "filed_at": "2026-06-03T10:00:00Z"},
        ),
        (
            ["declare", "sr-1", "--reference", "PV 1"],
            "declaration",
            {"by": "command line", "reference": "PV 1", "filed_at": "2026-11-23T09:00:00+00:00"},
        ),
    ],
)
def test_a_word_to_a_running_replacement_is_handed_on_and_its_answer_shown(api, terminal, command, path, body):
    api.lay("POST", f"/v1/orders/sr-1/{path}", Answer(body={"state": "pending", "message": "recorded"}))
    result = terminal.run(*command)
    assert result.stdout == "Recorded. The order is pending.\n", result.output
    assert api.asked("POST", f"/v1/orders/sr-1/{path}")[0].body == body


@pytest.mark.parametrize("given", [True, False])
def test_a_code_is_handed_in_and_one_that_is_typed_at_the_prompt_is_not_shown(api, terminal, given):
    api.lay("POST", "/v1/orders/sr-1/code", Answer(body={"outcome": "right"}))
    typed = ["code", "sr-1", *(["042137"] if given else [])]
    result = terminal.run(*typed, typed=None if given else "042137\n")
    assert result.exit_code == 0
    assert api.asked("POST", "/v1/orders/sr-1/code")[0].body == {"code": "042137"}
    assert result.stdout.endswith("The code is right. The order has been told.\n")
    assert "042137" not in result.output


def test_a_wrong_code_says_how_many_tries_are_left_and_is_never_sent_twice(api, terminal):
    problem = {"code": "code_wrong", "detail": "this is not the code; 2 more tries", "tries_left": 2}
    api.lay("POST", "/v1/orders/sr-1/code", Answer(409, problem))
    result = terminal.run("code", "sr-1", "000000")
    assert result.exit_code == 1
    assert "2 more tries" in result.stderr
    api.lay("POST", "/v1/orders/sr-1/code", Answer(cut=True))
    terminal.run("code", "sr-1", "000000")
    assert len(api.asked("POST", "/v1/orders/sr-1/code")) == 2


def test_an_activation_code_stands_alone_on_standard_output_with_the_warning_beside_it(api, terminal):
    api.lay("GET", "/v1/orders/sr-1/activation-code", Answer(body={"activation_code": CODE}))
    result = terminal.run("activation-code", "sr-1")
    assert result.stdout == f"{CODE}\n"
    assert "only time" in result.stderr
    as_json = terminal.run("activation-code", "sr-1", "--json")
    assert json.loads(as_json.output) == {"activation_code": CODE}


def test_an_activation_code_that_was_read_is_refused_and_a_lost_reply_is_not_asked_for_again(api, terminal):
    path = "/v1/orders/sr-1/activation-code"
    api.lay("GET", path, Answer(410, {"code": "activation_code_read", "detail": "it was read at ten"}))
    result = terminal.run("activation-code", "sr-1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "it was read at ten" in result.stderr
    api.lay("GET", path, Answer(cut=True))
    assert "unknown" in terminal.run("activation-code", "sr-1").stderr
    assert len(api.asked("GET", path)) == 2


def find(api, terminal, line):
    body = {"msisdn": "+33639980123", "operator": "ALIZE", "line": line}
    api.lay("GET", "/v1/numbers/+33639980123", Answer(body=body))
    result = terminal.run("find", "+33639980123")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_find_tells_bar_lock_and_the_last_change_of_sim(api, terminal):
    line = {
        "locked_since": "2026-11-23T09:00:00Z",
        "locked_by": "ls-1",
        "unlocks_at": "2026-11-24T09:00:00Z",
        "barred_since": "2026-11-22T09:00:00Z",
        "barred_by": "sr-2",
        "swapped_at": "2026-11-20T09:00:00Z",
        "swapped_by": None,
    }
    shown = find(api, terminal, line)
    assert "operator: ALIZE" in shown
    assert "barred since: Sun 22 Nov 2026 10:00:00 CET, by order sr-2" in shown
    assert "locked since: Mon 23 Nov 2026 10:00:00 CET, by order ls-1; opens Tue 24 Nov 2026 10:00:00 CET" in shown
    assert "last change of SIM: Fri 20 Nov 2026 10:00:00 CET\n" in shown


def test_find_says_that_a_line_is_free_of_all_that_and_nothing_of_a_line_it_does_not_know(api, terminal):
    assert "neither barred nor locked" in find(api, terminal, {"barred_since": None})
    assert "barred" not in find(api, terminal, None)


def test_late_orders_are_asked_for_and_marked(api, terminal):
    item = sim_order("held", needs_attention=True, late=True)
    api.lay("GET", "/v1/orders", Answer(body={"items": [item], "next": None}))
    for columns in ("80", "200"):
        terminal.env["COLUMNS"] = columns
        assert "held ! late" in terminal.run("list", "--late", "--kind", "sim_replacement").stdout
    assert api.asked("GET", "/v1/orders")[0].query == {"kind": "sim_replacement", "late": "true", "limit": "20"}
    api.lay("GET", "/v1/orders", Answer(body={"items": [], "next": None}))
    assert terminal.run("list", "--late").stdout == "No such orders.\n"


def test_show_tells_the_promise_and_whether_it_was_broken(api, terminal):
    for late, said in ((False, "due Tue 24 Nov 2026 20:00:00 CET\n"), (True, "20:00:00 CET (late)\n")):
        api.lay("GET", "/v1/orders/sr-1", Answer(body=sim_order(due="2026-11-24T19:00:00Z", late=late)))
        assert said in terminal.run("show", "sr-1").stdout


LINKS = dict.fromkeys(("code", "activate", "activation_code", "declaration"), "/v1/…")


@pytest.mark.parametrize(
    ("stage", "links", "party", "command"),
    [
        ("identifying", ["code"], "customer", "code sr-1"),
        ("on_the_way", ["activate"], "post", "activate sr-1"),
        ("on_the_way", ["activation_code"], "customer's phone", "activation-code sr-1"),
        ("waiting", ["declaration"], "customer", "declare sr-1 --reference"),
    ],
)
def test_an_order_that_waits_for_a_person_shows_the_command_that_moves_it_on(
    api, terminal, stage, links, party, command
):
    shown = sim_order(
        stage=stage, links={name: LINKS[name] for name in links}, waiting_for={"party": party, "what": "it"}
    )
    api.lay("GET", "/v1/orders/sr-1", Answer(body=shown))
    assert f"python starter.py {command}" in terminal.run("show", "sr-1").stdout
    api.lay("GET", "/v1/orders/sr-1", Answer(body=shown | {"state": "completed"}))
    assert "starter.py" not in terminal.run("show", "sr-1").stdout


def test_the_stages_at_which_a_command_is_shown_exist():
    stages = {*SimReplacementStage, *LineServiceStage, *TerminationStage, *PortOutStage}
    assert {stage for stage, _link in hints._AT_A_STAGE} <= stages
