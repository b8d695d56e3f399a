"""Files that hold a secret of this installation, made on first run."""

import os
import secrets
from pathlib import Path

_TOKEN_BYTES = 32


def token_in(file: Path) -> str:
    """The random text in a file; made when there is none. Several processes may ask at once."""
    if not file.exists():
        publish(file, f"{secrets.token_urlsafe(_TOKEN_BYTES)}\n".encode())
    return file.read_text().strip()


def publish(file: Path, content: bytes) -> None:
    """Write a file (mode 0600) once, whole and durable; its folder is made (0700) when missing. Of several processes
    at once the first wins, and the others read what it wrote.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
