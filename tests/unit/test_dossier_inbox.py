"""The clearing house's messages come early, twice, late, against each other, or about another dossier."""

import pytest

from domain.refusals import RefusalCode, refusal
from domain.timeline import TimelineCode
from tests.support.port_offline import message
from workflows.port_in.dossier_inbox import DossierInbox


@pytest.fixture
def inbox() -> DossierInbox:
    """The donor has been asked in dossier D-1."""
    opened = DossierInbox()
    opened.open("D-1")
    return opened


def test_the_donors_answer_is_known_and_the_timeline_leaves_it_to_what_follows(inbox):
    assert inbox.on_message(message()) is None
    assert inbox.answer == message()


def test_an_answer_faster_than_the_reply_to_our_request_counts_once_the_dossier_is_known():
    inbox = DossierInbox()
    assert inbox.on_message(message()) is None
    assert inbox.answer is None
    assert inbox.open("D-1") == []
    assert inbox.answer == message()


def test_an_early_message_of_an_earlier_dossier_is_set_aside_once_the_new_one_is_known(inbox):
    inbox.close()
    inbox.on_message(message(dossier="D-1"))
    (event,) = inbox.open("D-2")
    assert event.what == "portingrequestanswer of an earlier dossier D-1 set aside"
    assert inbox.answer is None


def test_the_same_message_delivered_twice_counts_once(inbox):
    inbox.on_message(message(77))
    assert inbox.on_message(message(77)) is None


def test_an_error_of_the_clearing_house_is_an_answer(inbox):
    error = message(type="errorfound", refusal=refusal(RefusalCode.ALREADY_IN_PROGRESS, "clearing_house"))
    inbox.on_message(error)
    assert inbox.answer == error


def test_a_refusal_after_the_agreement_takes_it_back(inbox):
    inbox.on_message(message(1))
    event = inbox.on_message(message(2, block="13"))
    assert event.code is TimelineCode.AGREEMENT_WITHDRAWN
    assert inbox.retraction.code is RefusalCode.TRANSFER_CODE_INVALID


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ({"block": "99"}, {}, "portingrequestanswer"),
        ({"block": "99"}, {"block": "13"}, "refusal"),
        ({}, {}, "portingrequestanswer"),
        ({}, {"type": "errorfound"}, "errorfound"),
    ],
)
def test_any_other_second_answer_is_set_aside(inbox, first, second, says):
    inbox.on_message(message(1, **first))
    event = inbox.on_message(message(2, **second))
    assert event.code is TimelineCode.MESSAGE_NOTED
    assert event.what == f"a later message ({says}) set aside: the donor's first answer stands"
    assert inbox.answer == message(1, **first)
    assert inbox.retraction is None


def test_an_answer_in_an_earlier_dossier_is_set_aside(inbox):
    inbox.close()
    inbox.open("D-2")
    event = inbox.on_message(message(dossier="D-1"))
    assert event.what == "portingrequestanswer of an earlier dossier D-1 set aside"
    assert inbox.answer is None


def test_a_delay_before_the_answer_is_known(inbox):
    announced = message(type="pradelayed", note="looking")
    assert inbox.on_message(announced) is None
    assert inbox.delay == announced


def test_a_refusal_may_follow_a_delay(inbox):
    inbox.on_message(message(1, "pradelayed"))
    inbox.on_message(message(2, block="13"))
    assert inbox.answer.refusal.code is RefusalCode.TRANSFER_CODE_INVALID


def test_a_delay_after_the_answer_is_only_noted(inbox):
    inbox.on_message(message(1))
    assert inbox.on_message(message(2, "pradelayed")).what == "pradelayed of D-1 noted"
    assert inbox.delay is None


@pytest.mark.parametrize("type", ["portingperformed", "cancel", "deactivation", "portingrequest"])
def test_any_other_message_of_the_dossier_is_noted(inbox, type):
    assert inbox.on_message(message(type=type)).what == f"{type} of D-1 noted"
    assert inbox.answer is None


def test_an_agreement_that_comes_while_a_person_decides_on_the_silence_counts_only_once_it_is_accepted(inbox):
    inbox.silence_is_held = True
    assert inbox.on_message(message()).code is TimelineCode.LATE_ANSWER


def test_a_refusal_that_comes_while_a_person_decides_on_the_silence_is_an_answer_like_any_other(inbox):
    inbox.silence_is_held = True
    assert inbox.on_message(message(block="13")) is None
    assert inbox.answer.refusal is not None


def test_a_new_request_begins_with_nothing_said(inbox):
    inbox.on_message(message(1, "pradelayed"))
    inbox.on_message(message(2))
    inbox.on_message(message(3, block="13"))
    inbox.close()
    assert (inbox.answer, inbox.delay, inbox.retraction) == (None, None, None)
