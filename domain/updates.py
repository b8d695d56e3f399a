"""What people may ask of a running order. Each is a workflow update with a validator; each names its actor and reason.

All fields have defaults so that a form which leaves one out gets a sentence back, not a stack trace.
"""

from domain.authentication import Authentication
from domain.described import Described
from domain.model import Instant, Model


class CancelRequest(Model):
    """The customer's cancel; possible until the eve's cut-off."""

    by: str = ""
    reason: str = ""


class RescheduleRequest(Model):
    """Another day for the port: an ISO date or days from today, `+5d`, in the number's territory."""

    by: str = ""
    reason: str = ""
    date: str = ""


class ResolveAction(Described):
    """What a person can decide about an order that waits for a decision."""

    RETRY = "retry", "does the step again"
    GIVE_UP = "give_up", "ends the order; what was reserved is given back"
    ACCEPT = "accept", "of a settlement: takes the last invoice as it is, and goes on"
    ACCEPT_LATE_ANSWER = (
        "accept_late_answer",
        "of a port in: goes on with the answer that the donor gave after its deadline",
    )
    RELEASE = "release", "of an order held for review: lets it go on, as the update `release`"
    REFUSE = "refuse", "of an order held for review: ends it as rejected, as the update `refuse`"


class ResolveRequest(Model):
    """A human's decision on an order that waits for one; `action` is one of those that the order offers."""

    by: str = ""
    reason: str = ""
    action: str = ""


class NoteRequest(Model):
    """A note for the order's timeline."""

    by: str = ""
    text: str = ""


class ReviewRequest(Model):
    """A human's decision on an order that is held for review: the updates `release` and `refuse`."""

    by: str = ""
    reason: str = ""


class FreezeRequest(Model):
    """The customer's stop of a port out, until our answer. With a one-time code it counts once the code came back."""

    by: str = ""
    reason: str = ""
    authentication: Authentication | None = None


class ActivateRequest(Model):
    """The customer has the new card in his hand: the number may move to it."""

    by: str = ""


class DeclareRequest(Model):
    """The police declaration of a stolen handset. `filed_at` is legal time, with its zone."""

    by: str = ""
    reference: str = ""
    filed_at: Instant | None = None


class Recorded(Model):
    """Answer to an accepted update: the order's state now, and what happens next."""

    state: str
    message: str = ""
