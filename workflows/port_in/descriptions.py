"""What the Web UI shows beside the signals and updates that only a port in has, each with an example to paste."""

CANCEL = (
    "Withdraw the order; possible until the eve's cut-off. Shows as done once the other side has acknowledged it. "
    'Example: {"by": "marie.durand", "reason": "customer changed her mind"}'
)

RESCHEDULE = (
    "Move the day of the port; possible until the eve's cut-off. ISO date, or days from today. "
    'Example: {"by": "marie.durand", "reason": "customer is away", "date": "+5d"}'
)
