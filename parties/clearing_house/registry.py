"""What the clearing house's reference database says about numbers and dossiers. Instants are legal time in UTC."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from domain.model import Instant, Model

DossierStatus = Literal["requested", "delayed", "agreed", "refused", "performed", "cancelled", "expired"]


class _Wire(Model):
    """The registry writes its field names in one word; ours are accepted too, so that a model survives its own JSON."""

    model_config = ConfigDict(populate_by_name=True)


class RegistryNumber(_Wire):
    """Who serves a number. `operator` is the serving operator's code; a virtual operator's network is
    `network_operator`.
    """

    number: str  # national digits
    operator: str
    range_holder: str
    network_operator: str = Field(alias="networkoperator")
    service_provider: str | None = Field(default=None, alias="serviceprovider")
    changed_at: Instant | None = None
    open_dossier: bool = False  # a porting of the number is under way


class RegistryMessage(_Wire):
    """A message of the dossier, as it passed the clearing house."""

    id: int
    type: str
    at: Instant
    sender: str
    receiver: str
    error_code: str | None = Field(default=None, alias="errorcode")
    description: str | None = None
    blocking_code: str | None = Field(default=None, alias="blockingcode")


class Acknowledgement(_Wire):
    """An operator has confirmed the dossier's *porting performed*: its routing follows. `at` is None while it has
    not.
    """

    operator: str
    consumer: str | None = None
    at: Instant | None = None


class RegistryDossier(_Wire):
    """Where a dossier stands. *errorfound* messages are among `messages`: nothing else says why a sent message had no
    effect.
    """

    dossier_id: str = Field(alias="dossierid")
    status: DossierStatus
    recipient: str
    donor: str
    number: str | None = None
    numbers: list[str] = Field(default_factory=list)  # all of them, where the registry says so
    first_possible: Instant | None = Field(default=None, alias="firstpossibledate")
    actual: Instant | None = Field(default=None, alias="actualdatetime")
    agreed_at: Instant | None = None
    performed_at: Instant | None = None
    messages: list[RegistryMessage] = Field(default_factory=list)
    acknowledgements: list[Acknowledgement] = Field(default_factory=list)

    @property
    def awaits_answer(self) -> bool:
        """Whether its donor has not answered yet."""
        return self.status in ("requested", "delayed")

    @property
    def is_open(self) -> bool:
        """Whether its numbers may still move by it."""
        return self.awaits_answer or self.status == "agreed"

    @property
    def moved_at(self) -> datetime | None:
        """Since when the recipient serves its numbers: what it declared, but no later than the clearing house took it
        in.
        """
        return min((at for at in (self.actual, self.performed_at) if at is not None), default=None)


def is_last_move(dossier: RegistryDossier | None, number: RegistryNumber | None, *, donor: str, recipient: str) -> bool:
    """Whether the dossier is a performed port of the number from `donor` to `recipient`, who serves it since."""
    if dossier is None or number is None or dossier.status != "performed" or dossier.performed_at is None:
        return False
    moved = (dossier.donor, dossier.recipient, dossier.performed_at) == (donor, number.operator, number.changed_at)
    return moved and number.operator == recipient and number.number in (*dossier.numbers, dossier.number)
