"""Messages of the clearing house that no order takes."""


class Aside(Exception):
    """A message that nothing can take; the text says why, without personal data."""
