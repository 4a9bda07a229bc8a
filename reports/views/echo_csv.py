"""Downloading the echo studies as a CSV file."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_GET

from accounts.access import ClinicRequest, clinics_shown
from accounts.permissions import Action
from reports.downloads import file_of, note_export
from reports.echo_report import ECHO_STUDIES


@require_GET
def echo_csv(request: ClinicRequest) -> StreamingHttpResponse:
    """All echo studies of the clinics shown in which the user may export identified data."""
    clinic_ids = clinics_shown(request, Action.EXPORT_IDENTIFIED)
    note_export(request.user, ECHO_STUDIES, ECHO_STUDIES.count_by_clinic(clinic_ids))
    return file_of(ECHO_STUDIES, clinic_ids)
