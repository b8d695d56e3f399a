"""Texts about a new SIM on its way, whatever it is for."""

from background.texts.sentences import Sentence, Text, has

FETCH_YOUR_ESIM = (
    Sentence(
        fr=(
            "Votre eSIM est prête : prenez son code d'activation dans votre espace client. Il ne s'affiche qu'une fois."
        ),
        en="Your eSIM is ready: fetch its activation code from your account. It is shown only once.",
    ),
)

STOCK_EMPTY = (
    Sentence(
        fr="Nous n'avons plus de SIM pour l'instant : votre demande attend et continue d'elle-même.",
        en="We have no SIM left at the moment: your order waits and goes on by itself.",
    ),
    Sentence(fr="La livraison est attendue le $day.", en="The delivery is expected on $day.", when=has("day")),
)

DOWNLOAD_FAILED = (
    Sentence(
        fr=(
            "Votre eSIM n'a pas pu être installée, son code d'activation ne vaut plus. Un autre vous attendra bientôt "
            "dans votre espace client ; d'ici là votre ligne ne change pas."
        ),
        en=(
            "Your eSIM could not be installed, and its activation code is void. Another one will soon be in your "
            "account; until then your line does not change."
        ),
    ),
)

ON_ITS_WAY: dict[str, Text] = {
    "esim_ready": FETCH_YOUR_ESIM,
    "stock_empty": STOCK_EMPTY,
    "download_failed_{n}": DOWNLOAD_FAILED,
}
"""Kinds that every order with a new SIM may need."""
