"""Every report by its name. A name is what people's own programs ask for: it never changes."""

from __future__ import annotations

from collections.abc import Mapping

from reports.record_reports import RECORD_REPORTS
from reports.report import Report

REPORTS: Mapping[str, Report] = {report.name: report for report in (*RECORD_REPORTS,)}
"""In the order of the page that lists them."""
