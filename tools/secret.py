"""Write a random secret key to var/secret_key, readable by its owner only, unless there is one."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def ensure_secret_key(path: Path) -> bool:
    """Create the file when it does not exist; True when it was created."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64) + "\n")
    return True


if __name__ == "__main__":
    ensure_secret_key(ROOT / "var" / "secret_key")
