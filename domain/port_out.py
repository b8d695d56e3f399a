"""Port out: the request as another operator sent it, and the messages of its workflow."""

from domain.authorisation import Authorisation
from domain.model import Instant, Model


class PortPerformed(Model):
    """*Porting performed* of the order's dossier: from the legal instant `at` on the recipient serves the number."""

    at: Instant
    message_id: int = 0  # 0: read in the registry


class PortOutOrder(Model):
    """Input of the port-out workflow: one number of a *portingrequest* to us. The numbers of one dossier are orders of
    their own and are answered together.
    """

    order_id: str
    line_hash: str  # keyed hash of the number, for ids and search attributes
    msisdn: str  # E.164
    zone: str  # IANA name; the number's
    home: str  # our operator's code
    recipient: str  # who asks
    dossier_id: str
    authorisation: Authorisation = Authorisation()  # as it was asked with
    back_of: str = ""  # the dossier that this one asks to be taken back: an erroneous port
    numbers: int = 1  # of the dossier
    accepted_at: Instant  # legal time of the receipt
    accepted_at_real: Instant
    performed: PortPerformed | None = None  # backfilled from the registry: the number has left already

    @property
    def donor(self) -> str:
        return self.home


class NumberDecision(Model):
    """What we answer about one number: a refusal with its `block_code`, or the first possible instant (legal)."""

    block_code: str = ""
    note: str = ""
    first_possible: Instant | None = None


class DossierDecision(Model):
    """One number of a dossier and our decision about it."""

    order_id: str
    msisdn: str
    decision: NumberDecision


class Slot(Model):
    """A beginning of ports: `day` is local to the number's territory, `start` legal time."""

    day: str  # ISO date
    start: Instant


class Hold(Model):
    """Why our answer waits. `until`: legal instant at which the reason ends by itself; None: somebody has to act."""

    kind: str  # locked, sim_replaced, sim_being_replaced, contact_changed, barred_list
    why: str
    until: Instant | None = None
