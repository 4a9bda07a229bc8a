"""Create the virtual environment and install exactly the pinned packages.

Runs on the machine's own Python, before anything is installed: standard library only. A stamp in
the environment remembers what was installed, so that the next call costs a moment.

    python3 tools/install.py requirements.txt
"""

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def main(requirements: Path) -> None:
    """Make `.venv` hold what the requirements file pins."""
    if sys.version_info < OLDEST:
        sys.exit(f"mrtrack needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    python = venv_python()
    if not python.exists():
        create_venv(python)
    stamp = VENV / f".installed-{requirements.stem}"
    wanted = fingerprint(requirements)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    say(f"Installing {requirements.name} into .venv …")
    install(python, requirements)
    stamp.write_text(wanted, encoding="ascii")


def venv_python() -> Path:
    """The environment's interpreter, on any system."""
    windows = VENV / "Scripts" / "python.exe"
    return windows if sys.platform == "win32" else VENV / "bin" / "python"


def create_venv(python: Path) -> None:
    """Create `.venv`, with a plain word when Python was installed without what that takes."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            "This Python cannot create virtual environments (ensurepip is missing).\n"
            "On Debian or Ubuntu: apt install python3-venv"
        )
    say(f"Creating .venv with Python {sys.version.split()[0]} …")
    result = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if result.returncode or not python.exists():
        sys.exit(
            "The virtual environment could not be created; remove .venv and try again.\n"
            "On Debian or Ubuntu: apt install python3-venv"
        )


def fingerprint(requirements: Path) -> str:
    """A checksum of the pins and of the Python they are installed for."""
    digest = hashlib.sha256(requirements.read_bytes())
    digest.update(repr(sys.version_info[:3]).encode())
    return digest.hexdigest()


def install(python: Path, requirements: Path) -> None:
    """Install with pip, which refuses a file whose hash is not in the requirements."""
    command = [str(python), "-m", "pip", "install", "--require-hashes", "--prefer-binary"]
    command += ["--disable-pip-version-check", "--no-input", "--quiet", "-r", str(requirements)]
    if subprocess.run(command, check=False).returncode:
        sys.exit("The packages could not be installed. Is the package index reachable?")


def say(text: str) -> None:
    """Print at once, also when the output goes to a file."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 tools/install.py requirements.txt")
    main(ROOT / sys.argv[1])
