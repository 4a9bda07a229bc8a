"""Merges and erasures in the administration: to read, by opaque ids, for superusers."""

from __future__ import annotations

from django.contrib import admin

from audit.guarded_admin import ReadBySuperusers
from patients.models import Erasure, PatientMerge


@admin.register(PatientMerge)
class PatientMergeAdmin(ReadBySuperusers):
    """Which record was merged into which; the clinic undoes it on its own page."""

    list_display = ("merged_at", "clinic", "kept_id", "absorbed_id_shown", "undone_at")
    list_filter = ("merged_at",)
    list_select_related = ("clinic", "patient", "absorbed")
    fields = ("merged_at", "clinic", "kept_id", "absorbed_id_shown", "undone_at")

    @admin.display(description="record that stays")
    def kept_id(self, merge: PatientMerge) -> str:
        """The opaque id: superusers see no patients."""
        return str(merge.patient.public_id)

    @admin.display(description="absorbed record")
    def absorbed_id_shown(self, merge: PatientMerge) -> str:
        """The same of the other one."""
        return str(merge.absorbed.public_id)


@admin.register(Erasure)
class ErasureAdmin(ReadBySuperusers):
    """Requests to erase a record, and what became of them."""

    list_display = ("erased_id", "clinic", "basis", "requested_at", "erased_at", "withdrawn_at")
    list_filter = ("basis", "requested_at")
    list_select_related = ("clinic",)
    fields = (
        *("erased_id", "erased_ids", "clinic", "basis", "requested_at", "requested_by"),
        *("erased_at", "confirmed_by", "withdrawn_at", "withdrawn_by", "counts"),
    )
