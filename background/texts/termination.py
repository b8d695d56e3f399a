"""Texts of a termination. Fields: `day` (ISO date) is the last one, `portable` (ISO date) the first on which the number
can no longer be ported, `fee` with its currency, `code`, `reason` of a refusal, `recipient`
of a port out.
"""

from background.texts.leaving_fee import LEAVING_COSTS
from background.texts.one_time_code import GIVE_IT_TO_NOBODY
from background.texts.sentences import Sentence, Texts, has

PORTABLE = Sentence(
    fr="Votre numéro peut encore être porté chez un autre opérateur, avec le même $code_name, avant le $portable.",
    en="Your number can still be ported to another operator, with the same $code_name, before $portable.",
    when=has("portable", "code_name"),
)

TEXTS = Texts(
    subject=Sentence(fr="Résiliation de votre contrat", en="The end of your contract"),
    kinds={
        "code_{n}": (
            Sentence(
                fr="Votre code : $code. Il confirme une demande de résiliation de votre contrat.",
                en="Your code: $code. It confirms a request to end your contract.",
            ),
            GIVE_IT_TO_NOBODY,
        ),
        "confirmed": (
            Sentence(fr="Votre résiliation est enregistrée.", en="The end of your contract is recorded."),
            Sentence(
                fr="Votre ligne fonctionne jusqu'au $day inclus.",
                en="Your line works until the end of $day.",
                when=has("day"),
            ),
            *LEAVING_COSTS,
            PORTABLE,
            Sentence(
                fr="Vous pouvez y renoncer jusqu'à la fin du dernier jour.",
                en="You can withdraw until the last day is over.",
            ),
        ),
        "completed": (
            Sentence(
                fr="Votre contrat a pris fin, votre ligne est coupée. Votre dernière facture suit.",
                en="Your contract has ended and your line is down. Your last invoice will follow.",
            ),
            PORTABLE,
        ),
        "ported": (
            Sentence(
                fr="Votre numéro est parti chez $recipient : ce portage a mis fin à votre contrat.",
                en="Your number has gone to $recipient: that port has ended your contract.",
                when=has("recipient"),
            ),
            Sentence(
                fr="Votre demande de résiliation n'a plus d'objet. Votre dernière facture suit.",
                en="Your request to end it has nothing left to do. Your last invoice will follow.",
            ),
        ),
        "rejected": (
            Sentence(
                fr="Votre demande de résiliation a été refusée ($reason). Votre contrat continue. Contactez-nous.",
                en="Your request to end your contract was refused ($reason). Your contract goes on. Please contact us.",
            ),
        ),
        "cancelled": (
            Sentence(
                fr="Votre résiliation est annulée. Votre contrat continue, votre ligne ne change pas.",
                en="The end of your contract is cancelled. Your contract goes on, your line does not change.",
            ),
        ),
        "failed": (
            Sentence(
                fr="Votre résiliation n'a pas pu être exécutée. Votre contrat continue. Nous vous contactons.",
                en="Your contract could not be ended. It goes on. We will contact you.",
            ),
        ),
    },
    reasons={
        "date_not_possible": Sentence(fr="cette date n'est pas possible", en="that day is not possible"),
        "holder_not_entitled": Sentence(
            fr="l'identité du titulaire n'a pas été montrée", en="the holder's identity was not shown"
        ),
        "number_inactive": Sentence(fr="il n'y a plus de contrat actif", en="there is no active contract any more"),
        "already_in_progress": Sentence(fr="une autre demande est en cours", en="another request is in progress"),
    },
    other_reason=Sentence(fr="après vérification", en="after a check"),
)
