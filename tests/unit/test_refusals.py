"""The vocabulary of refusals, the block codes and what a donor may say."""

import pytest

from domain.refusals import (
    FixBy,
    Refusal,
    RefusalCode,
    Retry,
    block_code,
    refusal,
    refusal_from_block,
)
from rules.france.refusals import DONOR_GROUNDS, REMEDIES, judged

TABLE = [
    ("identity_mismatch", "10", FixBy.CUSTOMER, Retry.AFTER_FIX),
    ("holder_not_entitled", "11", FixBy.CUSTOMER, Retry.AFTER_FIX),
    ("account_reference_invalid", "12", FixBy.CUSTOMER, Retry.AFTER_FIX),
    ("transfer_code_invalid", "13", FixBy.CUSTOMER, Retry.AFTER_FIX_CAPPED),
    ("number_not_at_donor", "20", FixBy.US, Retry.AFTER_FIX),
    ("number_inactive", "21", FixBy.CUSTOMER, Retry.AFTER_FIX),
    ("number_not_portable", "22", FixBy.NOBODY, Retry.NEVER),
    ("number_locked", "23", FixBy.CUSTOMER, Retry.AFTER_UNLOCK),
    ("contract_type_wrong", "24", FixBy.US, Retry.ONCE_CORRECTED),
    ("already_in_progress", "25", FixBy.US, Retry.TIMED),
    ("same_operator", "26", FixBy.US, Retry.NEVER),
    ("too_soon", "27", FixBy.NOBODY, Retry.TIMED),
    ("customer_withdrew", "30", FixBy.NOBODY, Retry.NEVER),
    ("date_not_possible", "40", FixBy.US, Retry.NEW_DATE),
    ("donor_busy", "50", FixBy.DONOR, Retry.TIMED),
    ("donor_silent", None, FixBy.POLICY, Retry.REMIND_THEN_HOLD),
    ("disputed", "60", FixBy.OPERATOR, Retry.HOLD),
    ("fraud_suspected", "61", FixBy.OPERATOR, Retry.NEVER_BY_ITSELF),
    ("legal_bar", "62", FixBy.NOBODY, Retry.NEVER),
    ("limit_exceeded", "70", FixBy.US, Retry.AUTO),
    ("technical", "90", FixBy.US, Retry.TIMED),
    ("unmapped", "99", FixBy.OPERATOR, Retry.HOLD),
]
LAWFUL = {
    "account_reference_invalid",
    "transfer_code_invalid",
    "number_not_at_donor",
    "number_inactive",
    "already_in_progress",
}
UNJUDGED = {"technical", "donor_busy", "donor_silent", "unmapped"}


def test_the_table_names_every_code_once():
    assert [name for name, *_ in TABLE] == [code.value for code in RefusalCode]


@pytest.mark.parametrize(("name", "block", "fix_by", "retry"), TABLE)
def test_each_code_says_who_mends_it_and_whether_to_try_again(name, block, fix_by, retry):
    made = refusal(RefusalCode(name), "BOREA")
    assert (made.fix_by, made.retry, block_code(made.code)) == (fix_by, retry, block)


@pytest.mark.parametrize(("name", "block"), [(name, block) for name, block, *_ in TABLE if block is not None])
def test_block_codes_go_both_ways(name, block):
    made = refusal_from_block(block, "as they said it", "BOREA")
    assert made.code == name
    assert (made.raw_code, made.raw_text, made.said_by) == (block, "as they said it", "BOREA")
    assert block_code(made.code) == block


@pytest.mark.parametrize("raw", ["63", "1", "0", "", "013", "١٣", "xx"])
def test_an_unknown_block_code_is_unmapped_and_kept_word_for_word(raw):
    made = refusal_from_block(raw, "whatever", "CIRUS")
    assert (made.code, made.raw_code, made.raw_text) == (RefusalCode.UNMAPPED, raw, "whatever")
    assert (made.fix_by, made.retry) == (FixBy.OPERATOR, Retry.HOLD)


def test_a_refusal_without_code_and_text_is_still_one():
    assert refusal_from_block(None, None, "DUNE") == refusal(RefusalCode.UNMAPPED, "DUNE")


def test_a_refusal_survives_json():
    made = refusal_from_block("13", "RIO incorrect", "BOREA")
    assert Refusal.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("code", list(RefusalCode))
def test_a_donor_may_refuse_only_for_wrong_data_an_inactive_number_or_a_pending_request(code):
    assert bool(judged(refusal(code, "BOREA")).breach) == (code not in LAWFUL | UNJUDGED)
    assert (code in DONOR_GROUNDS) == (code in LAWFUL)


@pytest.mark.parametrize("code", list(RefusalCode))
def test_whatever_the_customer_has_to_mend_is_said_and_nothing_else_is_asked_of_them(code):
    made = refusal(code, "BOREA")
    assert (made.code in REMEDIES) == (made.fix_by is FixBy.CUSTOMER)
    assert {language for words in REMEDIES.values() for language in words} == {"fr", "en"}


def test_a_donor_may_not_refuse_a_requester_who_is_not_entitled():
    assert RefusalCode.HOLDER_NOT_ENTITLED not in DONOR_GROUNDS
