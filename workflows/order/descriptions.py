"""What the Web UI shows beside the signals, updates and queries that several kinds of order have, each with an example
to paste.
"""

from domain.updates import ResolveAction

RESOLVE = (
    "Decide an order that is held for a human; current details say which actions are open: "
    f"{', '.join(ResolveAction)}. "
    'Example: {"by": "marie.durand", "reason": "stock was filled up", "action": "retry"}'
)

NOTE = (
    "Write a line on the timeline. "
    'Example: {"by": "marie.durand", "text": "called the donor, answer promised for tomorrow"}'
)

STATUS = "Where the order stands: state, stage, whom it waits for and until when. No input."

WAKE = (
    "Something has come for the order: it reads its inbox in the journal. Sent by the journal's outbox; sending it by "
    "hand does no harm. No input."
)

RELEASE = (
    "Let an order go on that is held for review. "
    'Example: {"by": "marie.durand", "reason": "called the holder back on the number in the contract"}'
)

REFUSE = (
    "Refuse an order that is held for review; it ends as rejected and everything is given back. "
    'Example: {"by": "marie.durand", "reason": "the holder knows nothing of it"}'
)
