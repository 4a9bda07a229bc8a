"""The administration's site: its start page begins with what is done every day."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse

from accounts.permissions import Action, clinics_where

EVERY_DAY = "Every day"
IMPORTS = {
    "name": "Imports of spreadsheets",
    "object_name": "Imports",
    "key": "interop-imports",
    "perms": {},
    "view_only": True,
}
# Every model that is registered comes once: those not named here stand under OTHERS.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (EVERY_DAY, ("patients.Patient", "patients.SymptomLog", "patients.LabResult")),
    (
        "Valve and heart",
        (
            "patients.EchoStudy",
            "patients.MitralDiagnosis",
            "patients.Electrocardiogram",
            "patients.ExerciseTest",
            "patients.CmrStudy",
            "patients.CatheterStudy",
            "patients.CoronaryAssessment",
            "patients.AcuteEpisode",
            "patients.HeartFailureAdmission",
        ),
    ),
    (
        "Treatment",
        (
            "treatments.Intervention",
            "treatments.Complication",
            "treatments.Medication",
            "treatments.AnticoagulationPlan",
            "treatments.EndocarditisProphylaxisAdvice",
            "treatments.TeamReview",
        ),
    ),
    (
        "Follow-up",
        (
            "followup.Appointment",
            "followup.ContactAttempt",
            "followup.ContactWish",
            "followup.FollowUpEnd",
            "followup.Referral",
        ),
    ),
    (
        "Background",
        (
            "patients.BodySize",
            "patients.Allergy",
            "patients.Comorbidity",
            "patients.AbsenceCheck",
            "patients.ClinicalAnswer",
            "patients.PregnancyStatus",
            "patients.GoalsOfCare",
            "patients.ResultAcknowledgment",
        ),
    ),
    (
        "Clinic and staff",
        (
            "accounts.User",
            "accounts.Membership",
            "accounts.Clinic",
            "accounts.ClinicSetting",
            "audit.AuditEvent",
            "followup.ReassessRun",
        ),
    ),
    ("Letters", ("followup.Letter",)),
    ("Files", ("interop.ImportBatch", "interop.ColumnMapping")),
)
OTHERS = "Other"


class StaffSite(AdminSite):
    """Django's site with groups by subject instead of one list for each application."""

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Groups of what the person may see; an application's own page keeps Django's."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            for entry in app["models"]:
                entry["key"] = f"{app['app_label']}-{entry['object_name'].lower()}"
        return apps if app_label else _grouped(request, apps)


def _grouped(request: HttpRequest, apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    entries = {
        f"{app['app_label']}.{entry['object_name']}": entry
        for app in apps
        for entry in app["models"]
    }
    groups = [(title, _taken(entries, labels)) for title, labels in GROUPS]
    groups.append((OTHERS, list(entries.values())))
    if clinics_where(request.user, Action.IMPORT_DATA):
        groups[0][1].append(_imports())
    return [_group(title, models) for title, models in groups if models]


def _taken(entries: dict[str, Any], labels: tuple[str, ...]) -> list[dict[str, Any]]:
    return [entries.pop(label) for label in labels if label in entries]


def _imports() -> dict[str, Any]:
    pages = {
        "admin_url": reverse("interop:import-list"),
        "add_url": reverse("interop:import-start"),
    }
    return IMPORTS | pages


def _group(title: str, models: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": title,
        "app_label": title.lower().replace(" ", "-"),
        "app_url": "",
        "has_module_perms": True,
        "models": models,
    }
