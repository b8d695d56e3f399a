"""What the Web UI shows beside the signals, updates and queries that several kinds of order have, each with an example
to paste.
"""

RESOLVE = (
    "Decide an order that is held for a human; current details say which actions are open: retry, give_up, "
    "accept_late_answer. "
    'Example: {"by": "marie.durand", "reason": "stock was filled up", "action": "retry"}'
)

NOTE = (
    "Write a line on the timeline. "
    'Example: {"by": "marie.durand", "text": "called the donor, answer promised for tomorrow"}'
)

STATUS = "Where the order stands: state, stage, whom it waits for and until when. No input."

PROFILE_PROGRESS = (
    "How far the order's eSIM profile has come on the phone. Sent by the SM-DP+'s callback, not by people."
)

SHIPMENT_PROGRESS = "How far the order's card has come by post. Sent by logistics' callback, not by people."

CODE_CHECKED = "What became of a one-time code. Sent by the API, which keeps the code; not by people."

LINE_NEWS = "What has happened to the order's line. Sent by the journal's outbox, not by people."

DOSSIER_MESSAGE = "A message of the clearing house about this order's dossier. Sent by the inbox, not by people."

RELEASE = (
    "Let an order go on that is held for review. "
    'Example: {"by": "marie.durand", "reason": "called the holder back on the number in the contract"}'
)

REFUSE = (
    "Refuse an order that is held for review; it ends as rejected and everything is given back. "
    'Example: {"by": "marie.durand", "reason": "the holder knows nothing of it"}'
)
