"""What the Web UI shows beside the updates that only a SIM replacement has, each with an example to paste."""

CANCEL = (
    "Withdraw the order; possible until the number begins to move. A barred SIM stays barred. "
    'Example: {"by": "marie.durand", "reason": "phone found"}'
)

ACTIVATE = 'The customer has the new card in his hand: the number moves to it. Example: {"by": "marie.durand"}'
