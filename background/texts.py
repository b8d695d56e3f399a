"""What customers read, in French and English: one short text per kind of message. Templates hold no markup, values no
secrets.
"""

from datetime import date
from string import Template

from domain.orders import CustomerMessage

BRAND = "Relais"

SUBJECTS = {"fr": "Portage de votre numéro", "en": "Porting your number"}

TEXTS: dict[str, dict[str, str]] = {
    "port_in.received": {
        "fr": (
            "Votre demande de portage est enregistrée, le portage est prévu le $day. Vous pouvez l'annuler "
            "jusqu'à la veille."
        ),
        "en": "Your porting request is recorded; the port is planned for $day. You can cancel it until the day before.",
    },
    "port_in.date_agreed": {
        "fr": (
            "Votre opérateur actuel a accepté : votre numéro sera porté le $day, dans la matinée. Gardez "
            "votre ancienne carte jusque-là."
        ),
        "en": (
            "Your current operator agreed: your number will be ported on $day, in the morning. Keep your "
            "old card until then."
        ),
    },
    "port_in.day_moved": {
        "fr": "La date de votre portage a changé : votre numéro sera porté le $day, dans la matinée.",
        "en": "The date of your port has changed: your number will be ported on $day, in the morning.",
    },
    "port_in.completed": {
        "fr": (
            "C'est fait : votre numéro est sur votre nouvelle carte SIM. Votre ancien contrat pour cette "
            "ligne prend fin."
        ),
        "en": "Done: your number is on your new SIM card. Your old contract for this line ends.",
    },
    "port_in.rejected": {
        "fr": (
            "Votre demande de portage a été refusée ($reason). Votre ligne actuelle ne change pas. "
            "Contactez-nous pour la suite."
        ),
        "en": "Your porting request was refused ($reason). Your current line does not change. Please contact us.",
    },
    "port_in.cancelled": {
        "fr": "Votre demande de portage est annulée. Votre ligne actuelle ne change pas.",
        "en": "Your porting request is cancelled. Your current line does not change.",
    },
    "port_in.failed": {
        "fr": "Votre portage n'a pas pu avoir lieu. Votre ligne actuelle ne change pas. Nous vous contactons.",
        "en": "Your port could not be done. Your current line does not change. We will contact you.",
    },
}

REASONS: dict[str, dict[str, str]] = {
    "transfer_code_invalid": {"fr": "le RIO ne correspond pas", "en": "the RIO does not match"},
    "number_inactive": {"fr": "le numéro n'est plus actif", "en": "the number is no longer active"},
    "number_not_at_donor": {
        "fr": "le numéro n'est pas chez cet opérateur",
        "en": "the number is not with that operator",
    },
    "already_in_progress": {"fr": "une autre demande est en cours", "en": "another request is in progress"},
}
OTHER_REASON = {"fr": "refus de l'opérateur", "en": "the operator refused"}


class UnknownText(LookupError):
    """There is no text of that kind, or its fields are not what the text needs."""


def render(message: CustomerMessage) -> tuple[str, str]:
    """Subject and text in the customer's language. A day may move several times: its kind carries the
    number of the move, so that each is told.

    Raises:
        UnknownText: this version has no such text.
    """
    language = message.language if message.language in SUBJECTS else "fr"
    kind = message.kind
    if kind.startswith("port_in.day_moved_"):
        kind = "port_in.day_moved"
    if kind not in TEXTS:
        raise UnknownText(kind)
    fields = dict(message.fields)
    if "day" in fields:
        fields["day"] = _day(fields["day"], language)
    if "reason" in fields:
        fields["reason"] = REASONS.get(fields["reason"], OTHER_REASON)[language]
    return SUBJECTS[language], f"{BRAND} : {Template(TEXTS[kind][language]).safe_substitute(fields)}"


def _day(text: str, language: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UnknownText("a day that is none") from None
    return f"{day:%d/%m/%Y}" if language == "fr" else f"{day:%d %B %Y}"
