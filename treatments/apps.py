"""The treatments floor as a Django app."""

from django.apps import AppConfig


class TreatmentsConfig(AppConfig):
    """Interventions, medication, anticoagulation plans, team reviews, surgical timing."""

    name = "treatments"
    default_auto_field = "django.db.models.BigAutoField"
