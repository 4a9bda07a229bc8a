"""Every report by its name: those of the catalogue, their import templates and their extracts."""

from __future__ import annotations

from django.urls import reverse

from reports.catalogue import REPORTS
from reports.extracts.extract import ENDING as EXTRACT
from reports.extracts.extract import extract_of
from reports.import_template import ENDING as TEMPLATE
from reports.import_template import import_template
from reports.report import Report


def report_called(name: str) -> Report | None:
    """The report that calls itself so; ``None`` where there is none, or none any more."""
    if name.endswith(EXTRACT):
        return extract_of(name.removesuffix(EXTRACT))
    if name.endswith(TEMPLATE):
        report = REPORTS.get(name.removesuffix(TEMPLATE))
        return import_template(report) if report is not None else None
    return REPORTS.get(name)


def page_of(report: Report) -> str:
    """The address of the page on which it is ordered."""
    if report.name.endswith(EXTRACT):
        return reverse("reports:report-extract", args=[report.name.removesuffix(EXTRACT)])
    return reverse("reports:report-page", args=[report.name.removesuffix(TEMPLATE)])
