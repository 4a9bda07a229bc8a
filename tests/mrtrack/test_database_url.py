"""DATABASE_URL becomes Django's settings, or a message that repeats no password."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from mrtrack.database_url import parse

BASE = Path("/srv/mrtrack")


def test_it_places_a_sqlite_file_under_the_base() -> None:
    settings = parse("sqlite:///var/clinic.sqlite3", base=BASE)
    assert settings["ENGINE"] == "django.db.backends.sqlite3"
    assert settings["NAME"] == "/srv/mrtrack/var/clinic.sqlite3"


def test_it_takes_an_absolute_sqlite_file() -> None:
    assert parse("sqlite:////data/clinic.sqlite3", base=BASE)["NAME"] == "/data/clinic.sqlite3"


def test_sqlite_waits_for_its_turn_and_lets_others_read() -> None:
    options = parse("sqlite:///a.sqlite3", base=BASE)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]
    assert options["timeout"] == 10


def test_it_reads_every_part_of_a_postgresql_address() -> None:
    settings = parse("postgres://ann:p%40ss%2Fword@db.example.org:5433/heart", base=BASE)
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert settings["NAME"] == "heart"
    assert settings["USER"] == "ann"
    assert settings["PASSWORD"] == "p@ss/word"
    assert settings["HOST"] == "db.example.org"
    assert settings["PORT"] == "5433"
    assert settings["OPTIONS"] == {"connect_timeout": "5"}


def test_it_reaches_postgresql_through_a_socket() -> None:
    settings = parse("postgresql://mrtrack@/heart?host=/run/postgresql", base=BASE)
    assert settings["HOST"] == "/run/postgresql"
    assert (settings["USER"], settings["NAME"], settings["PORT"]) == ("mrtrack", "heart", "")


def test_it_hands_connection_options_on() -> None:
    settings = parse("postgres://db/heart?sslmode=verify-full&connect_timeout=9", base=BASE)
    assert settings["OPTIONS"] == {"sslmode": "verify-full", "connect_timeout": "9"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://ann:hidden@db/heart",
        "postgres://ann:hidden@db",
        "postgres://ann:hidden@db:port/heart",
        "postgres://ann:hidden@db/heart?sslmod=require",
        "sqlite://",
        "sqlite://var/clinic.sqlite3",
        "sqlite:///:memory:",
    ],
)
def test_it_refuses_other_addresses_without_repeating_them(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        parse(url, base=BASE)
    assert "hidden" not in str(refusal.value)
