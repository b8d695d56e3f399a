"""A port back: a number that left by mistake is asked for by a note that names the dossier, without an
authorisation.
"""

import re

_NOTE = re.compile(r"PORTBACK ([-0-9A-Z]{5,26})")


def port_back_note(dossier_id: str) -> str:
    """The note of a request that takes this dossier back."""
    return f"PORTBACK {dossier_id}"


def taken_back(note: str | None) -> str:
    """The dossier that a request with this note wants taken back, '' for none."""
    named = _NOTE.fullmatch((note or "").strip())
    return named[1] if named else ""
