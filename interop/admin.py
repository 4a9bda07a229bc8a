"""Imports and kept mappings in the administration: to read; the import pages do the work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.permissions import Action, clinics_where
from audit.guarded_admin import GuardedAdmin
from interop.models import ColumnMapping, ImportBatch


class ReadByImporters(GuardedAdmin):
    """Rows of the clinics in which the person may import; nobody changes them here."""

    list_per_page = 50
    show_full_result_count = False
    list_select_related: ClassVar[tuple[str, ...]] = ("clinic",)  # type: ignore[misc]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out other clinics."""
        allowed = clinics_where(request.user, Action.IMPORT_DATA)
        return super().get_queryset(request).filter(clinic_id__in=allowed)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether a role allows to import anywhere."""
        return bool(clinics_where(request.user, Action.IMPORT_DATA))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same: whatever row is asked for was found among those one may see."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """On the import pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On the import pages."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: the row says who imported what."""
        return False


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadByImporters):
    """Files and what became of them."""

    list_display = ("file_name", "kind", "status", "rows", "clinic", "uploaded_at", "uploaded_by")
    list_filter = ("status", "kind")
    list_select_related: ClassVar[tuple[str, ...]] = ("clinic", "uploaded_by")  # type: ignore[misc]
    date_hierarchy = None
    fields = (
        "import_page",
        "kind",
        "status",
        "message",
        "clinic",
        "file_name",
        "rows",
        "uploaded_at",
        "uploaded_by",
        "imported_at",
        "imported_by",
    )

    @admin.display(description="import's page")
    def import_page(self, batch: ImportBatch) -> str:
        """Where the import goes on, or what came of it."""
        address = reverse("interop:import-preview", args=[batch.public_id])
        return format_html('<a href="{}">{}</a>', address, batch.file_name)


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ReadByImporters):
    """Mappings of columns that a clinic keeps."""

    list_display = ("name", "kind", "clinic", "saved_at", "saved_by")
    list_filter = ("kind",)
    list_select_related: ClassVar[tuple[str, ...]] = ("clinic", "saved_by")  # type: ignore[misc]
    fields = ("name", "kind", "clinic", "mapping", "saved_at", "saved_by")
