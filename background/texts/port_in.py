"""Texts of a port in."""

from background.texts.sentences import Sentence, Texts
from background.texts.sims import ON_ITS_WAY

TEXTS = Texts(
    subject=Sentence(fr="Portage de votre numéro", en="Porting your number"),
    kinds={
        "received": (
            Sentence(
                fr=(
                    "Votre demande de portage est enregistrée, le portage est prévu le $day. Vous pouvez l'annuler "
                    "jusqu'à la veille."
                ),
                en=(
                    "Your porting request is recorded; the port is planned for $day. You can cancel it until the "
                    "day before."
                ),
            ),
        ),
        "date_agreed": (
            Sentence(
                fr=(
                    "Votre opérateur actuel a accepté : votre numéro sera porté le $day, dans la matinée. Gardez "
                    "votre ancienne carte jusque-là."
                ),
                en=(
                    "Your current operator agreed: your number will be ported on $day, in the morning. Keep your "
                    "old card until then."
                ),
            ),
        ),
        "day_moved_{n}": (
            Sentence(
                fr="La date de votre portage a changé : votre numéro sera porté le $day, dans la matinée.",
                en="The date of your port has changed: your number will be ported on $day, in the morning.",
            ),
        ),
        "completed": (
            Sentence(
                fr=(
                    "C'est fait : votre numéro est sur votre nouvelle carte SIM. Votre ancien contrat pour cette "
                    "ligne prend fin."
                ),
                en="Done: your number is on your new SIM card. Your old contract for this line ends.",
            ),
        ),
        "rejected": (
            Sentence(
                fr=(
                    "Votre demande de portage a été refusée ($reason). Votre ligne actuelle ne change pas. "
                    "Contactez-nous pour la suite."
                ),
                en=(
                    "Your porting request was refused ($reason). Your current line does not change. Please contact us."
                ),
            ),
        ),
        "cancelled": (
            Sentence(
                fr="Votre demande de portage est annulée. Votre ligne actuelle ne change pas.",
                en="Your porting request is cancelled. Your current line does not change.",
            ),
        ),
        "failed": (
            Sentence(
                fr=("Votre portage n'a pas pu avoir lieu. Votre ligne actuelle ne change pas. Nous vous contactons."),
                en="Your port could not be done. Your current line does not change. We will contact you.",
            ),
        ),
        **ON_ITS_WAY,
    },
    reasons={
        "transfer_code_invalid": Sentence(fr="le $code_name ne correspond pas", en="the $code_name does not match"),
        "number_inactive": Sentence(fr="le numéro n'est plus actif", en="the number is no longer active"),
        "number_not_at_donor": Sentence(
            fr="le numéro n'est pas chez cet opérateur", en="the number is not with that operator"
        ),
        "already_in_progress": Sentence(fr="une autre demande est en cours", en="another request is in progress"),
    },
    other_reason=Sentence(fr="refus de l'opérateur", en="the operator refused"),
)
