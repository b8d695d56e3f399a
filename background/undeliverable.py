"""Messages of the clearing house that no order takes."""


class Undeliverable(Exception):
    """A message that nothing can take; the text says why, without personal data."""
