"""The kinds of record of this floor: which form, which right, which pages.

Every kind has the same pages: a list of its rows, one to enter a row, and of each row its page,
its former versions, one to change it and one to strike it. The echo study has pages of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.permissions import Action
from patients.forms.acknowledgment import ResultAcknowledgmentForm
from patients.forms.acute import AcuteEpisodeForm
from patients.forms.answers import ClinicalAnswerForm
from patients.forms.background import (
    AllergyForm,
    BodySizeForm,
    GoalsOfCareForm,
    PregnancyStatusForm,
)
from patients.forms.diagnosis import AbsenceCheckForm, ComorbidityForm, MitralDiagnosisForm
from patients.forms.laboratory import LabResultForm
from patients.forms.records import RecordForm
from patients.forms.studies import (
    CatheterStudyForm,
    CmrStudyForm,
    CoronaryAssessmentForm,
    ElectrocardiogramForm,
    ExerciseTestForm,
    HeartFailureAdmissionForm,
)
from patients.forms.symptoms import SymptomLogForm
from patients.models import ClinicalRecord, Patient
from patients.study_sheet import upper_first


@dataclass(frozen=True)
class RecordKind:
    """One kind of record: its name in addresses, its form, and the right to enter and change it.

    ``lead`` is the sentence under the heading of its form. ``add_page`` names the address of an
    entry page of its own. A kind that ``changes`` not is entered once and only read after that.
    ``preset`` are boxes that a link may fill in (``?analyte=inr``). Where rows come in ``series``,
    another one can be entered at once: these boxes then stay filled in for the same patient, and
    those of ``preset`` for the next one too. ``narrowed_by`` is the choice by which a list is
    narrowed (``?analyte=inr``).
    """

    slug: str
    form: type[RecordForm]
    action: Action
    title: str
    plural: str
    lead: str = ""
    add_page: str = ""
    changes: bool = True
    preset: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    narrowed_by: str = ""

    @property
    def model(self) -> type[ClinicalRecord]:
        """The model whose rows are of this kind."""
        model: type[ClinicalRecord] = self.form._meta.model
        return model

    @property
    def namespace(self) -> str:
        """The floor on which the kind's pages live."""
        return self.model._meta.app_label

    def list_url(self, patient: Patient) -> str:
        """The list of one patient's rows of this kind."""
        return self._url("record-list", patient.public_id, self.slug)

    def add_url(self, patient: Patient) -> str:
        """Where a row of this kind is entered for a patient."""
        if self.add_page:
            return reverse(self.add_page, args=[patient.public_id])
        return self._url("record-add", patient.public_id, self.slug)

    def page_url(self, row: Any) -> str:
        """The page of one row."""
        return self._url("record-page", self.slug, row.public_id)

    def edit_url(self, row: Any) -> str:
        """Where one row is changed under a reason."""
        return self._url("record-edit", self.slug, row.public_id)

    def strike_url(self, row: Any) -> str:
        """Where one row is marked as entered in error."""
        return self._url("record-strike", self.slug, row.public_id)

    def version_url(self, row: Any, number: int) -> str:
        """A former version of one row."""
        return self._url("record-version", self.slug, row.public_id, number)

    def heading(self, row: Any, day: str) -> str:
        """A row as a heading names it: Body size of 12 Mar 2026. ``day`` is "" where it has none.

        ``row`` may be a former version from the history.
        """
        return f"{self.title} of {day}" if day else self.title

    def links(self, row: Any) -> list[tuple[str, str]]:
        """Where one who may change a row goes from its page: a name and an address each."""
        return []

    def remarks(self, row: Any) -> list[str]:
        """What the page of a row says above its values."""
        return []

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """What the record holds already that one should see before a row is entered."""
        return []

    def look_through(self, rows: list[Any]) -> None:
        """Note on the rows of one patient, newest first, what their list says of them together."""

    def _url(self, name: str, *parts: object) -> str:
        return reverse(f"{self.namespace}:{name}", args=parts)


def registry(*kinds: RecordKind) -> Mapping[str, RecordKind]:
    """Kinds by their name in addresses. Raises ``ValueError`` when a name comes twice."""
    found = {kind.slug: kind for kind in kinds}
    if len(found) != len(kinds):
        raise ValueError("two kinds of record have the same name")
    return found


class AcuteEpisodeKind(RecordKind):
    """Acute episodes: acknowledged, closed and reopened by acts of their own."""

    def links(self, row: Any) -> list[tuple[str, str]]:
        """What may be done with the emergency as it stands."""
        names = [("Reopen", "patients:acute-reopen")]
        if row.is_open:
            names = [("Close", "patients:acute-close")]
            if row.acknowledged_at is None:
                names.insert(0, ("Acknowledge", "patients:acute-acknowledge"))
        return [(label, reverse(name, args=[row.public_id])) for label, name in names]

    def remarks(self, row: Any) -> list[str]:
        """Whether the emergency stands."""
        return ["This emergency stands until it is closed."] if row.is_open else []


class AnswerKind(RecordKind):
    """Direct answers, each of one question."""

    def heading(self, row: Any, day: str) -> str:
        """Repair attempted and failed, answered 12 Mar 2026."""
        return f"{upper_first(row.get_fact_display())}, answered {day}"


CLINICAL, LABORATORY = Action.ENTER_CLINICAL, Action.ENTER_LABORATORY

KINDS = registry(
    RecordKind(
        slug="mitral-diagnosis",
        form=MitralDiagnosisForm,
        action=CLINICAL,
        title="Mitral diagnosis",
        plural="Mitral diagnoses",
        lead="What is held from this day on. A changed view is a new diagnosis of its own day; "
        "change an old one only where it was entered wrongly.",
    ),
    RecordKind(
        slug="comorbidity",
        form=ComorbidityForm,
        action=CLINICAL,
        title="Other condition",
        plural="Other conditions",
        lead="One condition as of one day: present, absent or unknown. What was never entered "
        "counts as unknown.",
        preset=("kind",),
        series=("noted_on",),
        narrowed_by="kind",
    ),
    RecordKind(
        slug="absence-check",
        form=AbsenceCheckForm,
        action=CLINICAL,
        title="None-of-these check",
        plural="None-of-these checks",
        lead="Tick what was asked and found absent. What stays open was not asked: it never "
        "counts as no.",
    ),
    AnswerKind(
        slug="clinical-answer",
        form=ClinicalAnswerForm,
        action=CLINICAL,
        title="Direct answer",
        plural="Direct answers",
        lead="What rules ask and no other record holds. Choose the question, then its answer. "
        "“Unknown” says that it was asked and is not known: it never counts as no.",
        preset=("fact",),
        series=("answered_on",),
        narrowed_by="fact",
    ),
    RecordKind(
        slug="symptom-log",
        form=SymptomLogForm,
        action=LABORATORY,
        title="Symptom log",
        plural="Symptom logs",
        lead="Tab leads from question to question, the arrow keys choose. What stays open was not "
        "asked: it never counts as no.",
        add_page="patients:symptom-log-add",
    ),
    RecordKind(
        slug="lab-result",
        form=LabResultForm,
        action=LABORATORY,
        title="Laboratory result",
        plural="Laboratory results",
        lead="Type the result as it is printed. A day may be typed as today or yesterday.",
        preset=("analyte",),
        series=("analyte", "taken_on", "laboratory"),
        narrowed_by="analyte",
    ),
    RecordKind(
        slug="electrocardiogram",
        form=ElectrocardiogramForm,
        action=CLINICAL,
        title="ECG",
        plural="ECGs",
    ),
    RecordKind(
        slug="exercise-test",
        form=ExerciseTestForm,
        action=CLINICAL,
        title="Exercise test",
        plural="Exercise tests",
    ),
    RecordKind(
        slug="coronary-assessment",
        form=CoronaryAssessmentForm,
        action=CLINICAL,
        title="Coronary assessment",
        plural="Coronary assessments",
        lead="Enter 0 where no stenosis was seen. An empty box means not recorded.",
    ),
    RecordKind(
        slug="catheter-study",
        form=CatheterStudyForm,
        action=CLINICAL,
        title="Catheter study",
        plural="Catheter studies",
    ),
    RecordKind(
        slug="cmr-study",
        form=CmrStudyForm,
        action=CLINICAL,
        title="CMR study",
        plural="CMR studies",
    ),
    RecordKind(
        slug="heart-failure-admission",
        form=HeartFailureAdmissionForm,
        action=CLINICAL,
        title="Heart failure admission",
        plural="Heart failure admissions",
        lead="Leave the discharge empty while the patient is in the hospital.",
    ),
    AcuteEpisodeKind(
        slug="acute-episode",
        form=AcuteEpisodeForm,
        action=CLINICAL,
        title="Acute episode",
        plural="Acute episodes",
        lead="Entering it calls nobody. It stands on the patient's page and on top of the lists "
        "until somebody closes it.",
    ),
    RecordKind(
        slug="body-size",
        form=BodySizeForm,
        action=CLINICAL,
        title="Body size",
        plural="Body sizes",
    ),
    RecordKind(
        slug="allergy",
        form=AllergyForm,
        action=CLINICAL,
        title="Allergy",
        plural="Allergies",
        lead="One substance at a time, or that the patient was asked and no allergy is known. "
        "Without an entry nobody knows: it never means none.",
        series=("noted_on",),
    ),
    RecordKind(
        slug="pregnancy-status",
        form=PregnancyStatusForm,
        action=CLINICAL,
        title="Pregnancy",
        plural="Pregnancy, as asked",
    ),
    RecordKind(
        slug="goals-of-care",
        form=GoalsOfCareForm,
        action=CLINICAL,
        title="Goals of care",
        plural="Goals of care",
        lead="What was assessed and what the patient said on one day. Leave open what was not "
        "asked.",
    ),
    RecordKind(
        slug="result-acknowledgment",
        form=ResultAcknowledgmentForm,
        action=CLINICAL,
        title="Result seen",
        plural="Results seen",
        add_page="patients:results-seen",
        changes=False,
    ),
)
"""Every kind of this floor, in the order in which a record is read."""
