"""Orders about a line of ours: what they have in common."""

from domain.model import Instant, Model


class OurLineOrder(Model):
    """An accepted order about a line that the home operator serves: nobody else takes part."""

    order_id: str
    line_hash: str  # keyed hash of the number, for ids and search attributes
    msisdn: str  # E.164
    zone: str  # IANA name; the number's
    home: str  # our operator's code
    accepted_at: Instant  # legal time
    accepted_at_real: Instant

    @property
    def donor(self) -> str:
        return self.home

    @property
    def recipient(self) -> str:
        return self.home
