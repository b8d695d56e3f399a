"""Texts of a port out, to the holder of the number. Fields: `recipient` asks for it, `fee` with its currency, `held` is
`yes` while our answer waits for a check, `day` (ISO date) of the port, `reason` of a refusal, `code`.
"""

from background.texts.leaving_fee import LEAVING_COSTS
from background.texts.one_time_code import GIVE_IT_TO_NOBODY
from background.texts.sentences import Sentence, Texts, has, says

NOTHING_CHANGES = Sentence(
    fr="Pour votre ligne et votre contrat, rien ne change.",
    en="Nothing changes for your line and your contract.",
)

TEXTS = Texts(
    subject=Sentence(fr="Départ de votre numéro", en="Your number is asked for"),
    kinds={
        "requested": (
            Sentence(
                fr="$recipient demande le portage de votre numéro.",
                en="$recipient asks us to let your number go.",
                when=has("recipient"),
            ),
            Sentence(
                fr="Votre ligne fonctionne jusqu'au portage, qui mettra fin à votre contrat.",
                en="Your line works until the port, which will end your contract.",
            ),
            *LEAVING_COSTS,
            Sentence(
                fr="Notre réponse attend une vérification.",
                en="Our answer waits for a check.",
                when=says("held", "yes"),
            ),
            Sentence(
                fr="Ce n'est pas vous ? Appelez-nous ou ouvrez votre compte, tant que nous n'avons pas répondu.",
                en="If this was not you: call us or open your account, until we have answered.",
            ),
        ),
        "code_{n}": (
            Sentence(
                fr="Votre code : $code. Il confirme que votre numéro doit rester chez nous.",
                en="Your code: $code. It confirms that your number is to stay with us.",
            ),
            GIVE_IT_TO_NOBODY,
        ),
        "completed": (
            Sentence(
                fr="Votre numéro est chez $recipient depuis le $day.",
                en="Your number has been with $recipient since $day.",
                when=has("recipient", "day"),
            ),
            Sentence(
                fr="Votre contrat avec nous a pris fin. Votre dernière facture suit.",
                en="Your contract with us has ended. Your last invoice will follow.",
            ),
            *LEAVING_COSTS,
        ),
        "cancelled": (
            Sentence(
                fr="$recipient a retiré sa demande : votre numéro n'est pas porté.",
                en="$recipient has withdrawn its request: your number is not ported.",
                when=has("recipient"),
            ),
            NOTHING_CHANGES,
        ),
        "rejected": (
            Sentence(
                fr="Nous n'avons pas laissé partir votre numéro ($reason).",
                en="We have not let your number go ($reason).",
            ),
            NOTHING_CHANGES,
            Sentence(
                fr="Vous vouliez partir ? $remedy",
                en="You did want to leave? $remedy",
                when=says("reason", "transfer_code_invalid"),
            ),
        ),
        "expired": (
            Sentence(
                fr="Le portage demandé par $recipient n'a pas eu lieu à temps : notre accord a expiré.",
                en="The port that $recipient asked for was not done in time: our agreement has expired.",
                when=has("recipient"),
            ),
            NOTHING_CHANGES,
        ),
        "failed": (
            Sentence(
                fr="Le portage de votre numéro n'a pas pu être traité. Nous vous contactons.",
                en="The port of your number could not be dealt with. We will contact you.",
            ),
        ),
    },
    reasons={
        "transfer_code_invalid": Sentence(
            fr="le $code_name indiqué n'est pas celui de votre ligne", en="the $code_name given is not your line's"
        ),
        "number_not_at_donor": Sentence(fr="le numéro n'est pas chez nous", en="the number is not with us"),
        "number_inactive": Sentence(fr="le numéro n'est plus actif", en="the number is no longer active"),
        "already_in_progress": Sentence(
            fr="une autre demande de portage est en cours", en="another port of it is in progress"
        ),
        "customer_withdrew": Sentence(fr="comme vous l'avez demandé", en="as you asked"),
    },
    other_reason=Sentence(fr="après vérification", en="after a check"),
)
