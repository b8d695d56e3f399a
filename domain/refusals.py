"""Refusals: one vocabulary over everyone's codes.

A refusal keeps the raw code, the raw text and who said it, and adds a canonical code, who can mend it and whether to
try again. The clearing house's own table of blocking codes is not public; the two-digit codes here are those of this
project.
"""

from enum import StrEnum
from typing import NamedTuple

from domain.model import Model


class RefusalCode(StrEnum):
    """What is wrong, by the code that every answer, state and report uses."""

    IDENTITY_MISMATCH = "identity_mismatch"
    HOLDER_NOT_ENTITLED = "holder_not_entitled"
    ACCOUNT_REFERENCE_INVALID = "account_reference_invalid"
    TRANSFER_CODE_INVALID = "transfer_code_invalid"
    NUMBER_NOT_AT_DONOR = "number_not_at_donor"
    NUMBER_INACTIVE = "number_inactive"
    NUMBER_NOT_PORTABLE = "number_not_portable"
    NUMBER_LOCKED = "number_locked"
    CONTRACT_TYPE_WRONG = "contract_type_wrong"
    ALREADY_IN_PROGRESS = "already_in_progress"
    SAME_OPERATOR = "same_operator"
    TOO_SOON = "too_soon"
    CUSTOMER_WITHDREW = "customer_withdrew"
    DATE_NOT_POSSIBLE = "date_not_possible"
    DONOR_BUSY = "donor_busy"
    DONOR_SILENT = "donor_silent"
    DISPUTED = "disputed"
    FRAUD_SUSPECTED = "fraud_suspected"
    LEGAL_BAR = "legal_bar"
    LIMIT_EXCEEDED = "limit_exceeded"
    TECHNICAL = "technical"
    UNMAPPED = "unmapped"


class FixBy(StrEnum):
    """Who can mend it."""

    CUSTOMER = "customer"
    US = "us"
    DONOR = "donor"
    OPERATOR = "operator"  # a person at our desk
    POLICY = "policy"
    NOBODY = "nobody"


class Retry(StrEnum):
    """Whether to try again."""

    NEVER = "never"
    NEVER_BY_ITSELF = "never_by_itself"  # only by a person's decision
    AFTER_FIX = "after_fix"
    AFTER_FIX_CAPPED = "after_fix_capped"  # repeated wrong attempts trip a donor's lock
    AFTER_UNLOCK = "after_unlock"
    ONCE_CORRECTED = "once_corrected"
    TIMED = "timed"
    NEW_DATE = "new_date"
    REMIND_THEN_HOLD = "remind_then_hold"
    HOLD = "hold"
    AUTO = "auto"


class _Class(NamedTuple):
    block: str | None  # the clearing house's two digits
    fix_by: FixBy
    retry: Retry


_TABLE: dict[RefusalCode, _Class] = {
    RefusalCode.IDENTITY_MISMATCH: _Class("10", FixBy.CUSTOMER, Retry.AFTER_FIX),
    RefusalCode.HOLDER_NOT_ENTITLED: _Class("11", FixBy.CUSTOMER, Retry.AFTER_FIX),
    RefusalCode.ACCOUNT_REFERENCE_INVALID: _Class("12", FixBy.CUSTOMER, Retry.AFTER_FIX),
    RefusalCode.TRANSFER_CODE_INVALID: _Class("13", FixBy.CUSTOMER, Retry.AFTER_FIX_CAPPED),
    RefusalCode.NUMBER_NOT_AT_DONOR: _Class("20", FixBy.US, Retry.AFTER_FIX),
    RefusalCode.NUMBER_INACTIVE: _Class("21", FixBy.CUSTOMER, Retry.AFTER_FIX),
    RefusalCode.NUMBER_NOT_PORTABLE: _Class("22", FixBy.NOBODY, Retry.NEVER),
    RefusalCode.NUMBER_LOCKED: _Class("23", FixBy.CUSTOMER, Retry.AFTER_UNLOCK),
    RefusalCode.CONTRACT_TYPE_WRONG: _Class("24", FixBy.US, Retry.ONCE_CORRECTED),
    RefusalCode.ALREADY_IN_PROGRESS: _Class("25", FixBy.US, Retry.TIMED),
    RefusalCode.SAME_OPERATOR: _Class("26", FixBy.US, Retry.NEVER),
    RefusalCode.TOO_SOON: _Class("27", FixBy.NOBODY, Retry.TIMED),
    RefusalCode.CUSTOMER_WITHDREW: _Class("30", FixBy.NOBODY, Retry.NEVER),
    RefusalCode.DATE_NOT_POSSIBLE: _Class("40", FixBy.US, Retry.NEW_DATE),
    RefusalCode.DONOR_BUSY: _Class("50", FixBy.DONOR, Retry.TIMED),
    RefusalCode.DONOR_SILENT: _Class(None, FixBy.POLICY, Retry.REMIND_THEN_HOLD),
    RefusalCode.DISPUTED: _Class("60", FixBy.OPERATOR, Retry.HOLD),
    RefusalCode.FRAUD_SUSPECTED: _Class("61", FixBy.OPERATOR, Retry.NEVER_BY_ITSELF),
    RefusalCode.LEGAL_BAR: _Class("62", FixBy.NOBODY, Retry.NEVER),
    RefusalCode.LIMIT_EXCEEDED: _Class("70", FixBy.US, Retry.AUTO),
    RefusalCode.TECHNICAL: _Class("90", FixBy.US, Retry.TIMED),
    RefusalCode.UNMAPPED: _Class("99", FixBy.OPERATOR, Retry.HOLD),
}

_BY_BLOCK = {entry.block: code for code, entry in _TABLE.items() if entry.block is not None}


class Refusal(Model):
    """Why somebody said no: their own text, and what it means to us."""

    code: RefusalCode
    raw_code: str = ""
    raw_text: str = ""
    said_by: str  # an operator's code, a party's name, or `rules`
    fix_by: FixBy
    retry: Retry
    breach: str = ""  # why the national rules do not allow a donor to refuse for this; empty: they do, or cannot tell


def refusal(code: RefusalCode, said_by: str, *, raw_code: str = "", raw_text: str = "") -> Refusal:
    """A refusal with who can mend it and whether to try again filled in from the table."""
    entry = _TABLE[code]
    return Refusal(
        code=code, raw_code=raw_code, raw_text=raw_text, said_by=said_by, fix_by=entry.fix_by, retry=entry.retry
    )


def refusal_from_block(block_code: str | None, text: str | None, said_by: str) -> Refusal:
    """What a *blocking* answer of the clearing house means; a missing or unknown code is `unmapped`, its raw text
    kept.
    """
    code = _BY_BLOCK.get(block_code or "", RefusalCode.UNMAPPED)
    return refusal(code, said_by, raw_code=block_code or "", raw_text=text or "")


def block_code(code: RefusalCode) -> str | None:
    """The two digits that say this on the clearing house's wire; None for what is never said there (`donor_silent`)."""
    return _TABLE[code].block
