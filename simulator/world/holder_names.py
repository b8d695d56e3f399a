"""Names of holders."""

_FIRST_NAMES = """
Adèle Agathe Alain Alice Amina Anaïs André Antoine Aya Basile Béatrice Bruno Camille Cédric Chloé Claire Clément Damien
Élise Émile Farid Fatou Félix Gaël Hélène Hugo Inès Jeanne Joël Karim Léa Léon Loïc Lucie Maël Maïa Malik Manon Marc
Nadia Noé Océane Omar Paul Rémi Rose Sami Sarah Théo Yves Zoé
"""
_LAST_NAMES = """
Aubert Barbier Benali Bernard Blanchard Bonnet Bouvier Carpentier Chevalier Colin Da-Silva Diallo Dubois Dupuis Durand
Fabre Faure Fontaine Fournier Garnier Gauthier Girard Guérin Haddad Henry Joly Lacroix Lambert Laurent Lefèvre Legrand
Lemaire Leroux Marchand Martin Masson Mercier Meunier Moreau Nguyen Noël Perrin Petit Picard Renard Rivière Robin
Rousseau Roy Traoré Vidal
"""
_TRADE_NAMES = """
Transports Menuiserie Boulangerie Cabinet Garage Imprimerie Pépinières Ateliers Conseil Énergies
"""
_FIRST, _LAST, _TRADE = (tuple(names.split()) for names in (_FIRST_NAMES, _LAST_NAMES, _TRADE_NAMES))
_FORM = ("SARL", "SAS", "SA", "EURL")


def person(draw: int) -> str:
    """A consumer's name."""
    return f"{_FIRST[draw % len(_FIRST)]} {_LAST[(draw >> 8) % len(_LAST)]}"


def company(draw: int) -> str:
    """A company's name."""
    return f"{_TRADE[draw % len(_TRADE)]} {_LAST[(draw >> 4) % len(_LAST)]} {_FORM[(draw >> 12) % len(_FORM)]}"
