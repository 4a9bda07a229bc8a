"""The report of the audit: who did what to which record, when and in which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Clinic, User
from accounts.permissions import Action
from audit.models import AuditAction, AuditEvent
from patients.data_classes import DataClass
from reports.audit_acts import narrowed, together, workers_of
from reports.columns import CLINIC
from reports.csv import Column, Kind, coded
from reports.report import Filter, FromQueries, Report
from reports.scope import Scope

CLINICAL, QUASI = DataClass.CLINICAL, DataClass.QUASI_IDENTIFYING


def _events(scope: Scope) -> QuerySet[Any, Any]:
    """The acts that the page shows. They are never changed: as true and as known is the same here.

    What belongs to no clinic, as a login, leaves in the name of the first one.
    """
    clinics = Clinic.objects.filter(pk=OuterRef("clinic_id"))
    people = User.objects.filter(pk=OuterRef("actor_id"))
    rows = AuditEvent.objects.filter(together(scope.clinics, workers_of(scope.clinics)))
    rows = narrowed(rows, scope).annotate(
        listed_clinic_id=Coalesce("clinic_id", Value(scope.clinics[0].pk)),
        listed_clinic_code=Subquery(clinics.values("code")[:1], output_field=CharField()),
        actor=Subquery(people.values("username")[:1], output_field=CharField()),
    )
    return rows.order_by("id")


def counts_in_words(counts: Mapping[str, int]) -> str | None:
    """Numbers under their names, as ``rows 5``; nothing where nothing was counted."""
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or None


AUDIT_EVENTS = Report(
    name="audit_events",
    title="Audit events",
    one_row_per="act",
    columns=(
        Column("at", "When (UTC)", Kind.INSTANT, "at", None, QUASI),
        replace(CLINIC, definition="Code; empty for what belongs to no clinic, as a login."),
        Column("actor_id", "Who, number of the user", Kind.NUMBER, "actor_id",
               definition="Empty when nobody was logged in."),
        Column("actor", "Who, user name", Kind.TEXT, "actor"),
        Column("role", "In which role", Kind.TEXT, "role", None, CLINICAL),
        *coded("action", "What was done", "action", dict(AuditAction.choices), CLINICAL),
        Column("record_kind", "Kind of record", Kind.TEXT, "record_kind", None, CLINICAL),
        Column("record_id", "Record, opaque id", Kind.TEXT, "record_id"),
        Column("patient_id", "Patient, opaque id", Kind.CODE, "patient_id"),
        Column("counts", "Numbers", Kind.TEXT, "counts", counts_in_words, CLINICAL),
        Column("note", "Note", Kind.TEXT, "note"),
        Column("ip", "From which address", Kind.TEXT, "ip"),
        Column("app_version", "Version of the application", Kind.TEXT, "app_version", None,
               CLINICAL),
    ),
    source=FromQueries(_events),
    filters=(Filter.DAYS, Filter.ACTS),
    notes=(
        "What the page Audit shows: the acts in these clinics, and logins and the like of the "
        "people who work or worked there. Days are those of the first clinic's calendar.",
    ),
    action=Action.VIEW_AUDIT,
)  # fmt: skip
