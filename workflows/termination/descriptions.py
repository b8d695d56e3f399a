"""What the Web UI shows beside the updates that only a termination has, each with an example to paste."""

CANCEL = (
    "Withdraw the termination; possible until the end of the last day. "
    'Example: {"by": "marie.durand", "reason": "customer stays"}'
)
