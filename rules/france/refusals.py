"""For what a donor may refuse a port in France, and what the customer can do about it.

Source: Arcep decision 2006-0381, chapter II article 4. A donor may refuse for incomplete or wrong data (number, RIO),
an inactive number or a pending request on it. Unpaid bills are no ground (decision 2004-1126), neither is a running
commitment. A donor's other grounds are shown as a breach of the rules, not obeyed silently.
"""

from domain.refusals import Refusal, RefusalCode

DONOR_GROUNDS = frozenset(
    {
        RefusalCode.ACCOUNT_REFERENCE_INVALID,
        RefusalCode.TRANSFER_CODE_INVALID,
        RefusalCode.NUMBER_NOT_AT_DONOR,
        RefusalCode.NUMBER_INACTIVE,
        RefusalCode.ALREADY_IN_PROGRESS,
    }
)

_NO_DECISION = frozenset(
    {RefusalCode.TECHNICAL, RefusalCode.DONOR_BUSY, RefusalCode.DONOR_SILENT, RefusalCode.UNMAPPED}
)

BREACH = "a donor may refuse only for a wrong number or RIO, an inactive number or a pending request"

CODE_NAME = {"fr": "RIO", "en": "RIO"}

REMEDIES: dict[RefusalCode, dict[str, str]] = {
    RefusalCode.IDENTITY_MISMATCH: {
        "fr": "Donnez le nom du titulaire tel qu'il figure sur le contrat chez votre opérateur.",
        "en": "Give the holder's name as it stands on the contract with your operator.",
    },
    RefusalCode.HOLDER_NOT_ENTITLED: {
        "fr": "La demande doit venir du titulaire du contrat, ou de quelqu'un qui apporte son mandat.",
        "en": "Let the contract's holder ask, or bring the holder's mandate.",
    },
    RefusalCode.ACCOUNT_REFERENCE_INVALID: {
        "fr": "Donnez la référence du contrat telle que la facture de votre opérateur la montre.",
        "en": "Give the contract's reference as your operator's invoice shows it.",
    },
    RefusalCode.TRANSFER_CODE_INVALID: {
        "fr": "Le RIO de votre ligne s'obtient au 3179.",
        "en": "Call 3179 for the RIO of your line.",
    },
    RefusalCode.NUMBER_INACTIVE: {
        "fr": "Faites remettre la ligne en service, ou demandez le portage dans les 40 jours après sa fin.",
        "en": "Have the line put back into service, or ask within 40 days of its end.",
    },
    RefusalCode.NUMBER_LOCKED: {
        "fr": "Faites lever le blocage de la ligne, puis demandez à nouveau.",
        "en": "Have the lock on the line taken off, then ask again.",
    },
}
"""What a customer can do about a refusal."""


def judged(refusal: Refusal) -> Refusal:
    """A donor's refusal with, in `breach`, what speaks against it: a ground that the rules do not know is shown, and
    taken up with the donor. Trouble, silence and unknown words are nothing that could be judged.
    """
    if refusal.code in DONOR_GROUNDS | _NO_DECISION:
        return refusal
    return refusal.model_copy(update={"breach": BREACH})
