"""What the Web UI shows beside the updates that only a SIM replacement has, each with an example to paste."""

CANCEL = (
    "Withdraw the order; possible until the number begins to move. A barred SIM stays barred. "
    'Example: {"by": "marie.durand", "reason": "phone found"}'
)

RELEASE = (
    "Let an order go on that is held for review. "
    'Example: {"by": "marie.durand", "reason": "called the holder back on the number in the contract"}'
)

REFUSE = (
    "Refuse an order that is held for review; it ends as rejected and everything is given back. "
    'Example: {"by": "marie.durand", "reason": "the holder knows nothing of it"}'
)

ACTIVATE = 'The customer has the new card in his hand: the number moves to it. Example: {"by": "marie.durand"}'
