"""What people keep of the lists they work with; no clinical record."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

NAME_LENGTH = 60


class SavedView(models.Model):
    """Filters and order of the worklist under a name: one's own, or shared with a clinic.

    ``codes`` holds what was chosen in each box; it names nobody. A code that no longer exists is
    said beside its box when the view is opened, and does not narrow.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    clinic = models.ForeignKey(
        "accounts.Clinic", on_delete=models.PROTECT, null=True, related_name="saved_views"
    )
    """The clinic whose members see it; none where it is the owner's own."""
    name = models.CharField(max_length=NAME_LENGTH)
    codes = models.JSONField(default=dict)

    class Meta:
        ordering = (Lower("name"), "id")
        constraints = (
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                condition=models.Q(clinic__isnull=True),
                name="saved_view_once_for_its_owner",
            ),
            models.UniqueConstraint(
                "clinic",
                Lower("name"),
                condition=models.Q(clinic__isnull=False),
                name="saved_view_once_in_a_clinic",
            ),
        )

    def __str__(self) -> str:
        return self.name


class StartView(models.Model):
    """The view with which a person begins; without one, the whole list."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="start_view"
    )
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"start with {self.view_id}"
