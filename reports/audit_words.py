"""What the audit's codes mean, in words: roles, kinds of record, acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from django.apps import apps

from accounts.models import User
from accounts.permissions import Action, Role
from audit.models import AuditAction
from patients.study_sheet import upper_first
from reports.catalogue import REPORTS
from reports.extracts.extract import extract_of
from reports.import_template import import_template

OURS = ("accounts", "patients", "treatments", "followup", "interop", "reports")
# Kinds that are no model and no report, and models whose own name says less.
OTHER_KINDS = {
    "audit": "Audit",
    "access": "Who opened the record",
    "backup": "Backup",
    "completeness": "List: completeness",
    "demo": "Demo",
    "membership": "Membership and roles",
    "patient_list": "List: Patients",
    "recall": "List: Call list",
    "recent_patients": "List: opened lately",
    "team": "List: Heart team",
    "today": "List: Today",
    "waiting": "List: Waiting",
    "waiting_times": "Waiting times, figures",
}
NOT_ALLOWED = "not allowed to "
ACTIONS = dict(Action.choices)
ACTS_ON_A_RECORD = {
    AuditAction.VIEW: "Opened",
    AuditAction.PRINT: "Opened to print",
    AuditAction.CREATE: "Entered",
    AuditAction.CHANGE: "Changed",
    AuditAction.EXPORT: "Took as a file",
    AuditAction.IMPORT: "Imported",
}


@cache
def kinds() -> Mapping[str, str]:
    """Every kind of record that an event may name, in words."""
    models = (model for label in OURS for model in apps.get_app_config(label).get_models())
    named = {
        model._meta.model_name or "": upper_first(str(model._meta.verbose_name))
        for model in models
        if not hasattr(model, "instance_type")
    }
    extracts = filter(None, map(extract_of, REPORTS))
    templates = filter(None, map(import_template, REPORTS.values()))
    every = (*REPORTS.values(), *extracts, *templates)
    reports = {each.name: f"Report: {each.title}" for each in every}
    return named | reports | OTHER_KINDS


def kind_in_words(kind: str) -> str:
    """A kind of record; one of a former release by its own name."""
    return kinds().get(kind, kind.replace("_", " "))


def roles_in_words(roles: str) -> str:
    """The roles of an event, which stand in it with commas between."""
    names = dict(Role.choices)
    return ", ".join(names.get(role, role) for role in roles.split(",") if role)


def note_in_words(note: str) -> str:
    """A note of an event; a right by its code in the words of the roles' table."""
    said, refused, code = note.partition(NOT_ALLOWED)
    return f"{said}{refused}{ACTIONS[code]}" if code in ACTIONS else note


def act_in_words(action: str) -> str:
    """What was done, as the audit's own page says it."""
    return dict(AuditAction.choices).get(action, action)


def people_named(ids: Iterable[int | None]) -> Mapping[int, User]:
    """The users of these numbers."""
    return User.objects.in_bulk({key for key in ids if key is not None})
