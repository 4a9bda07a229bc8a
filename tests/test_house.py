"""What is true of every model, view, migration, template and file of the house.

A test here is a rule from docs/developers; its message names each place that breaks it.
"""

import ast
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

from patients import data_classes
from tests.source_tree import (
    APPLICATIONS,
    ROOT,
    calls_of,
    imported_modules,
    named,
    project_files,
    python_files,
    receiver_chain,
    tree,
)

# --- Models --------------------------------------------------------------------------------------

CLINICAL_APPLICATIONS = ("patients", "treatments", "followup")


def own_models(*applications: str) -> list[type[models.Model]]:
    """The concrete models of our applications, without the tables of former versions."""
    return [
        model
        for label in applications or APPLICATIONS
        for model in apps.get_app_config(label).get_models()
        if not hasattr(model, "instance_type")
    ]


def own_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """A model's columns, without those that Django's user brings."""
    foreign = {"password", "last_login", "date_joined"} if model.__name__ == "User" else set()
    return [field for field in model._meta.concrete_fields if field.name not in foreign]


def test_there_are_models_to_look_at() -> None:
    assert {model.__name__ for model in own_models()} >= {"User", "Clinic", "AuditEvent", "Patient"}


# Models without a list of their own in the administration, each with its reason.
NOT_LISTED = {
    "Clock": "computed from the record and renewed with it; nobody enters or corrects it",
    "Registration": "stands below its patient",
    "Invitation": "a clinic's administrator sees and withdraws them on a page of the product",
    "KeptPost": "sealed; only who typed it reads it, on a page of the product",
    "DecisionBasis": "written with a decision of the team, and read beside it",
    "EditionAnswer": "the same, one for each edition",
    "ReportJob": "a file on its way to one person, who sees it on Reports; the audit has the rest",
    "SavedView": "no record; whoever may change it does so on a page of the product",
    "StartView": "which view a person begins with; they choose it on that page",
    "Standing": "computed from the record and renewed with it; nobody enters or corrects it",
}


def test_every_model_is_found_in_the_administration_unless_it_is_listed() -> None:
    missing = {model.__name__ for model in own_models() if model not in admin.site._registry}
    assert missing == set(NOT_LISTED)


def test_every_foreign_key_protects() -> None:
    loose = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in own_fields(model)
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is not models.PROTECT
        and model._meta.app_label in CLINICAL_APPLICATIONS
    ]
    assert loose == []


def test_the_audit_holds_no_foreign_keys() -> None:
    assert [
        field.name for field in apps.get_model("audit.AuditEvent")._meta.fields if field.is_relation
    ] == []


def test_every_ordering_of_a_model_ends_with_the_id() -> None:
    loose = [
        f"{model.__name__}: {model._meta.ordering}"
        for model in own_models()
        if model._meta.ordering and str(model._meta.ordering[-1]).lstrip("-") not in {"id", "pk"}
    ]
    assert loose == []


# The last column of an ordering that leaves nothing open.
DECIDES = re.compile(r"-?(\w+__)?(id|pk|history_id|public_id)|\?")


def test_every_ordering_in_code_ends_with_the_id() -> None:
    loose = [
        f"{named(path)}:{call.lineno}"
        for path in python_files()
        for call in calls_of(path, "order_by")
        if call.args  # order_by() takes an ordering away
        and not all(DECIDES.fullmatch(column) for column in _last_columns(call.args[-1], path))
    ]
    assert loose == []


def _last_columns(node: ast.expr, path: Path) -> list[str]:
    """The columns that may come last; for order_by(*columns()), the last of each list there."""
    if not isinstance(node, ast.Starred):
        return [_column(node)]
    source = node.value.func if isinstance(node.value, ast.Call) else node.value
    name = source.attr if isinstance(source, ast.Attribute) else getattr(source, "id", "")
    return [_column(each.elts[-1]) for each in _lists_behind(name, path)] or [""]


def _lists_behind(name: str, path: Path) -> list[ast.List | ast.Tuple]:
    """The lists that a name of this file stands for: what it returns, or what is assigned to it."""
    values: list[ast.expr | None] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            values += [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
        elif isinstance(node, ast.Assign):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            values += [node.value] if name in names else []
    return [each for each in values if isinstance(each, ast.List | ast.Tuple) and each.elts]


def _column(node: ast.expr) -> str:
    """The column in a string, or inside F("id").desc() and the like; "" when it cannot be read."""
    texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return next((text for text in texts if isinstance(text, str)), "")


def test_dates_end_in_on_and_instants_in_at() -> None:
    wrong = []
    for model in own_models():
        for field in own_fields(model):
            if isinstance(field, models.DateTimeField):
                right = field.name == "at" or field.name.endswith("_at")
            elif isinstance(field, models.DateField):
                right = field.name.endswith("_on")
            else:
                right = True
            if not right:
                wrong.append(f"{model.__name__}.{field.name}")
    assert wrong == []


def test_no_model_overrides_saving_or_deleting() -> None:
    overridden = [
        f"{base.__module__}.{base.__name__}.{name}"
        for model in own_models()
        for base in model.__mro__
        if base.__module__.partition(".")[0] in APPLICATIONS
        for name in ("save", "delete", "save_base", "asave", "adelete")
        if name in vars(base)
    ]
    assert overridden == []


def clinical_models() -> list[type[models.Model]]:
    """The models whose rows are written through patients/writing.py only."""
    versioned = import_module("patients.models").Versioned
    return [model for model in own_models() if issubclass(model, versioned)]


def test_every_clinical_row_has_an_opaque_id_a_version_and_a_history() -> None:
    assert clinical_models()
    lacking = [
        model.__name__
        for model in clinical_models()
        if not hasattr(model, "history")
        or not {"public_id", "version"} <= {field.name for field in model._meta.fields}
    ]
    assert lacking == []


def declared_fields() -> dict[str, list[str]]:
    """For each declared model the fields that are declared, as often as they are."""
    return {
        label: [name for names in classes.values() for name in names]
        for label, classes in data_classes.FIELD_CLASSES.items()
    }


def test_every_fact_about_a_patient_is_declared_identifying_or_clinical() -> None:
    declared = declared_fields()
    undeclared = [
        f"{model._meta.label}.{field.name}"
        for model in own_models("patients", "treatments")
        for field in own_fields(model)
        if field.name not in data_classes.BOOKKEEPING
        and field.name not in declared.get(model._meta.label, [])
    ]
    assert undeclared == []


def test_every_field_is_declared_once_and_exists() -> None:
    real = {
        model._meta.label: {field.name for field in own_fields(model)} for model in own_models()
    }
    wrong = [
        f"{label}.{field}"
        for label, fields in declared_fields().items()
        for field in fields
        if field not in real.get(label, set()) or fields.count(field) > 1
    ]
    assert wrong == []


# Texts that nobody types freely, each with why no name can stand in it.
CLOSED_TEXTS = {
    "alarms": "sentences that the software writes",
    "answer": "one of the codes of its question",
    "content_hash": "computed",
    "counts": "numbers of rows, by table",
    "decided_class": "a class of recommendation, written by the rules",
    "derived": "computed, with names of formulas",
    "edition": "the id of an edition",
    "edition_title": "the title of an edition",
    "editions": "ids of editions",
    "engine_version": "of the software",
    "facts_hash": "computed",
    "headline": "a sentence of the rules",
    "headline_class": "a class of recommendation, written by the rules",
    "implausible_confirmed": "names of measures",
    "prolapse_segments": "codes of segments",
    "segments": "codes of segments",
    "taken": "names of columns",
    "unit": "that of the analyte, by the catalog",
}


IDENTIFYING = data_classes.DataClass.IDENTIFYING


def test_free_text_counts_as_identifying() -> None:
    open_texts = {
        f"{model._meta.label}.{field.name}": field.name
        for model in own_models()
        if model._meta.label in data_classes.FIELD_CLASSES
        for field in own_fields(model)
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
        and data_classes.data_class_of(model._meta.label, field.name) != IDENTIFYING
    }
    assert {place for place, name in open_texts.items() if name not in CLOSED_TEXTS} == set()
    assert set(CLOSED_TEXTS) - set(open_texts.values()) == set(), "no longer there"


# --- Writing -------------------------------------------------------------------------------------

WRITES_PAST_HISTORY = ("update", "bulk_create", "bulk_update", "delete", "update_or_create")
QUERY_WORDS = {"objects", "_base_manager", "_default_manager", "filter", "exclude", "all"}
# The one door for clinical rows.
WRITER = "patients/writing.py"


def test_clinical_rows_are_written_through_one_door() -> None:
    clinical = {model.__name__ for model in clinical_models()}
    others = {model.__name__ for model in own_models()} - clinical
    strays = []
    for path in python_files("patients", "treatments", "followup", "interop", "demo", "reports"):
        if named(path) == WRITER:
            continue
        for call in calls_of(path, *WRITES_PAST_HISTORY):
            chain = receiver_chain(call)
            queries = bool(QUERY_WORDS & set(chain)) or _is_bulk(call)
            if queries and not (chain and chain[0] in others):
                strays.append(f"{named(path)}:{call.lineno} {'.'.join(chain)}")
    assert strays == []


def _is_bulk(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr.startswith("bulk_")


def test_clinical_rows_are_not_saved_or_created_elsewhere() -> None:
    clinical = {model.__name__ for model in clinical_models()}
    strays = [
        f"{named(path)}:{call.lineno}"
        for path in python_files("patients", "treatments", "followup", "interop", "demo", "reports")
        if named(path) != WRITER
        for call in calls_of(path, "create", "get_or_create")
        if clinical & set(receiver_chain(call))
    ]
    assert strays == []


# Where SQL is written by hand, each with its reason; nothing else sends the database a statement.
BY_HAND = {
    "audit/seals.py": "asks which transactions are writing",
    "audit/triggers.py": "installs the triggers of the audit",
    "demo/making.py": "gathers the planner's statistics",
    "mrtrack/backup/dumping.py": "fills an empty database with a backup, and empties it again",
    "mrtrack/backup/reading.py": "reads every table of the database, in one view of it",
    "mrtrack/readiness.py": "asks whether the database answers",
    "patients/erasing.py": "follows and deletes the rows of a person, by the keys of all models",
    "patients/history.py": "copies rows that the one door has just inserted into their history",
    "patients/past.py": "the demo's second door, refused where patients are real",
    "reports/report.py": "makes a transaction read only",
    "reports/sql_lines.py": "lets the database write the lines of a file",
    "reports/wide.py": "reads the rows of a query column by column, on SQLite",
}
# Those of them that write rows, and the one that names the statements it refuses.
WRITE_BY_HAND = {
    "audit/triggers.py",
    "mrtrack/backup/dumping.py",
    "patients/erasing.py",
    "patients/history.py",
    "patients/past.py",
}
SQL_CALLS = ("execute", "executemany", "raw", "callproc", "RunSQL", "RawSQL")
WRITING_SQL = re.compile(r"\b(INSERT INTO|UPDATE .+ SET|DELETE FROM|TRUNCATE|MERGE INTO)\b", re.S)


def test_sql_is_written_by_hand_only_where_it_is_listed() -> None:
    found = {named(path) for path in python_files() if any(calls_of(path, *SQL_CALLS))}
    assert found == set(BY_HAND)


def test_no_other_module_holds_a_statement_that_writes() -> None:
    holding = {
        named(path)
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if WRITING_SQL.search(node.value)
    }
    assert holding == WRITE_BY_HAND


def test_clinical_rows_are_saved_by_the_writer_alone() -> None:
    """A form makes its row with commit=False; people, imports and views are no clinical rows."""
    not_clinical = {
        "accounts/actions.py", "accounts/factor_sealing.py", "accounts/invitations.py",
        "accounts/single_sign_on.py",
        "audit/recording.py", "audit/seals.py", "interop/actions.py", "interop/erasing.py",
        "patients/emergency/actions.py", "patients/erasing.py", "reports/saved_views.py",
    }  # fmt: skip
    strays = [
        f"{named(path)}:{call.lineno}"
        for path in python_files()
        if named(path) not in not_clinical | {WRITER}
        for call in calls_of(path, "save", "save_base", "save_without_historical_record")
        if not _is_made_only(call) and receiver_chain(call)[:1] != ["super"]
    ]
    assert strays == []


def _is_made_only(call: ast.Call) -> bool:
    return any(
        each.arg == "commit" and isinstance(each.value, ast.Constant) and each.value.value is False
        for each in call.keywords
    )


# Clinical rows without a page that shows what changed in them side by side, each with its reason.
NO_HISTORY_PAGE = {
    "Letter": "kept as it was sent; corrected by a new one, struck with a reason on its page",
    "TeamSheet": "frozen: written once",
    "DecisionBasis": "frozen: written once",
    "EditionAnswer": "frozen: written once",
    "PatientMerge": "written by a merge and by its undoing; a page of its own says both",
}
# Those with a page of their own kind, beside the pages of every kind of record.
OWN_HISTORY_PAGE = {
    "EchoStudy": "patients:echo-page",
    "Patient": "patients:person-history",
    "Registration": "patients:person-history",
}


def test_every_clinical_row_has_a_page_that_shows_its_changes() -> None:
    of_a_kind = {model.__name__ for model in import_module("reports.kinds").KINDS}
    without = {model.__name__ for model in clinical_models()} - of_a_kind
    assert without == {*NO_HISTORY_PAGE, *OWN_HISTORY_PAGE}
    pages = {name for name, _, _ in all_pages()}
    assert set(OWN_HISTORY_PAGE.values()) <= pages


def test_we_send_and_receive_no_signals() -> None:
    strays = [
        f"{named(path)}: {module}"
        for path in python_files()
        for module in imported_modules(path)
        if module.startswith(
            ("django.dispatch", "django.db.models.signals", "simple_history.signals")
        )
    ]
    assert strays == []


# --- Pages ---------------------------------------------------------------------------------------

# Pages for people who are not logged in, by the name of their address; each with its reason.
OPEN_PAGES = {
    "healthz": "asked by machines",
    "readyz": "asked by machines",
    "account_login": "the door itself",
    "account_logout": "harmless, and the page to land on after one",
    "account_signup": "says that sign-up is closed",
    "account_inactive": "says that the account is closed",
    "account_reset_password": "for people who cannot log in",
    "account_reset_password_done": "for people who cannot log in",
    "account_reset_password_from_key": "for people who cannot log in",
    "account_reset_password_from_key_done": "for people who cannot log in",
    "account_confirm_email": "followed from a letter box",
    "account_email_verification_sent": "between typing a password and confirming the address",
    "account_confirm_login_code": "a step of logging in",
    "mfa_authenticate": "a step of logging in",
    "mfa_login_webauthn": "the door, for a passkey",
    "accounts:invitation": "for people who have no account yet",
    "accounts:invitation-accept": "for people who have no account yet",
    "accounts:session": "tells whether anybody is logged in, and nothing else",
    "admin:login": "sends to the common login",
}


def all_pages(
    resolver: URLResolver | None = None, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Name, address and pattern of every page; the address is "" when it has a regex in it."""
    for each in (resolver or get_resolver()).url_patterns:
        part = _example(each.pattern)
        address = f"{prefix}{part}" if part is not None and prefix is not None else None
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from all_pages(each, address, inner)  # type: ignore[arg-type]
        else:
            yield f"{namespace}{each.name or each.pattern}", address or "", each


EXAMPLES = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "slug": "x", "str": "x"}


def _example(pattern: Any) -> str | None:
    if isinstance(pattern, RegexPattern):
        return "" if pattern._regex in {"^/", ""} else None
    assert isinstance(pattern, RoutePattern) or str(pattern) == "^/"
    return re.sub(
        r"<(?:(\w+):)?\w+>",
        lambda found: EXAMPLES.get(found.group(1) or "str", "x"),
        str(pattern).replace("^/", "", 1),
    )


def test_every_page_asks_for_a_login_unless_it_is_listed() -> None:
    open_pages = {
        name
        for name, _, pattern in all_pages()
        if not getattr(pattern.callback, "login_required", True)
    }
    assert sorted(open_pages - OPEN_PAGES.keys()) == []
    assert sorted(OPEN_PAGES.keys() - open_pages) == []


@pytest.mark.django_db
def test_nobody_gets_past_the_login() -> None:
    client = Client(raise_request_exception=False)
    passed = []
    asked = 0
    for name, address, _ in all_pages():
        if name in OPEN_PAGES or not (address or name == "home"):
            continue
        asked += 1
        response = client.get(f"/{address}")
        to_login = response.headers.get("Location", "").startswith(
            ("/accounts/login/", "/admin/login/")
        )
        if not (response.status_code == 302 and to_login):
            passed.append(f"{name} /{address}: {response.status_code}")
    assert passed == []
    assert asked > 20


def test_every_page_of_ours_has_a_name() -> None:
    nameless = [
        name
        for name, _, pattern in all_pages()
        if pattern.name is None and pattern.callback.__module__.partition(".")[0] in APPLICATIONS
    ]
    assert nameless == []


# --- Migrations ----------------------------------------------------------------------------------


def test_migrations_are_linear_and_named() -> None:
    wrong = []
    for label in APPLICATIONS:
        folder = ROOT / label / "migrations"
        names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
        for number, name in enumerate(names, start=1):
            if not re.fullmatch(rf"{number:04d}_[a-z][a-z0-9_]+", name) or "_auto_" in name:
                wrong.append(f"{label}/{name}")
            if name.endswith("_initial"):
                wrong.append(f"{label}/{name}: say what it brings")
    assert wrong == []


def test_every_application_with_models_has_one_last_migration() -> None:
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    for label in {model._meta.app_label for model in own_models()}:
        assert len(graph.leaf_nodes(label)) == 1, label


def test_migrations_can_be_taken_back() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    stuck = [
        f"{label}/{name}: {operation}"
        for (label, name), migration in loader.disk_migrations.items()
        if label in APPLICATIONS
        for operation in migration.operations
        if not operation.reversible
    ]
    assert stuck == []


# --- Templates -----------------------------------------------------------------------------------

FORBIDDEN_IN_TEMPLATES = {
    "a style attribute": r"\sstyle\s*=",
    "an inline style sheet": r"<style\b",
    "an inline script": r"<script\b(?![^>]*\b(?:src=|type=\"application/json\"))",
    "an inline event handler": r"\son[a-z]+\s*=\s*[\"']",
    "htmx code that needs eval": r"\bhx-on\b|[\"']js:",
    "a file from another host": r"<(?:script|link|img)\b[^>]*(?:src|href)=[\"'](?:https?:)?//",
    "a page from another host": r"<iframe\b",
}


def test_templates_hold_to_the_content_security_policy() -> None:
    templates = sorted((ROOT / "templates").rglob("*.*"))
    assert templates
    wrong = [
        f"{named(path)}: {what}"
        for path in templates
        for what, pattern in FORBIDDEN_IN_TEMPLATES.items()
        if re.search(pattern, path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert wrong == []


# --- Files ---------------------------------------------------------------------------------------

VAGUE_NAMES = {"utils", "common", "core", "helpers", "services", "misc", "util", "helper"}


def test_no_module_has_a_vague_name() -> None:
    assert [
        named(path)
        for path in python_files(migrations=True)
        if VAGUE_NAMES & {*path.relative_to(ROOT).parts, path.stem}
    ] == []


def test_clinical_knowledge_imports_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"guidelines"}
    foreign = [
        f"{named(path)}: {module}"
        for path in python_files("guidelines")
        for module in imported_modules(path)
        if module.partition(".")[0] not in allowed
    ]
    assert foreign == []


CLOCKS = {("date", "today"), ("datetime", "now"), ("datetime", "today"), ("time", "time")}


def test_clinical_knowledge_reads_no_clock_and_no_file() -> None:
    wrong = []
    for path in python_files("guidelines"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                chain = [*receiver_chain(node)]
                if isinstance(node.func, ast.Attribute):
                    chain.append(node.func.attr)
                if tuple(chain[-2:]) in CLOCKS or chain == ["open"]:
                    wrong.append(f"{named(path)}:{node.lineno}")
    assert wrong == []


# Put together from parts, so that this file does not contain them.
FORBIDDEN_WORDS = {
    "a path of somebody's machine": r"(?<![\w./-])/(?:work|root|home|Users)/\w",
    "a passing file": r"(?<![\w./-])/tmp" + r"/\w",
    "a package index": "|".join(
        (r"pypi" + r"\.org", "python" + "hosted", r"npm" + r"js", r"index-" + r"url\s*=?\s*http")
    ),
    "a content delivery network": "|".join(("js" + "delivr", "un" + "pkg", "cdn" + "js")),
    "a writing machine": r"\b(?:"
    + "|".join(("clau" + "de", "anth" + "ropic", "chat" + "gpt"))
    + r")\b",
    "a ticket": r"\bissue\s*#?" + r"\s?\d",
}


def test_no_file_speaks_of_where_it_was_written() -> None:
    wrong = []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures, and files in other encodings for the import tests
        for what, pattern in FORBIDDEN_WORDS.items():
            found = re.search(pattern, text, re.IGNORECASE)
            if found:
                line = text.count("\n", 0, found.start()) + 1
                wrong.append(f"{named(path)}:{line}: {what} ({found.group()!r})")
    assert wrong == []


OPTIONAL = ("requirements-oidc.in", "requirements-pdf.in", "requirements-redis.in")


def test_every_requirement_says_what_it_is_for() -> None:
    silent = [
        f"{name}: {line}"
        for name in ("requirements.in", "requirements-dev.in", *OPTIONAL)
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-")) and "  # " not in line
    ]
    assert silent == []


def test_every_pinned_package_has_a_hash_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^[\w.-]+(?:\[.*\])?==\S+.*\n", text, re.MULTILINE)
        assert pins
        assert [pin for pin in pins if not pin.rstrip().endswith("\\")] == []
        assert "://" not in text


def test_every_variable_of_the_settings_is_explained() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "mrtrack").glob("*.py"))
    used = set(re.findall(r"\"(MRTRACK_[A-Z_]+|DATABASE_URL)\"", code))
    # A key stands in the variable, or in a file that a second one names.
    used |= {f"{name}_FILE" for name in re.findall(r"_key_of\(\"(\w+)\"", code)}
    explained = set(
        re.findall(
            r"^#? ?(MRTRACK_[A-Z_]+|DATABASE_URL)=",
            (ROOT / ".env.example").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    # Says where this very file is, so it cannot stand in it.
    assert used - {"MRTRACK_ENV_FILE"} == explained


def test_applications_are_installed_in_the_order_of_the_floors() -> None:
    ours = [name for name in settings.INSTALLED_APPS if name in APPLICATIONS]
    assert tuple(ours) == APPLICATIONS
