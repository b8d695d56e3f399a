"""The functional layer of the simulated clearing house: what each message does to its dossier."""

from datetime import timedelta

import pytest

from tests.support.clearing_house_world import (
    MONDAY,
    TUESDAY_8_00,
    Town,
    acceptance,
    cancel,
    deactivation,
    message,
    open_town,
    performed,
    refusal,
    request,
    series,
)

DOSSIER = "ALIZE-10001"


@pytest.fixture
def town(tmp_path):
    return open_town(tmp_path)


@pytest.fixture
def number(town: Town) -> str:
    return town.number_of("CIRUS")


@pytest.fixture
def asked(town: Town, number: str) -> Town:
    """ALIZE has asked CIRUS for the number."""
    town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", number))
    return town


@pytest.fixture
def agreed(asked: Town, number: str) -> Town:
    """CIRUS lets it go from Tuesday morning."""
    asked.send("CIRUS", acceptance(DOSSIER, "CIRUS", "ALIZE", number))
    return asked


def test_a_request_reaches_the_donor_alone(asked: Town):
    assert asked.types("CIRUS") == ["portingrequest"]
    assert [asked.types(other) for other in ("ALIZE", "BOREA", "DUNE", "EOLE", "FJORD")] == [[]] * 5
    assert asked.status(DOSSIER) == "requested"


def test_a_request_to_the_clearing_house_finds_the_donor_by_the_reference_database(town: Town, number: str):
    fields = {"dossierid": DOSSIER, "recipientnetworkoperator": "ALIZE", "repeats": series(number)}
    town.send("ALIZE", message("portingrequest", "ALIZE", "CRDB", **fields))
    assert town.types("CIRUS") == ["portingrequest"]


def test_a_number_that_the_named_donor_does_not_serve_comes_back_as_an_error(town: Town, number: str):
    town.send("ALIZE", request(DOSSIER, "ALIZE", "DUNE", number))
    assert town.last_error("ALIZE") == "NUMBER_NOT_AT_DONOR"
    assert town.types("DUNE") == []


def test_the_hosting_network_is_not_the_donor_of_a_virtual_operators_number(town: Town):
    number = town.number_of("EOLE")
    town.send("ALIZE", request(DOSSIER, "ALIZE", "BOREA", number))
    assert town.last_error("ALIZE") == "NUMBER_NOT_AT_DONOR"
    town.send("ALIZE", request("ALIZE-10002", "ALIZE", "EOLE", number))
    assert (town.types("EOLE"), town.types("BOREA")) == (["portingrequest"], [])


def test_a_number_that_the_recipient_serves_itself_comes_back_as_an_error(town: Town):
    town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", town.number_of("ALIZE")))
    assert town.last_error("ALIZE") == "NUMBER_AT_RECIPIENT"


@pytest.mark.parametrize("digits", ["0611111111", "0039984000", "12"])
def test_digits_in_no_range_come_back_as_an_error(town: Town, digits: str):
    town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", digits))
    assert town.last_error("ALIZE") == "NUMBER_UNKNOWN"


def test_a_donor_that_does_not_exist_comes_back_as_an_error(town: Town, number: str):
    town.send("ALIZE", request(DOSSIER, "ALIZE", "NOBODY", number))
    assert town.last_error("ALIZE") == "OPERATOR_UNKNOWN"


def test_a_second_open_dossier_on_a_number_comes_back_as_an_error(asked: Town, number: str):
    asked.send("DUNE", request("DUNE-10001", "DUNE", "CIRUS", number))
    assert asked.last_error("DUNE") == "NUMBER_IN_DOSSIER"
    assert asked.types("CIRUS") == ["portingrequest"]


def test_a_dossier_id_serves_once(asked: Town):
    asked.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", asked.number_of("CIRUS", 1)))
    assert asked.last_error("ALIZE") == "DOSSIER_EXISTS"


def test_more_numbers_than_a_message_may_hold_come_back_as_an_error(town: Town):
    wide = [{"seq": {"numberseries": {"start": "0639984000", "end": "0639984999"}}}]
    fields = {"dossierid": DOSSIER, "recipientnetworkoperator": "ALIZE", "repeats": wide}
    town.send("ALIZE", message("portingrequest", "ALIZE", "CRDB", **fields))
    assert town.last_error("ALIZE") == "TOO_MANY_NUMBERS"


def test_a_delay_leaves_the_dossier_open_for_the_answer(asked: Town, number: str):
    asked.send("CIRUS", message("pradelayed", "CIRUS", "ALIZE", dossierid=DOSSIER, donornetworkoperator="CIRUS"))
    assert asked.status(DOSSIER) == "delayed"
    asked.send("CIRUS", acceptance(DOSSIER, "CIRUS", "ALIZE", number))
    assert asked.types("ALIZE") == ["pradelayed", "portingrequestanswer"]
    assert asked.status(DOSSIER) == "agreed"


def test_a_donor_may_delay_its_answer_again_and_the_recipient_hears_of_each(asked: Town):
    for _ in range(2):
        asked.send("CIRUS", message("pradelayed", "CIRUS", "ALIZE", dossierid=DOSSIER, donornetworkoperator="CIRUS"))
    assert asked.types("ALIZE") == ["pradelayed", "pradelayed"]


def test_an_answer_to_a_cancelled_dossier_comes_back_to_its_donor_as_an_error(asked: Town, number: str):
    asked.send("ALIZE", cancel(DOSSIER, "ALIZE", "CIRUS"))
    asked.send("CIRUS", acceptance(DOSSIER, "CIRUS", "ALIZE", number))
    assert asked.last_error("CIRUS") == "DOSSIER_CANCELLED"
    assert asked.types("ALIZE") == []


def test_a_delay_after_the_answer_comes_back_as_an_error(agreed: Town):
    agreed.send("CIRUS", message("pradelayed", "CIRUS", "ALIZE", dossierid=DOSSIER, donornetworkoperator="CIRUS"))
    assert agreed.last_error("CIRUS") == "ALREADY_ANSWERED"


def test_nobody_but_the_donor_answers(asked: Town, number: str):
    asked.send("DUNE", acceptance(DOSSIER, "DUNE", "ALIZE", number))
    assert asked.last_error("DUNE") == "NOT_A_PARTY"
    assert asked.status(DOSSIER) == "requested"


def test_an_answer_about_other_numbers_comes_back_as_an_error(asked: Town):
    asked.send("CIRUS", acceptance(DOSSIER, "CIRUS", "ALIZE", asked.number_of("CIRUS", 1)))
    assert asked.last_error("CIRUS") == "NUMBERS_DIFFER"


def test_a_refusal_closes_the_dossier_and_frees_the_number(asked: Town, number: str):
    asked.send("CIRUS", refusal(DOSSIER, "CIRUS", "ALIZE", number))
    assert asked.status(DOSSIER) == "refused"
    asked.send("ALIZE", request("ALIZE-10002", "ALIZE", "CIRUS", number))
    assert asked.status("ALIZE-10002") == "requested"


def test_a_donor_that_takes_its_agreement_back_is_heard(agreed: Town, number: str):
    agreed.send("CIRUS", refusal(DOSSIER, "CIRUS", "ALIZE", number))
    assert agreed.types("ALIZE") == ["portingrequestanswer"] * 2
    assert agreed.status(DOSSIER) == "refused"


def test_a_second_acceptance_comes_back_as_an_error(agreed: Town, number: str):
    agreed.send("CIRUS", acceptance(DOSSIER, "CIRUS", "ALIZE", number))
    assert agreed.last_error("CIRUS") == "ALREADY_ANSWERED"


def test_the_good_numbers_of_a_dossier_go_on_without_the_bad_ones(town: Town):
    good, bad = town.number_of("CIRUS"), town.number_of("CIRUS", 1)
    town.send("ALIZE", request(DOSSIER, "ALIZE", "CIRUS", good, bad))
    repeats = [*series(good), *series(bad, blockingcode="21")]
    fields = {"dossierid": DOSSIER, "blocking": "N", "repeats": repeats}
    town.send("CIRUS", message("portingrequestanswer", "CIRUS", "ALIZE", **fields))
    town.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", good, bad))
    assert town.last_error("ALIZE") == "NUMBERS_DIFFER"
    town.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", good))
    assert (town.serving(good), town.serving(bad)) == ("ALIZE", "CIRUS")


def test_a_performed_port_changes_the_reference_and_the_senders_own_table_at_once(agreed: Town, number: str):
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    msisdn = "+33" + number[1:]
    assert agreed.serving(number) == "ALIZE"
    assert agreed.numbers.routing("ALIZE", msisdn) == "ALIZE"
    assert agreed.numbers.routing("BOREA", msisdn) == "CIRUS"
    assert agreed.numbers.routing("FJORD", msisdn) == "ALIZE"


def test_a_performed_port_goes_to_every_operator_but_the_sender(agreed: Town, number: str):
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    receivers = [
        code
        for code in ("ALIZE", "BOREA", "CIRUS", "DUNE", "EOLE", "FJORD")
        if "portingperformed" in agreed.types(code)
    ]
    assert receivers == ["BOREA", "CIRUS", "DUNE", "EOLE", "FJORD"]


def test_only_the_operator_without_a_desk_acknowledges_without_confirming(agreed: Town, number: str):
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    shown = agreed.registry.dossier(DOSSIER, agreed.house.operators["ALIZE"], agreed.clock.now)["acknowledgements"]
    assert {one["operator"]: one["at"] is not None for one in shown} == {
        "BOREA": False,
        "CIRUS": False,
        "DUNE": False,
        "EOLE": False,
        "FJORD": True,
    }
    waiting = agreed.house.mailboxes.waiting(["FJORD"], 10)
    assert [delivery.type for delivery in waiting] == ["portingperformed"]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda town, number: town.send("ALIZE", cancel(DOSSIER, "ALIZE", "CIRUS")), "DOSSIER_CANCELLED"),
        (lambda town, number: town.send("CIRUS", refusal(DOSSIER, "CIRUS", "ALIZE", number)), "DOSSIER_REFUSED"),
        (lambda town, number: town.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number)), "ALREADY_PERFORMED"),
    ],
    ids=["cancelled", "refused", "performed"],
)
def test_a_performed_after_the_end_of_its_dossier_comes_back_as_an_error(agreed: Town, number: str, spoil, code: str):
    spoil(agreed, number)
    before = agreed.serving(number)
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    assert agreed.last_error("ALIZE") == code
    assert agreed.serving(number) == before


def test_a_performed_before_the_answer_comes_back_as_an_error(asked: Town, number: str):
    asked.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    assert asked.last_error("ALIZE") == "NOT_ANSWERED"
    assert asked.serving(number) == "CIRUS"


def test_a_performed_of_an_unknown_dossier_comes_back_as_an_error(town: Town, number: str):
    town.send("ALIZE", performed("ALIZE-99999", "ALIZE", "CIRUS", number))
    assert town.last_error("ALIZE") == "DOSSIER_UNKNOWN"


def test_a_port_one_second_before_its_first_possible_date_comes_back_as_an_error(agreed: Town, number: str):
    early = TUESDAY_8_00 - timedelta(seconds=1)
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number, at=early))
    assert agreed.last_error("ALIZE") == "DATE_TOO_EARLY"
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    assert agreed.status(DOSSIER) == "performed"


def test_dates_in_messages_are_not_compared_with_the_clock(agreed: Town, number: str):
    agreed.clock.now = MONDAY
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number, at=TUESDAY_8_00 + timedelta(days=30)))
    assert agreed.status(DOSSIER) == "performed"


def test_an_agreement_holds_for_ninety_days_and_not_a_second_longer(agreed: Town, number: str):
    agreed.clock.now = MONDAY + timedelta(days=90)
    assert agreed.status(DOSSIER) == "agreed"
    agreed.clock.now += timedelta(seconds=1)
    assert agreed.status(DOSSIER) == "expired"
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    assert agreed.last_error("ALIZE") == "DOSSIER_EXPIRED"
    assert agreed.types("CIRUS") == ["portingrequest"], "the donor keeps count of the days itself"
    agreed.send("DUNE", request("DUNE-10001", "DUNE", "CIRUS", number))
    assert agreed.status("DUNE-10001") == "requested"


@pytest.mark.parametrize("answered", [False, True], ids=["before the answer", "after the answer"])
def test_the_recipient_may_cancel_until_the_port_is_performed(asked: Town, number: str, answered: bool):
    if answered:
        asked.send("CIRUS", acceptance(DOSSIER, "CIRUS", "ALIZE", number))
    asked.send("ALIZE", cancel(DOSSIER, "ALIZE", "CIRUS"))
    assert asked.status(DOSSIER) == "cancelled"
    assert asked.types("CIRUS")[-1] == "cancel"


def test_a_recipient_may_cancel_what_was_refused(asked: Town, number: str):
    asked.send("CIRUS", refusal(DOSSIER, "CIRUS", "ALIZE", number))
    asked.send("ALIZE", cancel(DOSSIER, "ALIZE", "CIRUS"))
    assert asked.status(DOSSIER) == "cancelled"
    asked.send("ALIZE", cancel(DOSSIER, "ALIZE", "CIRUS"))
    assert asked.last_error("ALIZE") == "DOSSIER_CANCELLED"


def test_the_donor_may_not_cancel(agreed: Town):
    agreed.send("CIRUS", cancel(DOSSIER, "CIRUS", "ALIZE"))
    assert agreed.last_error("CIRUS") == "NOT_A_PARTY"
    assert agreed.status(DOSSIER) == "agreed"


def test_a_cancel_after_the_port_or_of_an_unknown_dossier_comes_back_as_an_error(agreed: Town, number: str):
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    agreed.send("ALIZE", cancel(DOSSIER, "ALIZE", "CIRUS"))
    assert agreed.last_error("ALIZE") == "ALREADY_PERFORMED"
    agreed.send("ALIZE", cancel("ALIZE-99999", "ALIZE", "CIRUS"))
    assert agreed.last_error("ALIZE") == "DOSSIER_UNKNOWN"


def test_backporting_is_for_the_range_holder_only(agreed: Town, number: str):
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number, back=True))
    assert agreed.last_error("ALIZE") == "BACKPORTING_WRONG"
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    agreed.send("CIRUS", request("CIRUS-10001", "CIRUS", "ALIZE", number))
    agreed.send("ALIZE", acceptance("CIRUS-10001", "ALIZE", "CIRUS", number))
    agreed.send("CIRUS", performed("CIRUS-10001", "CIRUS", "ALIZE", number, back=True))
    assert agreed.serving(number) == "CIRUS"


def test_a_deactivation_returns_the_number_to_its_range_holder_and_tells_everybody_else(agreed: Town, number: str):
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number))
    agreed.send("ALIZE", deactivation("ALIZE-20001", "ALIZE", number, original="CIRUS"))
    assert agreed.serving(number) == "CIRUS"
    assert agreed.numbers.routing("ALIZE", "+33" + number[1:]) == "CIRUS"
    assert [agreed.types(code)[-1] for code in ("BOREA", "CIRUS", "DUNE", "EOLE", "FJORD")] == ["deactivation"] * 5
    assert "deactivation" not in agreed.types("ALIZE")


def test_a_deactivation_of_somebody_elses_number_comes_back_as_an_error(town: Town, number: str):
    town.send("ALIZE", deactivation("ALIZE-20001", "ALIZE", number))
    assert town.last_error("ALIZE") == "NUMBER_NOT_AT_DONOR"


def test_a_deactivation_that_names_another_range_holder_comes_back_as_an_error(town: Town):
    town.send("ALIZE", deactivation("ALIZE-20001", "ALIZE", town.number_of("ALIZE"), original="DUNE"))
    assert town.last_error("ALIZE") == "RANGE_HOLDER_WRONG"


def test_a_number_with_an_open_dossier_is_not_given_back(asked: Town, number: str):
    asked.send("CIRUS", deactivation("CIRUS-20001", "CIRUS", number))
    assert asked.last_error("CIRUS") == "NUMBER_IN_DOSSIER"


def test_the_registry_says_whether_a_dossier_is_open_on_a_number(asked: Town, number: str):
    assert asked.registry.number(number, asked.clock.now)["open_dossier"] is True
    asked.send("ALIZE", cancel(DOSSIER, "ALIZE", "CIRUS"))
    assert asked.registry.number(number, asked.clock.now)["open_dossier"] is False


def test_a_refused_message_leaves_one_effect_and_it_names_the_error(asked: Town, number: str):
    asked.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number), key="order:perform:1")
    effects = asked.effects.after(1, 100)
    assert [(effect["effect"], effect["key"]) for effect in effects] == [("error_found", "order:perform:1")]
    assert effects[0]["detail"]["errorcode"] == "NOT_ANSWERED"


def test_the_effects_of_a_port_tell_its_story(agreed: Town, number: str):
    agreed.send("ALIZE", performed(DOSSIER, "ALIZE", "CIRUS", number), key="order:perform:1")
    told = [(effect["effect"], effect["detail"]["sender"], effect["key"]) for effect in agreed.effects.after(0, 100)]
    assert told == [
        ("porting_requested", "ALIZE", None),
        ("porting_answered", "CIRUS", None),
        ("porting_performed", "ALIZE", "order:perform:1"),
        ("reference_changed", "ALIZE", "order:perform:1"),
    ]
