"""One-time codes: made and checked in the journal, sent by the outbox, never seen by Temporal or a log."""

from temporalio import activity

from domain.model import Model
from domain.orders import JournalEntry


class SendCode(Model):
    """The order's `number`-th code, to a channel that we knew before the order: `channel` is sms or email."""

    order_id: str
    number: int = 1
    channel: str
    to: str
    language: str = "fr"
    entry: JournalEntry | None = None  # journalled with it


class CodeSent(Model):
    pass


class IdentityActivities:
    """Asks the customer to show who he is."""

    @activity.defn(name="identity_send_code")
    async def send_code(self, request: SendCode) -> CodeSent:
        """Make the code and queue its message, in one; a repetition makes no other."""
        raise NotImplementedError
