"""What every text with a one-time code says beside it."""

from background.texts.sentences import Sentence

GIVE_IT_TO_NOBODY = Sentence(
    fr="Vous n'avez rien demandé ? Ne le donnez à personne et contactez-nous.",
    en="You asked for nothing? Give it to nobody and contact us.",
)
