"""What customers read."""

import re
from pathlib import Path

import pytest

from background.texts import UnknownText, known_kinds, render
from background.texts.renderer import TEXTS
from domain.lines import LineAction
from domain.orders import CustomerMessage
from domain.sim_replacement import ReplacementReason
from rules.france.regime import FRANCE

KINDS = known_kinds()
EVERY_FIELD = {
    "day": "2026-06-09",
    "time": "00:30",
    "code": "042137",
    "tracking": "LP123",
    "form": "physical",
    "reason": "number_inactive",
    "barred": "yes",
    "portable": "2026-07-20",
    "fee": "59.98 €",
    "amount": "12.30 €",
    "what": "late_increase",
    "recipient": "FJORD",
    "held": "yes",
}
NAMED = {kind: kind.replace("{n}", "3") for kind in KINDS}


WORKFLOWS = Path(__file__).parents[2] / "workflows"
WITH_A_SIM = {"port_in", "sim_replacement"}
NEVER_STOPPED = {"settlement"}
"""Money that is owed stays owed."""
OWED = re.compile(r"\bmessages?(?:_everywhere)?\(\s*f?\"([a-z_]+?)(_\{|\")")


def text(kind, language="fr", **fields):
    return render(
        CustomerMessage(kind=kind, channel="sms", to="x", language=language, fields=fields), FRANCE.authorisation
    )[1]


@pytest.mark.parametrize("barred", ["yes", "no"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_text_is_complete_without_markup_and_no_novel(kind, language, barred):
    told = text(NAMED[kind], language, **EVERY_FIELD | {"barred": barred})
    assert told.startswith("Relais : ")
    assert not re.search(r"[$<>{}\[\]*_`]", told)
    assert len(told) <= 320  # two or three SMS


@pytest.mark.parametrize("order_kind", TEXTS)
def test_every_message_that_an_order_may_owe_has_a_text(order_kind):
    shared = [WORKFLOWS / "parts" / name for name in ("esim.py", "stock.py")]
    sources = [*(WORKFLOWS / order_kind).glob("*.py"), *(shared if order_kind in WITH_A_SIM else [])]
    owed = {
        name + ("_{n}" if numbered == "_{" else "")
        for source in sources
        for name, numbered in OWED.findall(source.read_text(encoding="utf-8"))
    }
    assert len(owed) >= 1
    known = set(TEXTS[order_kind].kinds)
    assert {name for name in owed if name not in known and f"{name}_{{n}}" not in known} == set()
    assert order_kind in NEVER_STOPPED or known >= {"rejected", "cancelled", "failed"}
    assert order_kind != "line_service" or known >= {action.value for action in LineAction}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("port_in.")])
def test_a_field_that_is_not_known_leaves_its_sentence_out(kind):
    code = {"code": "042137"} if "code" in kind else {}
    told = text(NAMED[kind], **code)
    assert "$" not in told
    assert not re.search(r"\s[.,]|\(\)", told)


@pytest.mark.parametrize("order_kind", TEXTS)
def test_french_and_english_ask_for_the_same_fields(order_kind):
    for sentences in TEXTS[order_kind].kinds.values():
        for sentence in sentences:
            fields = [set(re.findall(r"\$[a-z]+", words)) for words in (sentence.fr, sentence.en)]
            assert fields[0] == fields[1]
            assert sentence.fr != sentence.en


@pytest.mark.parametrize(
    ("kind", "language", "subject"),
    [
        ("port_in.completed", "en", "Porting your number"),
        ("sim_replacement.barred", "en", "Your new SIM"),
        ("sim_replacement.barred", "fr", "Votre nouvelle SIM"),
        ("line_service.bar", "fr", "Votre ligne"),
        ("termination.completed", "en", "The end of your contract"),
        ("port_out.requested", "en", "Your number is asked for"),
    ],
)
def test_a_subject_says_what_it_is_about_in_the_customers_language(kind, language, subject):
    assert (
        render(CustomerMessage(kind=kind, channel="email", to="x", language=language), FRANCE.authorisation)[0]
        == subject
    )


def test_a_language_that_nobody_speaks_here_is_told_in_french():
    assert "hors service" in text("line_service.bar", "de")


@pytest.mark.parametrize(
    "kind",
    [
        "port_in.juggled",
        "nothing",
        "",
        "sim_replacement.",
        "port_in.completed_2",
        "sim_replacement.code_x",
        "fleet.done",
    ],
)
def test_a_kind_without_a_text_is_unknown(kind):
    with pytest.raises(UnknownText):
        text(kind, code="1")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("sim_replacement.code_1", {}),
        ("port_in.received", {}),
        ("port_in.received", {"day": "tomorrow"}),
        ("sim_replacement.stock_empty", {"day": "2026-02-30"}),
        ("line_service.unlock_asked", {"day": "2026-06-09"}),  # and no time
    ],
)
def test_a_text_without_what_it_needs_is_never_sent(kind, fields):
    with pytest.raises(UnknownText):
        text(kind, **fields)


def test_a_message_that_may_come_again_is_the_same_text_each_time():
    assert text("port_in.day_moved", day="2026-06-09") == text("port_in.day_moved_12", day="2026-06-09")
    assert text("sim_replacement.lost_in_post_1") == text("sim_replacement.lost_in_post_2")
    assert text("sim_replacement.ordered", form="esim") == text("sim_replacement.ordered_2", form="esim")


def test_a_code_is_in_its_text_and_a_dollar_in_a_field_stays_a_dollar():
    assert "042137" in text("sim_replacement.code_2", code="042137")
    assert "$code" in text("sim_replacement.ordered", form="physical", tracking="$code")


@pytest.mark.parametrize("end", ["rejected", "cancelled", "failed"])
def test_an_end_says_whether_the_old_sim_stays_out_of_service(end):
    barred, works = text(f"sim_replacement.{end}", "en", barred="yes"), text(f"sim_replacement.{end}", "en")
    assert "stays out of service" in barred
    assert "Ask us to put your line back" in barred
    assert "does not change" not in barred
    assert "Your current SIM does not change" in works
    assert "out of service" not in works


def test_an_order_under_way_says_what_the_customer_waits_for():
    assert "activation code" in text("sim_replacement.ordered", "en", form="esim")
    by_post = text("sim_replacement.ordered", "en", form="physical", tracking="LP123", day="2026-06-09")
    assert by_post.endswith("It is expected on 09 June 2026. Tracking number: LP123.")
    assert "activation code" not in by_post


@pytest.mark.parametrize("reason", list(ReplacementReason))
def test_a_notice_names_the_reason_in_words_and_how_to_stop_it(reason):
    notice = text("sim_replacement.notice", "en", reason=reason.value)
    assert "after a check" not in notice
    assert "can still be stopped" in notice


def test_a_refusal_never_shows_a_code_of_ours_to_the_customer():
    assert "(after a check)" in text("sim_replacement.rejected", "en", reason="fraud_suspected")


def test_an_unlocking_says_when_and_what_to_do_if_it_was_not_the_holder():
    asked = text("line_service.unlock_asked", "en", day="2026-06-10", time="00:30")
    assert "opens on 10 June 2026 at 00:30" in asked
    assert "Lock it again at once" in asked


def test_a_confirmed_end_says_the_last_day_the_fee_and_until_when_the_number_can_leave():
    fields = {"day": "2026-06-11", "fee": "59.98 €", "portable": "2026-07-22"}
    told = text("termination.confirmed", "fr", **fields)
    assert "jusqu'au 11/06/2026 inclus" in told
    assert "Frais de résiliation : 59,98 €." in told
    assert "avant le 22/07/2026" in told
    assert "Fee for leaving: 59.98 €" in text("termination.confirmed", "en", **fields)


def test_an_end_without_a_fee_is_said_to_cost_nothing():
    told = text("termination.confirmed", "en", fee="0.00")
    assert "Leaving costs you nothing." in told
    assert "Fee" not in told


def test_a_holder_hears_who_asks_for_the_number_what_leaving_costs_and_how_to_stop_it():
    asked = text("port_out.requested", "en", recipient="FJORD", fee="59.98 €", held="")
    assert "FJORD asks" in asked
    assert "works until the port" in asked
    assert "Fee for leaving: 59.98 €" in asked
    assert "call us or open your account, until we have answered" in asked
    assert "check" not in asked
    assert "Our answer waits for a check." in text("port_out.requested", "en", recipient="FJORD", held="yes")
    assert "Leaving costs you nothing." in text("port_out.requested", "en", recipient="FJORD", fee="0.00")


@pytest.mark.parametrize("ground", ["transfer_code_invalid", "number_inactive", "already_in_progress"])
def test_a_refused_port_out_says_its_legal_ground_and_a_suspicion_is_not_told(ground):
    assert "after a check" not in text("port_out.rejected", "en", reason=ground)
    assert "after a check" in text("port_out.rejected", "en", reason="fraud_suspected")


def test_whoever_gave_a_wrong_rio_is_told_where_the_right_one_is_found():
    assert "3179" in text("port_out.rejected", "en", reason="transfer_code_invalid")
    assert "3179" not in text("port_out.rejected", "en", reason="customer_withdrew")


def test_a_port_out_that_is_done_says_where_the_number_is_since_when_and_what_leaving_cost():
    told = text("port_out.completed", "fr", recipient="FJORD", day="2026-06-09", fee="59.98 €")
    assert "chez FJORD depuis le 09/06/2026" in told
    assert "59,98 €" in told
    assert "gone to FJORD" in text("termination.ported", "en", recipient="FJORD")


def test_a_code_says_which_request_it_confirms():
    assert "end your contract" in text("termination.code_2", "en", code="042137")
    assert "new SIM" in text("sim_replacement.code_2", "en", code="042137")
    assert "stay with us" in text("port_out.code_1", "en", code="042137")


def test_a_refund_says_how_much_and_what_for():
    assert "12,30 €. C'est votre dépôt" in text("settlement.refunded_1", amount="12.30 €", what="deposit")
    assert text("settlement.refunded_2", "en", amount="6.15 €").endswith("We pay you back 6.15 €.")
