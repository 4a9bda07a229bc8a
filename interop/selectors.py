"""Reads on imports: what a person may see of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.permissions import Action, clinics_where
from interop.models import ColumnMapping, ImportBatch

if TYPE_CHECKING:
    from accounts.models import User


def import_or_404(public_id: UUID) -> ImportBatch:
    """The import of this public id, whoever may see it: the caller asks for the right."""
    people = ("clinic", "uploaded_by", "imported_by")
    batch = ImportBatch.objects.filter(public_id=public_id).select_related(*people).first()
    if batch is None:
        raise Http404("No such import.")
    return batch


def imports_seen_by(user: User) -> QuerySet[ImportBatch]:
    """Imports of the clinics in which the user may import, the latest first."""
    clinic_ids = clinics_where(user, Action.IMPORT_DATA)
    return ImportBatch.objects.filter(clinic_id__in=clinic_ids).select_related(
        "clinic", "uploaded_by", "imported_by"
    )


def mappings_for(batch: ImportBatch) -> QuerySet[ColumnMapping]:
    """The clinic's kept mappings for files of this kind, by name."""
    return ColumnMapping.objects.filter(clinic_id=batch.clinic_id, kind=batch.kind)
