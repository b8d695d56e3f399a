"""What people may ask of a running order. Each is a workflow update with a validator; each names its actor and reason.

All fields have defaults so that a form which leaves one out gets a sentence back, not a stack trace.
"""

from enum import StrEnum

from domain.authentication import Authentication
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


class ResolveAction(StrEnum):
    RETRY = "retry"
    GIVE_UP = "give_up"
    ACCEPT_LATE_ANSWER = "accept_late_answer"
    RELEASE = "release"
    REFUSE = "refuse"
    ACCEPT = "accept"


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
