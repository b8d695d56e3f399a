"""What every text about the end of a contract says of its cost: the field `fee`, with its currency."""

from background.texts.sentences import Fields, Sentence, has


def _is_free(fields: Fields) -> bool:
    return fields.get("fee", "").partition(" ")[0] == "0.00"


def _costs(fields: Fields) -> bool:
    return has("fee")(fields) and not _is_free(fields)


LEAVING_COSTS = (
    Sentence(fr="Frais de résiliation : $fee.", en="Fee for leaving: $fee.", when=_costs),
    Sentence(fr="Partir ne vous coûte rien.", en="Leaving costs you nothing.", when=_is_free),
)
