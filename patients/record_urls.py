"""The addresses of the pages that every kind of record has."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import URLPattern, path

from patients.record_kinds import RecordKind
from patients.views import record_changes, records


def record_urls(kinds: Mapping[str, RecordKind]) -> list[URLPattern]:
    """The same six pages for these kinds; put last, since a kind's name may be any word."""
    given = {"kinds": kinds}
    of_patient, of_row = "<uuid:patient_id>/<slug:kind>/", "record/<slug:kind>/<uuid:record_id>/"
    return [
        path(of_patient, records.record_list, given, name="record-list"),
        path(f"{of_patient}add/", records.record_add, given, name="record-add"),
        path(of_row, records.record_page, given, name="record-page"),
        path(f"{of_row}edit/", record_changes.record_edit, given, name="record-edit"),
        path(f"{of_row}strike/", record_changes.record_strike, given, name="record-strike"),
        path(
            f"{of_row}version/<int:number>/", records.record_version, given, name="record-version"
        ),
    ]
