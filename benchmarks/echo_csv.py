"""The report of echo studies as a CSV file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.urls import reverse

from benchmarks import pages
from benchmarks.cohort import Place, analyze, make_patients, new_place
from benchmarks.figures import Part, best_of, per_second, times
from benchmarks.sizes import Size
from patients.models import EchoStudy

ABOUT = (
    "The file is downloaded through the page, to its last byte. The baseline writes the bare rows "
    "of the table of studies with Python's CSV writer."
)
STUDIES_EACH = 20
TAKE = {"take": "yes", "purpose": "a benchmark", "form": "csv"}


def run(size: Size) -> Part:
    """Download the file of a clinic."""
    place = new_place()
    make_patients(place, size.report_rows // STUDIES_EACH, studies=STUDIES_EACH)
    analyze()
    address = reverse("reports:report-page", args=["echo_studies"])
    part = Part("Echo report", ABOUT)
    with pages.logged_in(place.user) as client:
        length = sum(len(chunk) for chunk in _download(client, address))
        seconds = best_of(size.repeats, lambda: sum(map(len, _download(client, address))))
    plain = best_of(size.repeats, lambda: _plain(place))
    part.add(
        f"echo_studies.csv, {size.report_rows:,} rows",
        per_second(size.report_rows, seconds),
        ratio=f"{times(seconds / plain)} the time of the bare rows",
    )
    bare = per_second(size.report_rows, plain)
    part.remark(f"The file has {length / 1e6:.1f} MB; bare rows: {bare}.")
    return part


def _download(client: Any, address: str) -> Any:
    response = client.post(address, TAKE)
    assert response.status_code == 200, response.status_code
    return response.streaming_content


def _plain(place: Place) -> int:
    rows = EchoStudy.objects.filter(patient__registrations__clinic=place.clinic)
    length = 0
    for row in rows.order_by().values_list().iterator(chunk_size=2000):
        buffer = io.StringIO()
        csv.writer(buffer).writerow(row)
        length += len(buffer.getvalue())
    return length
