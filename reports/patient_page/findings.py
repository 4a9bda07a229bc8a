"""Numbers of one study that do not fit together, with the likeliest slip."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.permissions import Action
from followup.whole import StudyFinding
from patients.models import EchoStudy
from reports.kinds import row_url
from reports.patient_page.case import PageCase

STUDIES_SHOWN = 2


def findings_of(case: PageCase) -> dict[str, Any] | None:
    """The studies with such numbers, newest first; ``None`` when every number fits."""
    studies = [
        each
        for each in case.whole.studies
        if each.study.status != EchoStudy.Status.ENTERED_IN_ERROR
    ]
    if not studies:
        return None
    studies.sort(key=lambda each: (each.study.performed_on, each.study.pk), reverse=True)
    views = [_view(each, case) for each in studies]
    return {"shown": views[:STUDIES_SHOWN], "folded": views[STUDIES_SHOWN:], "total": len(views)}


def _view(each: StudyFinding, case: PageCase) -> dict[str, Any]:
    study = each.study
    return {
        "on": study.performed_on,
        "modality": study.get_modality_display(),
        "is_draft": not study.counts,
        "href": row_url(EchoStudy, study.public_id),
        "correct_href": _correct_url(study, case),
        "found": [
            {"words": found.words, "slip": found.slip, "is_impossible": found.is_impossible}
            for found in each.found
        ],
    }


def _correct_url(study: EchoStudy, case: PageCase) -> str:
    """The form that mends it: a final study is amended, a draft edited; empty without a right."""
    action = Action.FINALIZE_STUDY if study.counts else Action.ENTER_CLINICAL
    if action not in case.doors.actions:
        return ""
    name = "patients:echo-amend" if study.counts else "patients:echo-edit"
    return reverse(name, args=[study.public_id])
