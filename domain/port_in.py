"""Port in: the request as accepted, and the messages of its workflow."""

from datetime import date
from enum import StrEnum

from domain.authorisation import Authorisation
from domain.model import Instant, Model
from domain.refusals import Refusal
from domain.sims import SimForm


class HolderKind(StrEnum):
    CONSUMER = "consumer"
    BUSINESS = "business"


class Holder(Model):
    """The contract's holder at the donor, as the customer says."""

    kind: HolderKind
    name: str


class Contact(Model):
    """Where the customer is told; none given: an SMS to the ported number itself."""

    email: str | None = None
    phone: str | None = None
    language: str = "fr"


class PortInOrder(Model):
    """Input of the port-in workflow: everything that was accepted."""

    order_id: str
    line_hash: str  # keyed hash of the number, for ids and search attributes
    msisdn: str  # E.164
    zone: str  # IANA name; the number's
    authorisation: Authorisation = Authorisation()
    holder: Holder
    sim_form: SimForm = SimForm.PHYSICAL
    requested_date: date | None = None  # local date of the number's territory
    mandate_signed_at: Instant | None = None  # legal time
    contact: Contact = Contact()
    home: str  # our operator's code
    donor: str
    accepted_at: Instant  # legal time
    accepted_at_real: Instant
    port_back_of: str = (
        ""  # the port-out order that this one takes back: an erroneous port, which needs no authorisation
    )
    back_of_dossier: str = ""  # its dossier

    @property
    def recipient(self) -> str:
        return self.home


class DossierMessage(Model):
    """A clearing house message about one dossier, as the workflow needs it. Instants are legal time in UTC."""

    message_id: int
    type: str  # portingrequestanswer, pradelayed, portingperformed, cancel, errorfound, portingrequest, deactivation
    dossier_id: str
    received_at: Instant | None = None
    blocked: bool = False  # an answer that refuses
    blocking_code: str | None = None
    note: str = ""
    first_possible: Instant | None = None
    answer_due: Instant | None = None
    reason_code: str | None = None
    error_code: str | None = None
    error_text: str = ""
    actual: Instant | None = None  # of porting performed
    refusal: Refusal | None = None  # what a refusing answer or an error means, in our vocabulary
