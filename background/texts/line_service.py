"""Texts about a line beside its orders. Fields: `day` (ISO date) and `time`, local to the number; `reason`."""

from background.texts.sentences import Sentence, Texts, has

NOT_YOU_LOCK = Sentence(
    fr="Ce n'est pas vous ? Verrouillez-la de nouveau tout de suite et contactez-nous.",
    en="Was it not you? Lock it again at once and contact us.",
)

TEXTS = Texts(
    subject=Sentence(fr="Votre ligne", en="Your line"),
    kinds={
        "bar": (
            Sentence(
                fr="Votre ligne est hors service, comme demandé : personne ne peut plus utiliser votre SIM.",
                en="Your line is out of service, as asked: nobody can use your SIM any more.",
            ),
            Sentence(
                fr="Vous avez retrouvé votre SIM ? Demandez-nous de remettre la ligne en service.",
                en="You have found your SIM? Ask us to put the line back into service.",
            ),
        ),
        "unbar": (
            Sentence(fr="Votre ligne est de nouveau en service.", en="Your line is back in service."),
            Sentence(
                fr="Vous n'avez rien demandé ? Contactez-nous tout de suite.",
                en="You asked for nothing? Contact us at once.",
            ),
        ),
        "lock": (
            Sentence(
                fr="Votre ligne est verrouillée : ni nouvelle SIM, ni départ de votre numéro avant son déverrouillage.",
                en="Your line is locked: no new SIM, and your number cannot leave, until it is unlocked.",
            ),
        ),
        "unlock_asked": (
            Sentence(
                fr="Le déverrouillage de votre ligne a été demandé ; il ne prend effet que plus tard.",
                en="Unlocking your line was asked for; it only takes effect later.",
            ),
            Sentence(fr="La ligne s'ouvre le $day à $time.", en="The line opens on $day at $time.", when=has("day")),
            NOT_YOU_LOCK,
        ),
        "unlock": (
            Sentence(fr="Votre ligne est déverrouillée.", en="Your line is unlocked."),
            NOT_YOU_LOCK,
        ),
        "declaration_wanted": (
            Sentence(
                fr="Pour bloquer votre téléphone volé, donnez-nous la référence de votre plainte à la police.",
                en="To block your stolen phone, give us the reference of your declaration to the police.",
            ),
            Sentence(fr="Nous l'attendons jusqu'au $day.", en="We wait for it until $day.", when=has("day")),
        ),
        "block_handset": (
            Sentence(
                fr="Votre téléphone volé est bloqué : aucun réseau du pays ne l'accepte plus.",
                en="Your stolen phone is blocked: no network of the country accepts it any more.",
            ),
        ),
        "rejected": (
            Sentence(
                fr="Votre demande sur votre ligne a été refusée ($reason). Rien n'a changé. Contactez-nous.",
                en="Your request about your line was refused ($reason). Nothing has changed. Please contact us.",
            ),
        ),
        "cancelled": (
            Sentence(
                fr="Votre demande sur votre ligne est annulée. Rien n'a changé.",
                en="Your request about your line is cancelled. Nothing has changed.",
            ),
        ),
        "failed": (
            Sentence(
                fr="Votre demande sur votre ligne n'a pas pu être exécutée. Rien n'a changé. Nous vous contactons.",
                en="Your request about your line could not be carried out. Nothing has changed. We will contact you.",
            ),
        ),
    },
    reasons={
        "number_inactive": Sentence(fr="la ligne n'est plus active", en="the line is no longer active"),
        "number_locked": Sentence(fr="la ligne a été verrouillée de nouveau", en="the line has been locked again"),
        "holder_not_entitled": Sentence(
            fr="l'identité du titulaire n'a pas été montrée", en="the holder's identity was not shown"
        ),
    },
    other_reason=Sentence(fr="après vérification", en="after a check"),
)
