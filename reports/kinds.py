"""Every kind of record in one place: in the order of a record, with its pages and its rights.

Echo studies have pages of their own and no entry in the floors' registries; a kind that nobody
enters by hand (who saw which result) is only read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Action
from followup import models as followup
from followup.record_kinds import KINDS as OF_FOLLOW_UP
from patients import models as records
from patients.models import ClinicalRecord, Patient, Registration
from patients.record_kinds import KINDS as OF_PATIENTS
from patients.record_kinds import RecordKind
from patients.selectors import writing_clinic_among
from patients.study_sheet import upper_first
from treatments import models as treatments
from treatments.record_kinds import KINDS as OF_TREATMENTS

Model = type[ClinicalRecord]

KINDS: Mapping[Model, RecordKind] = {
    kind.model: kind
    for kind in (*OF_PATIENTS.values(), *OF_TREATMENTS.values(), *OF_FOLLOW_UP.values())
}

WRITES = (
    Action.ENTER_CLINICAL,
    Action.ENTER_LABORATORY,
    Action.FINALIZE_STUDY,
    Action.DECIDE,
    Action.EDIT_PERSON,
    Action.MERGE_PATIENTS,
)


@dataclass(frozen=True)
class Group:
    """Kinds of record that belong together, in order."""

    title: str
    models: tuple[Model, ...]


GROUPS = (
    Group(
        "Visit",
        (
            records.SymptomLog,
            records.BodySize,
            records.PregnancyStatus,
            records.GoalsOfCare,
            records.Allergy,
        ),
    ),
    Group(
        "Disease",
        (
            records.MitralDiagnosis,
            records.Comorbidity,
            records.AbsenceCheck,
            records.ClinicalAnswer,
            records.HeartFailureAdmission,
            records.AcuteEpisode,
        ),
    ),
    Group(
        "Tests",
        (
            records.EchoStudy,
            records.LabResult,
            records.Electrocardiogram,
            records.ExerciseTest,
            records.CmrStudy,
            records.CatheterStudy,
            records.CoronaryAssessment,
            records.ResultAcknowledgment,
        ),
    ),
    Group(
        "Treatment",
        (
            treatments.Intervention,
            treatments.Complication,
            treatments.Medication,
            treatments.AnticoagulationPlan,
            treatments.EndocarditisProphylaxisAdvice,
            treatments.TeamReview,
        ),
    ),
    Group(
        "Follow-up",
        (
            followup.Appointment,
            followup.ContactAttempt,
            followup.ContactWish,
            followup.FollowUpEnd,
            followup.Referral,
        ),
    ),
)

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")
_BY_SOURCE = {_WORD_START.sub("_", model.__name__).lower(): model for model in KINDS}


@dataclass(frozen=True)
class Doors:
    """Where one person reads and enters what belongs to one patient."""

    patient: Patient
    actions: Collection[Action]
    asked: str = ""
    """The part of an address that asks for the day that is shown; empty for now."""

    def add_url(self, model: Model) -> str:
        """Where a row of this kind is entered; empty where the person may not."""
        if model is records.EchoStudy:
            return self._if(Action.ENTER_CLINICAL, "patients:echo-add")
        kind = KINDS.get(model)
        may = kind is not None and kind.action in self.actions
        return kind.add_url(self.patient) if kind is not None and may else ""

    def list_url(self, model: Model) -> str:
        """All rows of a kind; empty where it has no list."""
        if model is records.EchoStudy:
            page = reverse("reports:patient-page", args=[self.patient.public_id])
            return f"{page}?{'&'.join(filter(None, ['all=1', self.asked]))}#echo"
        kind = KINDS.get(model)
        return kind.list_url(self.patient) if kind is not None else ""

    def rows_or_entry(self, model: Model, *, is_empty: bool) -> str:
        """The list of a kind; while it is empty, where the first row is entered."""
        return (self.add_url(model) if is_empty else "") or self.list_url(model)

    def _if(self, action: Action, url_name: str) -> str:
        return reverse(url_name, args=[self.patient.public_id]) if action in self.actions else ""

    @property
    def print_url(self) -> str:
        """The page to be printed, of the day that is shown."""
        page = reverse("reports:patient-print", args=[self.patient.public_id])
        return f"{page}?{self.asked}" if self.asked else page

    @property
    def inr_url(self) -> str:
        """Where an INR is entered in one row; empty where the person may not."""
        return self._if(Action.ENTER_LABORATORY, "patients:inr-add")

    @property
    def person_url(self) -> str:
        """Where name, birth date and sex are corrected; empty where the person may not."""
        return self._if(Action.EDIT_PERSON, "patients:person-edit")

    @property
    def entries(self) -> Iterator[tuple[str, list[dict[str, str]]]]:
        """What may be entered, in groups: title, and links with words."""
        for group in GROUPS:
            found = [(title_of(model), self.add_url(model)) for model in group.models]
            links = [{"label": title, "href": href} for title, href in found if href]
            if links:
                yield group.title, links

    @property
    def person_acts(self) -> list[dict[str, str]]:
        """What may be done about the person and their clinics, as links."""
        died = "Record a death" if self.patient.deceased_on is None else "Date of death"
        found = [
            ("Name, birth date, contact", self.person_url),
            (
                "Clinics and record numbers",
                reverse("patients:registrations", args=[self.patient.public_id]),
            ),
            (died, self._if(Action.EDIT_PERSON, "patients:person-deceased")),
            (
                "Changes of these, by whom",
                reverse("patients:person-history", args=[self.patient.public_id]),
            ),
            (
                "Who opened the record",
                reverse("reports:patient-access", args=[self.patient.public_id]),
            ),
            ("Possible duplicates", self._if(Action.MERGE_PATIENTS, "patients:merge-choose")),
        ]
        return [{"label": label, "href": href} for label, href in found if href]


def doors_of(user: User, patient: Patient, registrations: list[Registration]) -> Doors:
    """What the user may do for this patient today, asked of registrations that were read before."""
    wanted = {*WRITES, *(kind.action for kind in KINDS.values())}
    allowed = {a for a in wanted if writing_clinic_among(user, registrations, a) is not None}
    return Doors(patient, frozenset(allowed))


def title_of(model: Model) -> str:
    """What one row of a kind is called."""
    kind = KINDS.get(model)
    return kind.title if kind is not None else upper_first(str(model._meta.verbose_name))


def plural_of(model: Model) -> str:
    """What the rows of a kind are called."""
    kind = KINDS.get(model)
    return kind.plural if kind is not None else upper_first(str(model._meta.verbose_name_plural))


def row_url(model: Model, public_id: object) -> str:
    """The page of one row; empty for a kind without pages."""
    if model is records.EchoStudy:
        return reverse("patients:echo-page", args=[public_id])
    kind = KINDS.get(model)
    return kind.page_url(SimpleNamespace(public_id=public_id)) if kind is not None else ""


def source_url(source: str) -> str:
    """The page of the row that a fact names as its source (``symptom_log:<id>``); else empty."""
    name, _, public_id = source.partition(":")
    model = records.EchoStudy if name == "echo_study" else _BY_SOURCE.get(name)
    return row_url(model, public_id) if model is not None and public_id else ""
