"""The follow-up floor as a Django app."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    """The standing of each patient, and the letters about them."""

    name = "followup"
    default_auto_field = "django.db.models.BigAutoField"
