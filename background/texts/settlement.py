"""Texts of a settlement. Fields: `amount` with its currency; `what` is refunded: deposit, advances or late_increase."""

from background.texts.sentences import Sentence, Texts, has, says

TEXTS = Texts(
    subject=Sentence(fr="Les comptes de votre ancien contrat", en="The accounts of your former contract"),
    kinds={
        "invoice_ok": (
            Sentence(
                fr="Votre dernière facture est là et nous l'avons vérifiée.",
                en="Your last invoice is there and we have checked it.",
            ),
            Sentence(fr="Elle s'élève à $amount.", en="It comes to $amount.", when=has("amount")),
        ),
        "disputed": (
            Sentence(
                fr="Votre dernière facture comporte une erreur en votre défaveur : nous la faisons corriger.",
                en="Your last invoice has a mistake at your expense: we are having it corrected.",
            ),
            Sentence(
                fr="$amount sont facturés en trop ; un avoir suit.",
                en="$amount too much are billed; a credit follows.",
                when=has("amount"),
            ),
        ),
        "disputed_{n}": (
            Sentence(
                fr="La correction de votre dernière facture a d'abord été refusée : nous la demandons à nouveau.",
                en="The correction of your last invoice was refused at first: we ask for it again.",
            ),
        ),
        "credited": (
            Sentence(fr="Votre dernière facture est corrigée.", en="Your last invoice is corrected."),
            Sentence(fr="L'avoir est de $amount.", en="The credit is $amount.", when=has("amount")),
        ),
        "refunded_{n}": (
            Sentence(fr="Nous vous remboursons.", en="We pay you back.", when=lambda fields: not fields.get("amount")),
            Sentence(fr="Nous vous remboursons $amount.", en="We pay you back $amount.", when=has("amount")),
            Sentence(fr="C'est votre dépôt de garantie.", en="It is your deposit.", when=says("what", "deposit")),
            Sentence(
                fr="C'est ce que vous aviez payé d'avance.",
                en="It is what you had paid in advance.",
                when=says("what", "advances"),
            ),
            Sentence(
                fr="C'est la majoration légale pour notre retard.",
                en="It is the increase that the law gives you for our delay.",
                when=says("what", "late_increase"),
            ),
        ),
        "completed": (
            Sentence(
                fr="Les comptes de votre ancien contrat sont clos : dernière facture vérifiée, rien ne vous est dû.",
                en="The accounts of your former contract are closed: last invoice checked, nothing is owed to you.",
            ),
        ),
    },
    reasons={},
    other_reason=Sentence(fr="après vérification", en="after a check"),
)
