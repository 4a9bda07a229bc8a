"""Settings: one file for every installation, driven by environment variables.

`.env.example` explains each variable; a file `.env` beside manage.py is read when it exists.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from mrtrack import __version__, database_url, environment

BASE_DIR = Path(__file__).resolve().parent.parent
environment.load_file(BASE_DIR / os.environ.get("MRTRACK_ENV_FILE", ".env"))
VAR_DIR = BASE_DIR / environment.text("MRTRACK_VAR_DIR", "var")
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

APP_VERSION = __version__
DEBUG = environment.flag("MRTRACK_DEBUG", default=False)
# Which installation this is: everything but "live" carries a banner on every page.
INSTANCE = environment.one_of("MRTRACK_INSTANCE", ("demo", "test", "live"), default="demo")
# Outside the demo an edition's verdicts show once a clinician of the clinic has signed it off.
SHOWS_UNSIGNED_VERDICTS = INSTANCE == "demo"
# What a page footer says about this installation, for instance the hospital's name.
INSTANCE_NAME = environment.text("MRTRACK_INSTANCE_NAME")
HTTPS = environment.flag("MRTRACK_HTTPS", default=not DEBUG)
# A browser takes a cookie of this name from this host over HTTPS only, and from no subdomain.
COOKIE_PREFIX = "__Host-" if HTTPS else ""


# Secrets ----------------------------------------------------------------------------------------


def _secret_key() -> str:
    """The signing key: from the environment, else from a file, else (DEBUG only) a passing one."""
    path = BASE_DIR / environment.text("MRTRACK_SECRET_KEY_FILE", str(VAR_DIR / "secret_key"))
    key = environment.text("MRTRACK_SECRET_KEY")
    if not key and path.is_file():
        key = path.read_text(encoding="ascii").strip()
    if key:
        return key
    if DEBUG:
        return "insecure-" + secrets.token_urlsafe(50)
    raise ImproperlyConfigured(
        "No secret key. Set MRTRACK_SECRET_KEY or MRTRACK_SECRET_KEY_FILE, or run `make secret`."
    )


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = environment.words("MRTRACK_SECRET_KEY_FALLBACKS")


def _key_of(name: str, least: int) -> str:
    """A key of so many characters, itself or from a file; empty where there is none."""
    key, path = environment.text(name), environment.text(f"{name}_FILE")
    if not key and path:
        try:
            key = (BASE_DIR / path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ImproperlyConfigured(f"{name}_FILE cannot be read.") from None
    if (key or path) and len(key) < least:
        raise ImproperlyConfigured(f"{name} needs {least} characters or more.")
    if key and key in {SECRET_KEY, *SECRET_KEY_FALLBACKS}:
        raise ImproperlyConfigured(f"{name} must not be the secret key.")
    return key


def _smallest_group() -> int:
    """How many patients must be alike in an extract for any of them to leave; never below 5."""
    number = environment.whole_number("MRTRACK_RESEARCH_SMALLEST_GROUP", default=5)
    if number < 5:
        raise ImproperlyConfigured("MRTRACK_RESEARCH_SMALLEST_GROUP must be 5 or more.")
    return number


# Makes the pseudonyms of extracts; without one nothing leaves without identity.
RESEARCH_KEY = _key_of("MRTRACK_RESEARCH_KEY", 32)
RESEARCH_SMALLEST_GROUP = _smallest_group()
# Encrypts backups; without one they are plain files.
BACKUP_KEY = _key_of("MRTRACK_BACKUP_KEY", 20)
# Encrypts what lies behind second factors; without one the database holds it as it is.
FACTOR_KEY = _key_of("MRTRACK_FACTOR_KEY", 32)
FACTOR_KEY_FALLBACKS = environment.words("MRTRACK_FACTOR_KEY_FALLBACKS")


# Applications -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "mrtrack",
    "accounts",
    "audit",
    "patients",
    "treatments",
    "followup",
    "interop",
    "demo",
    "reports",
    "mrtrack.staff_config.StaffAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_include_bootstrap",
    "django_tasks",
    "django_tasks_db",
    "simple_history",
]

MIDDLEWARE = [
    # Outermost, so that what a middleware below answers or refuses by itself (a static file, a
    # redirect to HTTPS, an unknown host) carries the policies too.
    "csp.middleware.CSPMiddleware",
    "mrtrack.middleware.policies",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A wide table is ten times smaller on the wire; the token of a form is masked anew each time.
    "mrtrack.middleware.CompressOnceMiddleware",
    # Outside of every transaction: a refused act is written down although it is rolled back.
    "audit.middleware.AuditContextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "mrtrack.body_size.BodySizeMiddleware",  # before anything reads what was sent
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # A session past its time ends here; what is then sent is kept for the person who typed it.
    "accounts.session_limits.SessionLimitMiddleware",
    "accounts.middleware.EndedSessionMiddleware",
    # Every page asks for a login unless it is marked otherwise.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.ClinicMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    # The address of a record that was merged into another leads to that one.
    "patients.middleware.MergedAwayMiddleware",
    "mrtrack.middleware.never_cached",
]

ROOT_URLCONF = "mrtrack.urls"
WSGI_APPLICATION = "mrtrack.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mrtrack.context.instance",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False


# Database, cache, background tasks ----------------------------------------------------------------

DATABASES = {
    "default": database_url.parse(
        environment.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'mrtrack.sqlite3'}"),
        base=BASE_DIR,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all processes: with one cache per process the limit of failed logins limits nothing.
REDIS_URL = environment.text("MRTRACK_REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": (
            "django.core.cache.backends.redis.RedisCache"
            if REDIS_URL
            else "django.core.cache.backends.db.DatabaseCache"
        ),
        "LOCATION": REDIS_URL or "cache",
        # A full table forgets counts that still hold: whoever tries many names must not fill it.
        "OPTIONS": {} if REDIS_URL else {"MAX_ENTRIES": 100_000},
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Who can read the value of a clinic's setting, by the setting's name: asked before it is kept.
CLINIC_SETTING_CHECKS = {
    "ageing": "treatments.facts.ageing.limits_with",
    "noise": "followup.clinic_rules.noise_with",
    "pathway": "followup.clinic_rules.pathway_with",
    "completeness": "guidelines.completeness.goals_with",
    "edition-acc-aha": "accounts.guideline_settings.adopted_edition",
    "edition-esc-eacts": "accounts.guideline_settings.adopted_edition",
}
# What the echo form asks of higher floors before anything is written: what the typed numbers give,
# what a kept study gives, and whether one value alone alters what a guideline says.
STUDY_ENTRY = {
    "reading_of_typed": "reports.study_entry.reading.reading_of_typed",
    "reading_of": "reports.study_entry.reading.reading_of",
    "question": "reports.study_entry.single_value.question_about",
}
# How each kind of record is spelled for the import, by the label of its model. The reports write
# such files; they and the import are neighbours, which do not meet.
IMPORT_TEMPLATES = "interop.spreadsheets.template.TEMPLATES"
# Called with the patients' keys at the end of every clinical write, in its transaction: the one
# place where a write calls a higher floor.
AFTER_WRITE = ["followup.standing.renew_standings"]
# For how long a record of another clinic stays open that was opened in an emergency.
EMERGENCY_ACCESS_HOURS = environment.whole_number("MRTRACK_EMERGENCY_ACCESS_HOURS", default=4)
# For how many days a merge of two records can be undone.
MERGE_UNDO_DAYS = environment.whole_number("MRTRACK_MERGE_UNDO_DAYS", default=30)
# Within how many days an erasure that was asked for is confirmed, or lapses.
ERASURE_CONFIRM_DAYS = environment.whole_number("MRTRACK_ERASURE_CONFIRM_DAYS", default=7)
# An instance where one person alone has the right: they confirm their own request a day later.
ERASURE_BY_ONE_PERSON = environment.flag("MRTRACK_ERASURE_BY_ONE_PERSON", default=False)
# Opaque ids of the erased, outside of the database: a restored backup knows nothing of them.
ERASURE_LIST = BASE_DIR / environment.text(
    "MRTRACK_ERASURE_LIST", str(VAR_DIR / "erased-records.txt")
)
# What speaks of a patient outside of the rows that name them: counted, or removed.
ERASE_TRACES = [
    "patients.erasing_traces.kept_forms",
    "patients.erasing_traces.messages_in_sessions",
    "patients.erasing_traces.administration_log",
    "patients.erasing_traces.background_jobs",
    "interop.erasing.import_files",
    "reports.erasing.made_reports",
]
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_DATE_INDEX = "Composite"
# A reason may need a sentence; the library's own column ends at 100 characters.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True


# Who may come in --------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.login_backend.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    # Argon2 takes 100 MiB of memory a login: the way back for a small machine.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
AUTH_PASSWORD_VALIDATORS += [{"NAME": "accounts.password_words.LocalWordsValidator"}]
# Words of this place that no password may be made of, beside those that mrtrack knows by itself.
PASSWORD_WORDS = environment.words("MRTRACK_PASSWORD_WORDS")
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds that a link to a new password is good for
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"  # closes sign-up
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # asked again before the e-mail address changes
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[mrtrack] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if DEBUG else "https"
# A hospital sits behind one address: failed logins are counted per account, and the limits per
# address are wide enough for a whole clinic that starts its morning.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/key",
    "login": "300/m/ip",
    "reset_password": "100/m/ip,5/m/key",
    "reset_password_from_key": "100/m/ip",
    "invitation": "100/m/ip",
}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.CodeForm",
    "reauthenticate": "accounts.factor_forms.CodeAgainForm",
    "authenticate_webauthn": "accounts.factor_forms.KeyForm",
    "reauthenticate_webauthn": "accounts.factor_forms.KeyAgainForm",
    "add_webauthn": "accounts.factor_forms.AddKeyForm",
    "login_webauthn": "accounts.factor_forms.PasskeyForm",
}
MFA_TOTP_ISSUER = "mrtrack"
MFA_TOTP_TOLERANCE = 1  # the clocks of phones: the code before and the one after are right, too
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A passkey with a PIN, a finger or a face is both factors in one; the server insists on that.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
USERSESSIONS_ADAPTER = "accounts.adapter.SessionsAdapter"
# Whoever works in the administration logs in with a second factor. Published passwords open the
# demo anyhow; a live instance cannot do without.
ADMINISTRATION_NEEDS_SECOND_FACTOR = INSTANCE == "live" or environment.flag(
    "MRTRACK_ADMIN_SECOND_FACTOR", default=INSTANCE != "demo"
)

# The hospital's own login, where there is one: docs/operators/single-sign-on.md.
OIDC_URL = environment.text("MRTRACK_OIDC_URL")
OIDC_NAME = environment.text("MRTRACK_OIDC_NAME", "the hospital’s login")
# The claim that says what somebody is, and which role in which clinic each of its values gives.
OIDC_ROLES_CLAIM = environment.text("MRTRACK_OIDC_ROLES_CLAIM", "groups")
OIDC_ROLES = environment.rights("MRTRACK_OIDC_ROLES")
# Values of the claims amr and acr that stand for a second factor; none: ours is asked for.
OIDC_SECOND_FACTOR = environment.words("MRTRACK_OIDC_SECOND_FACTOR")
if OIDC_URL:
    INSTALLED_APPS += [
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
    ]
    SOCIALACCOUNT_ADAPTER = "accounts.single_sign_on.SingleSignOnAdapter"
    SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may lead to our own pages only (form-action)
    SOCIALACCOUNT_STORE_TOKENS = False
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "hospital",
                    "name": OIDC_NAME,
                    "client_id": environment.text("MRTRACK_OIDC_CLIENT_ID"),
                    "secret": environment.text("MRTRACK_OIDC_SECRET"),
                    "settings": {"server_url": OIDC_URL},
                }
            ],
        }
    }

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: a working day, whatever is done meanwhile
# Seconds without anything done after which a session ends; it cannot be switched off.
SESSION_IDLE_SECONDS = 60 * max(1, environment.whole_number("MRTRACK_IDLE_MINUTES", default=15))
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}mrtrack_session"
# Messages name patients: they stay on the server and end with the session, never in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}mrtrack_csrf"
CSRF_COOKIE_HTTPONLY = True  # htmx takes the token from the page, not from the cookie
SEAT_COOKIE_NAME = f"{COOKIE_PREFIX}mrtrack_seat"  # whose forms a browser holds: accounts/kept
# Sent without typing that is worth keeping over the end of a session: a search, a choice.
NOT_KEPT = {"reports:patient-search", "reports:audit-patient", "accounts:choose-clinic"}
CSRF_FAILURE_VIEW = "mrtrack.errors.csrf_failure"
# Shown instead of a page whose opening cannot be written to the audit.
AUDIT_UNAVAILABLE_VIEW = "mrtrack.errors.audit_unavailable"

# Seconds. The clock is written down this often at most: not every page costs a write. A session
# may therefore end this much early, which the warning allows for: it is told by the same clock.
SESSION_NOTED_EVERY = 30


# The network around it --------------------------------------------------------------------------

ALLOWED_HOSTS = environment.words("MRTRACK_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("MRTRACK_CSRF_TRUSTED_ORIGINS")

# How many proxies of ours stand in front. With none, X-Forwarded-* headers are not believed.
TRUSTED_PROXIES = environment.whole_number("MRTRACK_TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
# Or: the header in which our own proxy puts the person's address (for instance X-Real-IP).
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = environment.text("MRTRACK_CLIENT_IP_HEADER") or None
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Browsers give out passkeys on HTTPS only, and on the machine itself.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by machines inside the network
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap's style sheet draws its arrows from data: images
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
# No page of another site loads anything of ours, and ours load nothing of another that did not
# agree.
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"
CROSS_ORIGIN_EMBEDDER_POLICY = "require-corp"
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)

# Uploads go to a file early; the size that an import accepts is checked by the import itself.
# What a request may bring in all is checked before anything of it is read, here and by the proxy
# (deploy/nginx.conf): a form, or on the one page that takes a file, the largest file.
MOST_BODY_BYTES = 6 * 1024 * 1024
MOST_BODY_BYTES_OF = {"interop:import-start": 65 * 1024 * 1024}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_DIR = VAR_DIR / "uploads"
# Reports that were made in the background lie here until they are fetched or past their time.
REPORT_DIR = VAR_DIR / "reports"
REPORT_KEPT_HOURS = environment.whole_number("MRTRACK_REPORT_KEPT_HOURS", default=24)


# Language, dates --------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # each clinic has its own: see accounts.Clinic.time_zone
FORMAT_MODULE_PATH = ["mrtrack.formats"]


# Static files, mail, logs -----------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_BACKEND = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATICFILES_BACKEND},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # our files are for our pages
MEDIA_ROOT = UPLOAD_DIR

# Without a mail server nothing is sent. Where the patients are invented mail is printed where the
# server runs; elsewhere not even that: a letter with a link to a new password is no log line.
EMAIL_HOST = environment.text("MRTRACK_EMAIL_HOST")
_WITHOUT_SERVER = "dummy" if INSTANCE == "live" and not DEBUG else "console"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else f"django.core.mail.backends.{_WITHOUT_SERVER}.EmailBackend"
)
# Whether links can be sent, or have to be handed over.
MAIL_IS_SENT = bool(EMAIL_HOST)
# Whoever owns an account is told when its password or second factor changes.
ACCOUNT_EMAIL_NOTIFICATIONS = MAIL_IS_SENT
EMAIL_PORT = environment.whole_number("MRTRACK_EMAIL_PORT", default=587)
EMAIL_HOST_USER = environment.text("MRTRACK_EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("MRTRACK_EMAIL_PASSWORD")
EMAIL_USE_TLS = environment.flag("MRTRACK_EMAIL_TLS", default=True)
DEFAULT_FROM_EMAIL = environment.text("MRTRACK_EMAIL_FROM", "mrtrack@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_query": {"()": "mrtrack.logs.WithoutQueryString"}},
    "formatters": {
        "plain": {
            "()": "mrtrack.logs.WithoutValues",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["without_query"],
        },
    },
    "root": {
        "handlers": ["console"],
        "level": environment.text("MRTRACK_LOG_LEVEL", "INFO").upper(),
    },
    "loggers": {
        # Django's own set-up would add handlers of its own, without the filter.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": ["console"], "propagate": False},
        # Holds SQL with its values: never, even when everything else is logged in detail.
        "django.db.backends": {"level": "WARNING"},
    },
}
