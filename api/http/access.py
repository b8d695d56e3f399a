"""Who may ask: one bearer key, given by RELAIS_API_KEY or made on first run."""

import hmac

from fastapi import Request

from api.http.problems import Problem
from runtime.secret_file import token_in
from runtime.settings import Settings

_SCHEME = "bearer "


def api_key(settings: Settings) -> str:
    """The key of this installation; made (file mode 0600) when there is none. Several processes may ask at once."""
    if settings.api_key:
        return settings.api_key
    return token_in(settings.api_key_file)


class Bearer:
    """A dependency of every protected route: the right key, or 401."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    async def __call__(self, request: Request) -> None:
        if not self.is_right(request):
            raise Problem(
                "unauthorized",
                "send the API key as Authorization: Bearer KEY",
                headers={"WWW-Authenticate": "Bearer"},
            )

    def is_right(self, request: Request) -> bool:
        """Compares in constant time, so that the key cannot be found out character by character."""
        header = request.headers.get("authorization", "")
        if not header.lower().startswith(_SCHEME):
            return False
        return hmac.compare_digest(header[len(_SCHEME) :].strip().encode("utf-8", "replace"), self._key)
