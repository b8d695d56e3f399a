"""Who may refuse a port for what in France, and what the customer can do about it.

Source: Arcep decision 2006-0381, chapter II article 4. A donor may refuse for incomplete or wrong data (number, RIO),
an inactive number or a pending request on it; a recipient for a requester who is not entitled, or incomplete or wrong
data. Unpaid bills are no ground (decision 2004-1126), neither is a running commitment. A donor's other grounds are
shown as a breach of the rules, not obeyed silently.
"""

from enum import StrEnum

from domain.model import Model
from domain.refusals import Refusal, RefusalCode, legal_ground_for_donor

RECIPIENT_GROUNDS = frozenset(
    {
        RefusalCode.HOLDER_NOT_ENTITLED,
        RefusalCode.IDENTITY_MISMATCH,
        RefusalCode.ACCOUNT_REFERENCE_INVALID,
        RefusalCode.TRANSFER_CODE_INVALID,
    }
)

_NO_DECISION = frozenset(
    {RefusalCode.TECHNICAL, RefusalCode.DONOR_BUSY, RefusalCode.DONOR_SILENT, RefusalCode.UNMAPPED}
)

_CUSTOMER_MUST = {
    RefusalCode.IDENTITY_MISMATCH: "give the holder's name as it stands on the donor's contract",
    RefusalCode.HOLDER_NOT_ENTITLED: "let the contract's holder ask, or bring the holder's mandate",
    RefusalCode.ACCOUNT_REFERENCE_INVALID: "give the contract's reference as the donor's invoice shows it",
    RefusalCode.TRANSFER_CODE_INVALID: "call 3179 from the line and give the RIO that it says today",
    RefusalCode.NUMBER_INACTIVE: "have the line put back into service by the donor, or ask within 40 days of its end",
    RefusalCode.NUMBER_LOCKED: "have the lock on the line taken off, then ask again",
}


class Verdict(StrEnum):
    """What a donor's refusal is worth."""

    LAWFUL = "lawful"
    BREACH = "breach"  # a ground that the rules do not know: shown, and taken up with the donor
    NO_DECISION = "no_decision"  # trouble, silence or unknown words: nothing that could be judged


class Judgement(Model):
    """A verdict with its reason."""

    verdict: Verdict
    why: str
    customer_must: str = ""  # what the customer has to mend, if it is theirs to mend


def judge_donor_refusal(refusal: Refusal) -> Judgement:
    """Whether the donor may refuse for this, and what the customer would have to mend."""
    verdict, why = _verdict(refusal.code)
    return Judgement(verdict=verdict, why=why, customer_must=_CUSTOMER_MUST.get(refusal.code, ""))


def legal_ground_for_recipient(code: RefusalCode) -> bool:
    """Whether a recipient may turn a customer's request down for this."""
    return code in RECIPIENT_GROUNDS


def _verdict(code: RefusalCode) -> tuple[Verdict, str]:
    if legal_ground_for_donor(code):
        return Verdict.LAWFUL, "a donor may refuse for this"
    if code in _NO_DECISION:
        return Verdict.NO_DECISION, "the donor gave no ground that could be judged"
    return Verdict.BREACH, "a donor may refuse only for a wrong number or RIO, an inactive number or a pending request"
