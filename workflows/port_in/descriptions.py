"""What the Web UI shows beside each signal, update and query of a port in, each with an example to paste."""

DOSSIER_MESSAGE = "A message of the clearing house about this order's dossier. Sent by the inbox, not by people."

CANCEL = (
    "Withdraw the order; possible until the eve's cut-off. Shows as done once the other side has acknowledged it. "
    'Example: {"by": "marie.durand", "reason": "customer changed her mind"}'
)

RESCHEDULE = (
    "Move the day of the port; possible until the eve's cut-off. ISO date, or days from today. "
    'Example: {"by": "marie.durand", "reason": "customer is away", "date": "+5d"}'
)

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
