"""What `make run` does before anything is installed."""

from pathlib import Path

from tools.install import fingerprint
from tools.secret import ensure_secret_key


def test_the_fingerprint_follows_the_pins(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("a==1\n", encoding="utf-8")
    before = fingerprint(pins)
    assert fingerprint(pins) == before
    pins.write_text("a==2\n", encoding="utf-8")
    assert fingerprint(pins) != before


def test_the_secret_key_is_long_private_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    assert ensure_secret_key(path)
    key = path.read_text(encoding="ascii")
    assert len(key) > 80
    assert path.stat().st_mode & 0o777 == 0o600
    assert not ensure_secret_key(path)
    assert path.read_text(encoding="ascii") == key
