"""Where the API is and which key to present, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.errors import NoKey

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
        """
        port = environ.get("RELAIS_API_PORT") or DEFAULT_PORT
        url = environ.get("RELAIS_API_URL") or f"http://127.0.0.1:{port}"
        return cls(url.rstrip("/"), environ.get("RELAIS_API_KEY") or _development_key(environ))


def _development_key(environ: Mapping[str, str]) -> str:
    file = Path(environ.get("RELAIS_STATE_DIR") or DEFAULT_STATE_DIR) / KEY_FILE
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        raise NoKey(
            f"There is no API key: {file} cannot be read and RELAIS_API_KEY is not set. "
            "Start Relais with `make run`, which makes one, or set RELAIS_API_KEY."
        ) from None
