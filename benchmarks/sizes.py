"""How much each benchmark does: in full, quickly, and as little as a test needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Numbers of rows, patients and repetitions."""

    rows: int
    listed_patients: int
    report_rows: int
    big_report_rows: int
    assessed_patients: int
    repeats: int
    page_repeats: int
    demo_patients: int
    reassessed_patients: int
    other_clinics: int
    audit_events: int


FULL = Size(
    rows=5000,
    listed_patients=10_000,
    report_rows=50_000,
    big_report_rows=1_000_000,
    assessed_patients=200,
    repeats=2,
    page_repeats=30,
    demo_patients=10_000,
    reassessed_patients=2000,
    other_clinics=99,
    audit_events=100_000,
)
QUICK = Size(
    rows=300,
    listed_patients=500,
    report_rows=1000,
    big_report_rows=20_000,
    assessed_patients=40,
    repeats=1,
    page_repeats=5,
    demo_patients=300,
    reassessed_patients=100,
    other_clinics=9,
    audit_events=20_000,
)
TINY = Size(
    rows=100,
    listed_patients=60,
    report_rows=60,
    big_report_rows=0,
    assessed_patients=5,
    repeats=1,
    page_repeats=1,
    demo_patients=4,
    reassessed_patients=4,
    other_clinics=3,
    audit_events=300,
)
