"""The clearing house's reference database, whose credentials may not be there yet when the API starts."""

from collections.abc import Callable

from api.context import NumberRegistry
from parties.clearing_house.registry import RegistryNumber
from parties.clearing_house.signing import CredentialsUnusable
from parties.errors import PartyUnavailable


class LateRegistry:
    """Made by `make` at first need; as long as the credentials are unusable it is a party that is away. Acceptance
    never asks it.
    """

    def __init__(self, make: Callable[[], NumberRegistry]) -> None:
        self._make = make
        self._made: NumberRegistry | None = None

    async def number(self, msisdn: str) -> RegistryNumber | None:
        """Who serves the number; raises `PartyError`."""
        if self._made is None:
            try:
                self._made = self._make()
            except CredentialsUnusable as error:
                raise PartyUnavailable("clearing_house", "number", f"no usable credentials ({error})") from error
        return await self._made.number(msisdn)
