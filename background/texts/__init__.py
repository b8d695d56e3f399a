"""What customers read, in French and English: short texts, by kind of message. Templates hold no markup; the only
secret that a text ever carries is a one-time code.
"""

from background.texts.renderer import BRAND, UnknownText, known_kinds, render

__all__ = ["BRAND", "UnknownText", "known_kinds", "render"]
