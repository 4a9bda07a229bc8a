"""The patients floor as a Django app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Patients, registrations, diagnoses, studies, symptom logs, laboratory results."""

    name = "patients"
    default_auto_field = "django.db.models.BigAutoField"
