"""What every clinical row has: an opaque id, a version, who entered it, and its history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str
from simple_history.models import HistoricalRecords


def current_app_version() -> str:
    """The version of the application that writes a history row."""
    return str(settings.APP_VERSION)


class VersionedHistory(models.Model):
    """Columns that each history row has beyond the library's own: the application's version."""

    app_version = models.CharField(max_length=40, default=current_app_version, editable=False)

    class Meta:
        abstract = True


@cache
def _labels_of(field: models.Field[Any, Any]) -> Mapping[object, object]:
    return dict(field.flatchoices)  # type: ignore[attr-defined]


class Versioned(models.Model):
    """A row with an opaque public id and an optimistic version."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    entered_at = models.DateTimeField(default=timezone.now, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        null=True,
    )

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field[Any, Any]) -> str:  # noqa: N802 (Django's own)
        """The label of a choice, for ``get_..._display``; Django lists all labels at each call."""
        value = getattr(self, field.attname)
        label: str = force_str(_labels_of(field).get(value, value), strings_only=True)
        return label


class ClinicalRecord(Versioned):
    """One dated statement about one patient; never deleted, never silently overwritten.

    A row entered in error is *struck*: it stays readable and no longer counts.
    ``asserted_known_on`` is what an imported file says about when its value was known.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="%(class)s_set"
    )
    asserted_known_on = models.DateField("known since (as asserted)", null=True, blank=True)
    struck_at = models.DateTimeField("struck", null=True, blank=True, editable=False)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )

    history = HistoricalRecords(inherit=True, bases=[VersionedHistory])

    date_field: str = ""
    """Name of the column that says on which day the statement was true."""

    class Meta:
        abstract = True


class YesNoUnknown(models.TextChoices):
    """An answer that may be unknown; unknown is never no."""

    YES = "yes", "yes"
    NO = "no", "no"
    UNKNOWN = "unknown", "unknown"
