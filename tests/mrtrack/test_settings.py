"""What holds for every installation, whatever its environment says."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, get_hasher, make_password
from django.utils.module_loading import import_string

ROOT = Path(settings.BASE_DIR)


def read_settings(
    var: Path, expression: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Evaluate an expression over freshly read settings, in a process of its own."""
    outside = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MRTRACK_") and name != "DATABASE_URL"
    }
    base = {"MRTRACK_ENV_FILE": "", "MRTRACK_VAR_DIR": str(var)}
    return subprocess.run(
        [sys.executable, "-c", f"from mrtrack import settings as s; print(({expression}))"],
        cwd=ROOT,
        env={**outside, **base, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_refuses_to_start_without_a_secret(tmp_path: Path) -> None:
    answer = read_settings(tmp_path, "s.SECRET_KEY")
    assert answer.returncode != 0
    assert "MRTRACK_SECRET_KEY" in answer.stderr


SECRETS = re.compile(r"SECRET|PASSWORD(?!_HASHERS|_VALIDATORS)|TOKEN|CREDENTIAL|PRIVATE")


def literal_words(node: ast.AST) -> set[str]:
    """The texts in an expression, but for names of variables of the environment."""
    texts = {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value
    }
    return {text for text in texts if not text.startswith("MRTRACK_")}


def test_no_secret_has_a_default() -> None:
    """What is named like a secret comes from the environment or a file, never from the source."""
    source = ast.parse((ROOT / "mrtrack" / "settings.py").read_text(encoding="utf-8"))
    named = {
        target.id: literal_words(node.value)
        for node in ast.walk(source)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and SECRETS.search(target.id)
    }
    assert set(named) >= {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "EMAIL_HOST_PASSWORD"}
    assert {name: words for name, words in named.items() if words} == {}


def test_a_live_instance_prints_no_mail(tmp_path: Path) -> None:
    live = {"MRTRACK_SECRET_KEY": "k", "MRTRACK_INSTANCE": "live"}
    backend = read_settings(tmp_path, "s.EMAIL_BACKEND", **live).stdout
    assert "dummy" in backend
    served = read_settings(tmp_path, "s.EMAIL_BACKEND", MRTRACK_EMAIL_HOST="mail", **live).stdout
    assert "smtp" in served
    assert "console" in read_settings(tmp_path, "s.EMAIL_BACKEND", MRTRACK_SECRET_KEY="k").stdout


def test_nobody_is_mailed_about_a_failing_page() -> None:
    """Such a letter would hold what was typed."""
    assert settings.ADMINS == settings.MANAGERS == []
    handlers = {each["class"] for each in settings.LOGGING["handlers"].values()}
    assert handlers == {"logging.StreamHandler"}


def test_debug_is_off_unless_asked_for(tmp_path: Path) -> None:
    answer = read_settings(tmp_path, "s.DEBUG, s.HTTPS", MRTRACK_SECRET_KEY="k")
    assert answer.stdout.strip() == "(False, True)"


def test_debug_starts_with_a_passing_secret(tmp_path: Path) -> None:
    answer = read_settings(tmp_path, "len(s.SECRET_KEY) > 50", MRTRACK_DEBUG="1")
    assert answer.stdout.strip() == "True"


def test_the_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("kept in a file\n", encoding="ascii")
    assert read_settings(tmp_path, "s.SECRET_KEY").stdout.strip() == "kept in a file"


def test_forwarded_headers_are_believed_only_behind_a_proxy_of_ours(tmp_path: Path) -> None:
    expression = "s.ALLAUTH_TRUSTED_PROXY_COUNT, hasattr(s, 'SECURE_PROXY_SSL_HEADER')"
    alone = read_settings(tmp_path, expression, MRTRACK_SECRET_KEY="k")
    behind = read_settings(
        tmp_path, expression, MRTRACK_SECRET_KEY="k", MRTRACK_TRUSTED_PROXIES="2"
    )
    assert alone.stdout.strip() == "(0, False)"
    assert behind.stdout.strip() == "(2, True)"


def test_production_serves_versioned_static_files(tmp_path: Path) -> None:
    answer = read_settings(tmp_path, "s.STATICFILES_BACKEND", MRTRACK_SECRET_KEY="k")
    assert "CompressedManifest" in answer.stdout


def test_an_unknown_kind_of_instance_stops_the_start(tmp_path: Path) -> None:
    answer = read_settings(tmp_path, "1", MRTRACK_SECRET_KEY="k", MRTRACK_INSTANCE="production")
    assert "MRTRACK_INSTANCE must be one of demo, test, live" in answer.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"MRTRACK_RESEARCH_KEY": "short"}, "needs 32 characters"),
        ({"MRTRACK_RESEARCH_KEY": "k" * 40}, "must not be the secret key"),
        ({"MRTRACK_RESEARCH_KEY_FILE": "no/such/file"}, "cannot be read"),
        ({"MRTRACK_FACTOR_KEY": "f" * 31}, "MRTRACK_FACTOR_KEY needs 32 characters"),
        ({"MRTRACK_FACTOR_KEY": "k" * 40}, "MRTRACK_FACTOR_KEY must not be the secret key"),
        ({"MRTRACK_RESEARCH_SMALLEST_GROUP": "4"}, "must be 5 or more"),
    ],
)
def test_a_key_or_a_group_that_would_protect_nobody_stops_the_start(
    tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    answer = read_settings(tmp_path, "1", MRTRACK_SECRET_KEY="k" * 40, **environment)
    assert answer.returncode != 0
    assert words in answer.stderr


def test_the_research_key_may_stand_in_a_file_and_has_no_default(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("r" * 40 + "\n", encoding="ascii")
    read = "s.RESEARCH_KEY, s.RESEARCH_SMALLEST_GROUP"
    without = read_settings(tmp_path, read, MRTRACK_SECRET_KEY="k")
    given = read_settings(
        tmp_path, read, MRTRACK_SECRET_KEY="k", MRTRACK_RESEARCH_KEY_FILE=str(tmp_path / "key")
    )
    assert without.stdout.strip() == "('', 5)"
    assert given.stdout.strip() == f"('{'r' * 40}', 5)"


def test_pages_may_use_nothing_inline_and_nothing_foreign() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = {source for values in directives.values() for source in values}
    assert sources == {"'none'", "'self'", "data:"}
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
    assert [name for name, values in directives.items() if "data:" in values] == ["img-src"]


def test_failed_logins_are_counted_per_account_in_a_shared_cache() -> None:
    limits = settings.ACCOUNT_RATE_LIMITS["login_failed"].split(",")
    assert all(limit.endswith("/key") for limit in limits)
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_passwords_are_hashed_with_argon2_first() -> None:
    names = [path.rsplit(".", 1)[1] for path in settings.REAL_PASSWORD_HASHERS]
    assert names == ["Argon2PasswordHasher", "PBKDF2PasswordHasher"]


def test_argon2_is_installed() -> None:
    hasher = import_string(settings.REAL_PASSWORD_HASHERS[0])()
    encoded = hasher.encode("leaflet", hasher.salt())
    assert encoded.startswith("argon2$argon2id$")
    assert hasher.verify("leaflet", encoded)


def test_tests_use_a_quick_hash() -> None:
    assert get_hasher().algorithm == "md5"
    assert check_password("leaflet", make_password("leaflet"))


def test_no_requirement_to_log_in_can_be_forgotten() -> None:
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE


def test_the_renewal_after_a_write_exists() -> None:
    assert all(callable(import_string(path)) for path in settings.AFTER_WRITE)


HEAVY = {"matplotlib", "numpy", "openpyxl", "pandas", "psycopg", "pydicom", "scipy", "weasyprint"}


def test_starting_loads_nothing_heavy() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "import sys, django; django.setup(); print(*sys.modules)"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert HEAVY & set(answer.stdout.split()) == set()
