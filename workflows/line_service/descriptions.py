"""What the Web UI shows beside the updates that only a line service has, each with an example to paste."""

CANCEL = (
    "Withdraw an unlocking or the block of a handset while it waits. "
    'Example: {"by": "marie.durand", "reason": "phone found"}'
)

DECLARE = (
    "The police declaration of a stolen handset is there. "
    'Example: {"by": "marie.durand", "reference": "PV 2026/00123", "filed_at": "2026-06-03T10:00:00+02:00"}'
)
