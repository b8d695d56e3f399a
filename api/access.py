"""Who may ask: one bearer key, given by RELAIS_API_KEY or made on first run."""

import hmac
import os
import secrets
from pathlib import Path

from fastapi import Request

from api.problems import Problem
from runtime.settings import Settings

_KEY_BYTES = 32
_SCHEME = "bearer "


def api_key(settings: Settings) -> str:
    """The key of this installation; made (file mode 0600) when there is none. Several processes may ask at once."""
    if settings.api_key:
        return settings.api_key
    file = settings.api_key_file
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _publish(file, secrets.token_urlsafe(_KEY_BYTES))
    return file.read_text().strip()


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


def _publish(file: Path, key: str) -> None:
    """Writes the file once, whole: the first process wins, the others read what it wrote."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(f"{key}\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
