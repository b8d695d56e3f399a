"""A line as customer care knows it, as far as the rules on SIMs ask."""

from datetime import date

from domain.model import Instant, Model


class LineSeen(Model):
    """What customer care says of a line. Instants are legal time; None: care does not know."""

    contract_signed_on: date | None = None  # local to the number's territory
    sim_since: Instant | None = None  # since when the number is on its present SIM
    contact_changed_at: Instant | None = None
    has_email: bool = False  # an address that we knew before the order
    suspended: bool = False  # out of service: an SMS to the number arrives nowhere
