"""Where the API is and which key to present, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from cli.errors import NoKey, WrongSetting

DEFAULT_PORT = "8080"
DEFAULT_STATE_DIR = ".relais"
KEY_FILE = "api-key"


@dataclass(frozen=True)
class Access:
    """An API's base URL and a key for it."""

    url: str
    key: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Access":
        """RELAIS_API_URL, else this machine at RELAIS_API_PORT; RELAIS_API_KEY, else the development key in
        RELAIS_STATE_DIR.

        Raises:
            NoKey: there is neither a key nor a key file.
            WrongSetting: the address is none, or the key cannot be one.
        """
        port = environ.get("RELAIS_API_PORT") or DEFAULT_PORT
        url = environ.get("RELAIS_API_URL") or f"http://127.0.0.1:{port}"
        if not _is_http(url):
            raise WrongSetting(
                "RELAIS_API_URL (or RELAIS_API_PORT) does not give an address like http://127.0.0.1:8080."
            )
        key = environ.get("RELAIS_API_KEY") or _development_key(environ)
        if not (key.isascii() and key.isprintable()):
            raise WrongSetting("The API key has a character that a key cannot have: look at RELAIS_API_KEY.")
        return cls(url.rstrip("/"), key)


def _is_http(url: str) -> bool:
    try:
        return urlsplit(url).scheme in {"http", "https"} and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL):
        return False


def _development_key(environ: Mapping[str, str]) -> str:
    file = Path(environ.get("RELAIS_STATE_DIR") or DEFAULT_STATE_DIR) / KEY_FILE
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        raise NoKey(
            f"There is no API key: {file} cannot be read and RELAIS_API_KEY is not set. "
            "Start Relais with `make run`, which makes one, or set RELAIS_API_KEY."
        ) from None
