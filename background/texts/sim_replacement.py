"""Texts of a SIM replacement. Fields: `reason` (of the order, or of its refusal), `day` (ISO date), `code`, `tracking`,
`form` (physical or esim), `barred` ("yes": the old SIM is out of service).
"""

from background.texts.one_time_code import GIVE_IT_TO_NOBODY
from background.texts.sentences import Fields, Sentence, Text, Texts, has, says, says_not
from background.texts.sims import FETCH_YOUR_ESIM, ON_ITS_WAY

NOT_YOU = Sentence(
    fr="Vous n'avez rien demandé ? Contactez-nous tout de suite : la demande peut encore être arrêtée.",
    en="You asked for nothing? Contact us at once: the request can still be stopped.",
)


def _by_post(fields: Fields) -> bool:
    return fields.get("form") == "physical" or bool(fields.get("tracking"))


def _by_phone(fields: Fields) -> bool:
    return not _by_post(fields)


def _ended(fr: str, en: str) -> Text:
    """An end without a new SIM, and what it means for the old one."""
    return (
        Sentence(fr=fr, en=en),
        Sentence(
            fr="Votre SIM actuelle ne change pas.",
            en="Your current SIM does not change.",
            when=says_not("barred", "yes"),
        ),
        Sentence(
            fr=(
                "Votre ancienne SIM reste hors service. Vous l'avez retrouvée ? Demandez-nous de remettre votre ligne "
                "en service."
            ),
            en="Your old SIM stays out of service. You have found it? Ask us to put your line back into service.",
            when=says("barred", "yes"),
        ),
    )


TEXTS = Texts(
    subject=Sentence(fr="Votre nouvelle SIM", en="Your new SIM"),
    kinds={
        **ON_ITS_WAY,
        "notice": (
            Sentence(
                fr="Une nouvelle SIM a été demandée pour votre ligne ($reason). L'ancienne cessera de fonctionner.",
                en="A new SIM was asked for on your line ($reason). The old one will stop working.",
            ),
            NOT_YOU,
        ),
        "code_{n}": (
            Sentence(
                fr="Votre code : $code. Il confirme une demande de nouvelle SIM pour votre ligne.",
                en="Your code: $code. It confirms a request for a new SIM on your line.",
            ),
            GIVE_IT_TO_NOBODY,
        ),
        "barred": (
            Sentence(
                fr="Votre ligne est hors service : personne ne peut plus utiliser votre ancienne SIM.",
                en="Your line is out of service: nobody can use your old SIM any more.",
            ),
            Sentence(
                fr="Vous l'avez retrouvée ? Demandez-nous de la remettre en service.",
                en="You have found it? Ask us to put it back into service.",
            ),
        ),
        "ordered_{n}": (
            *(Sentence(fr=part.fr, en=part.en, when=_by_phone) for part in FETCH_YOUR_ESIM),
            Sentence(fr="Votre nouvelle carte SIM est en route.", en="Your new SIM card is on its way.", when=_by_post),
            Sentence(fr="Elle est attendue le $day.", en="It is expected on $day.", when=has("day")),
            Sentence(fr="Numéro de suivi : $tracking.", en="Tracking number: $tracking.", when=has("tracking")),
        ),
        "remind_card": (
            Sentence(
                fr=(
                    "Votre nouvelle carte SIM est arrivée et attend : mettez-la dans votre téléphone pour qu'elle "
                    "prenne votre numéro."
                ),
                en="Your new SIM card has arrived and waits: put it into your phone so that it takes your number.",
            ),
            Sentence(
                fr="Vous ne l'avez pas reçue ? Contactez-nous.", en="You have not received it? Please contact us."
            ),
        ),
        "lost_in_post_{n}": (
            Sentence(
                fr="Votre nouvelle carte SIM s'est perdue en route ; personne ne peut l'utiliser. Une autre suit.",
                en="Your new SIM card was lost in the post; nobody can use it. We are sending another one.",
            ),
        ),
        "completed": (
            Sentence(
                fr="C'est fait : votre numéro est sur votre nouvelle SIM. L'ancienne ne fonctionne plus.",
                en="Done: your number is on your new SIM. The old one no longer works.",
            ),
            Sentence(
                fr="Vous n'avez rien demandé ? Contactez-nous tout de suite.",
                en="You asked for nothing? Contact us at once.",
            ),
        ),
        "rejected": _ended(
            fr="Votre demande de nouvelle SIM a été refusée ($reason). Contactez-nous pour la suite.",
            en="Your request for a new SIM was refused ($reason). Please contact us.",
        ),
        "cancelled": _ended(
            fr="Votre demande de nouvelle SIM est annulée.", en="Your request for a new SIM is cancelled."
        ),
        "failed": _ended(
            fr="Votre SIM n'a pas pu être remplacée. Nous vous contactons.",
            en="Your SIM could not be replaced. We will contact you.",
        ),
    },
    reasons={
        "lost": Sentence(fr="SIM perdue", en="lost SIM"),
        "stolen": Sentence(fr="SIM volée", en="stolen SIM"),
        "damaged": Sentence(fr="SIM défectueuse", en="damaged SIM"),
        "upgrade": Sentence(fr="changement de SIM", en="change of SIM"),
        "fraud": Sentence(fr="soupçon de fraude", en="suspected fraud"),
        "holder_not_entitled": Sentence(
            fr="l'identité du titulaire n'a pas été montrée", en="the holder's identity was not shown"
        ),
        "identity_mismatch": Sentence(
            fr="l'identité du titulaire n'a pas été montrée", en="the holder's identity was not shown"
        ),
        "number_inactive": Sentence(fr="la ligne n'est plus active", en="the line is no longer active"),
        "number_locked": Sentence(fr="la ligne est verrouillée", en="the line is locked"),
        "already_in_progress": Sentence(fr="une autre demande est en cours", en="another request is in progress"),
    },
    other_reason=Sentence(fr="après vérification", en="after a check"),
)
