"""The plan of a SIM replacement, evaluated once, recorded, and followed while the rules may change."""

from datetime import timedelta
from typing import Literal

from domain.model import Instant, Model


class Challenge(Model):
    """Where the one-time code goes."""

    channel: Literal["sms", "email"]


class SimReplacementPlan(Model):
    """What the rules say of one order. Instants are legal time."""

    edition: str
    zone: str
    due: Instant  # the promise
    challenge: Challenge | None = None  # a one-time code has to come back before anything is done
    code_rounds: int = 3
    review: tuple[str, ...] = ()  # why a person looks at it first; empty: nobody has to
    fee: str = "0.00"  # euros, tax included
    fee_why: str = ""  # what it is for, or why it is waived
    notify_line: bool = True  # an SMS to the number itself counts as the old channel
    activate_on_delivery: bool = False  # the number moves when the card is delivered, not when it is first used
    most_attempts: int = 3
    download_patience: timedelta = timedelta(days=7)  # legal time, from the profile's release
    remind_after: timedelta = timedelta(days=3)  # legal time, from the delivery: the card waits to be put in
