"""What became of each round over the patients' standings."""

from __future__ import annotations

from django.db import models


class ReassessRun(models.Model):
    """One round of ``manage.py reassess``: when, over how many patients, and how it ended.

    ``finished_at`` is set once every patient was visited; ``stopped_at`` when it ended before that,
    by hand or by an error. Neither is set of one that runs, or that was killed. It says nothing
    about anybody.
    """

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    visited = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    engine_version = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = "reassessment run"
        indexes = (models.Index(fields=["-started_at", "-id"], name="reassess_run_newest"),)

    def __str__(self) -> str:
        return f"reassessed {self.visited} patients from {self.started_at}"
