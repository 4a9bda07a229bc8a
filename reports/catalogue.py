"""Every report by its name. A name is what people's own programs ask for: it never changes."""

from __future__ import annotations

from collections.abc import Mapping

from reports.audit_report import AUDIT_EVENTS
from reports.inr_report import INR
from reports.progression_report import PROGRESSION
from reports.record_reports import RECORD_REPORTS
from reports.registry_report import REGISTRY
from reports.report import Report
from reports.standing_reports import FOLLOW_UP
from reports.timing_report import SURGICAL_TIMING

ALL = (
    *RECORD_REPORTS,
    INR,
    SURGICAL_TIMING,
    PROGRESSION,
    FOLLOW_UP,
    REGISTRY,
    AUDIT_EVENTS,
)
REPORTS: Mapping[str, Report] = {report.name: report for report in ALL}
"""In the order of the page that lists them."""
