"""The clearing house's reference database, whose credentials may not be there yet when the API starts."""

from collections.abc import Callable

from api.context import NumberRegistry
from parties.clearing_house.registry import RegistryDossier, RegistryNumber
from parties.clearing_house.signature import CredentialsUnusable
from parties.errors import PartyUnavailable


class LazyNumberRegistry:
    """Made by `make` at first need; as long as the credentials are unusable it is a party that is away. Acceptance
    never asks it.
    """

    def __init__(self, make: Callable[[], NumberRegistry]) -> None:
        self._make = make
        self._made: NumberRegistry | None = None

    async def number(self, msisdn: str) -> RegistryNumber | None:
        """Who serves the number; raises `PartyError`."""
        return await self._registry("number").number(msisdn)

    async def dossier(self, dossier_id: str) -> RegistryDossier | None:
        """Where a dossier stands; raises `PartyError`."""
        return await self._registry("dossier").dossier(dossier_id)

    def _registry(self, call: str) -> NumberRegistry:
        if self._made is None:
            try:
                self._made = self._make()
            except CredentialsUnusable as error:
                raise PartyUnavailable("clearing_house", call, f"no usable credentials ({error})") from error
        return self._made
