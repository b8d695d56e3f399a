"""What the Web UI shows beside the updates that only a port out has, each with an example to paste."""

FREEZE = (
    "The customer's stop: the request is refused. Possible until our answer has left. "
    'Example: {"by": "marie.durand", "reason": "the holder asked for nothing", "authentication": {"method": "in_shop", '
    '"agent": "marie.durand"}}'
)

CANCEL = "Never possible here: only the recipient cancels a port. The customer's stop is the update freeze."
