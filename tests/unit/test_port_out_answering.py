"""Our answer as donor: one for all numbers of a dossier, once; and its announcement for later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.conversion import OUTCOME_UNKNOWN, UNAVAILABLE
from activities.port_out_answer import (
    DECISIONS_MISSING,
    DELAY_REASONS,
    AnswerRequest,
    DelayAnswer,
    DossierNow,
    LookAtDossier,
)
from domain.port_out import NumberDecision
from journal import Journal
from parties.clearing_house.envelopes import NumberAnswer
from tests.support.donor_home import DAY, DOSSIER, DonorHome, dossier, port_out, port_out_id
from tests.support.journal_kit import MSISDN, NOW, open_journal
from tests.support.ports_out import request_of

SECOND_NUMBER = "+33639980002"
AGREED = NumberDecision(first_possible=NOW + DAY)
NO = NumberDecision(block_code="13", note="the RIO is another contract's")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_journal(tmp_path)
    request_of(opened, port_out(1))
    yield opened
    opened.close()


@pytest.fixture
def two_numbers(journal: Journal) -> Journal:
    request_of(journal, port_out(2, msisdn=SECOND_NUMBER))
    return journal


@pytest.fixture
def home() -> DonorHome:
    return DonorHome()


async def answered(home: DonorHome, journal: Journal, number: int = 1, decision: NumberDecision = AGREED) -> DossierNow:
    request = AnswerRequest(order_id=port_out_id(number), dossier_id=DOSSIER, recipient="BOREA", decision=decision)
    return await ActivityEnvironment().run(home.answer_activities(journal).answer_request, request)


async def delayed(home: DonorHome, journal: Journal, reason: str = "locked", number: int = 1) -> DossierNow:
    request = DelayAnswer(
        order_id=port_out_id(1), dossier_id=DOSSIER, recipient="BOREA", due=NOW + DAY, reason=reason, number=number
    )
    return await ActivityEnvironment().run(home.answer_activities(journal).delay_answer, request)


@pytest.mark.parametrize(("decision", "status"), [(AGREED, "agreed"), (NO, "refused")])
async def test_one_number_is_answered_at_once(home: DonorHome, journal: Journal, decision: NumberDecision, status: str):
    assert (await answered(home, journal, decision=decision)).status == status
    (sent,) = home.sent
    assert sent["answers"] == [
        NumberAnswer(
            msisdn=MSISDN,
            blocking_code=decision.block_code or None,
            first_possible=decision.first_possible,
            note=decision.note,
        )
    ]
    assert (sent["key"], sent["recipient"].code, sent["home"].code) == (f"{DOSSIER}:answer:1", "BOREA", "ALIZE")


async def test_the_numbers_of_a_dossier_wait_for_each_other_and_share_one_answer(home: DonorHome, two_numbers: Journal):
    with pytest.raises(ApplicationError) as waits:
        await answered(home, two_numbers, 2, NO)
    assert (waits.value.type, waits.value.non_retryable, home.sent) == (DECISIONS_MISSING, False, [])
    assert (await answered(home, two_numbers, 1)).status == "agreed"
    (sent,) = home.sent
    assert [(answer.msisdn, answer.blocking_code) for answer in sent["answers"]] == [
        (MSISDN, None), (SECOND_NUMBER, "13"),
    ]  # fmt: skip
    assert (await answered(home, two_numbers, 2, NO)).status == "agreed"
    assert len(home.sent) == 1


async def test_an_answer_whose_reply_is_lost_is_looked_for_before_it_is_sent_again(home: DonorHome, journal: Journal):
    home.losing = 1
    with pytest.raises(ApplicationError) as lost:
        await answered(home, journal)
    assert lost.value.type == OUTCOME_UNKNOWN
    assert (await answered(home, journal)).status == "agreed"
    assert len(home.sent) == 1


async def test_an_answer_that_does_not_show_is_sent_again_under_its_key(home: DonorHome, journal: Journal):
    home.deaf = True
    with pytest.raises(ApplicationError) as unseen:
        await answered(home, journal)
    assert (unseen.value.type, unseen.value.non_retryable) == (UNAVAILABLE, False)
    home.deaf = False
    await answered(home, journal)
    assert [sent["key"] for sent in home.sent] == [f"{DOSSIER}:answer:1"] * 2


@pytest.mark.parametrize("status", ["cancelled", "expired", "performed"])
async def test_a_dossier_that_waits_for_no_answer_gets_none(home: DonorHome, two_numbers: Journal, status: str):
    home.dossiers[DOSSIER] = dossier(status, actual=NOW)
    assert await answered(home, two_numbers) == DossierNow.model_validate({"status": status, "actual": NOW})
    assert (await delayed(home, two_numbers)).status == status
    assert home.sent == []


async def test_a_port_that_does_not_say_when_was_performed_when_the_clearing_house_took_it_in(
    home: DonorHome, two_numbers: Journal
):
    home.dossiers[DOSSIER] = dossier("performed", performed_at=NOW)
    assert (await answered(home, two_numbers)).actual == NOW


async def test_a_delay_says_why_and_until_when_and_is_sent_until_it_shows(home: DonorHome, journal: Journal):
    home.deaf = True
    with pytest.raises(ApplicationError):
        await delayed(home, journal)
    home.deaf = False
    assert (await delayed(home, journal)).status == "delayed"
    sent = home.sent[-1]
    assert (sent["answer_due"], sent["reason_code"], sent["key"]) == (NOW + DAY, "0001", f"{port_out_id(1)}:delay:1")


async def test_each_announcement_has_a_key_of_its_own(home: DonorHome, journal: Journal):
    await delayed(home, journal)
    await delayed(home, journal, "systems_away", number=2)
    assert [sent["key"] for sent in home.sent] == [f"{port_out_id(1)}:delay:{number}" for number in (1, 2)]


def test_reason_codes_tell_every_reason_apart_in_four_digits():
    assert len(set(DELAY_REASONS.values())) == len(DELAY_REASONS)
    assert all(len(code) == 4 and code.isdecimal() for code in DELAY_REASONS.values())


async def test_a_dossier_that_the_registry_never_saw_is_unknown(home: DonorHome, journal: Journal):
    look = home.answer_activities(journal).look_at_dossier
    seen = await ActivityEnvironment().run(look, LookAtDossier(dossier_id="BOREA-9"))
    known = await ActivityEnvironment().run(look, LookAtDossier(dossier_id=DOSSIER))
    assert (seen.status, known.status) == ("unknown", "requested")
