"""How the person who asks has shown who he is, and how we let him show it."""

from enum import StrEnum

from domain.model import Instant, Model


class AuthenticationMethod(StrEnum):
    IN_SHOP = "in_shop"  # an agent has seen a proof of identity
    PORTAL = "portal"  # the customer is logged in
    ONE_TIME_CODE = "one_time_code"  # we send a code to a channel we know, and nothing is done before it came back


class Authentication(Model):
    """Who vouches for the request. `agent` names the person who looked at the proof of identity."""

    method: AuthenticationMethod
    agent: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the person has shown who he is before the order was accepted."""
        return self.method is not AuthenticationMethod.ONE_TIME_CODE


class CodeVerdict(Model):
    """What became of a one-time code that the customer sent. The code itself stays in the journal."""

    right: bool
    number: int = 1  # the code that was checked: the n-th of the order
    locked_until: Instant | None = None  # legal time; set with the last wrong try
