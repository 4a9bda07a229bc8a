"""Long reports, made by `manage.py work`."""

from __future__ import annotations

from django_tasks import task

from reports.job_making import make


@task()
def make_in_background(public_id: str) -> None:
    """Make a report's file, unless it was cancelled meanwhile or another worker makes it."""
    make(public_id)
