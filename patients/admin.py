"""Patients and what is known of them, in the administration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.views.decorators.csrf import csrf_exempt

from accounts.admin import OfOneClinic
from accounts.models import Clinic
from accounts.permissions import Action, clinics_where
from patients import actions, persons_admin  # noqa: F401 - registers merges and erasures
from patients.clinical_admin import ClinicalAdmin, ScopedAdmin
from patients.forms.staff import StaffForm
from patients.forms.staff_kinds import (
    LabChange,
    LabEntry,
    LabRow,
    SymptomChange,
    SymptomEntry,
    SymptomRow,
)
from patients.forms.staff_person import NewPersonForm, PersonForm
from patients.forms.typed import TypedRange, nyha_text, plain
from patients.models import (
    AbsenceCheck,
    AcuteEpisode,
    Allergy,
    BodySize,
    CatheterStudy,
    ClinicalAnswer,
    CmrStudy,
    Comorbidity,
    CoronaryAssessment,
    EchoStudy,
    Electrocardiogram,
    EmergencyAccess,
    ExerciseTest,
    GoalsOfCare,
    HeartFailureAdmission,
    LabResult,
    MitralDiagnosis,
    Patient,
    PregnancyStatus,
    ResultAcknowledgment,
    SymptomLog,
)
from patients.record_kinds import KINDS
from patients.staff.columns import editable_fields, sections_from
from patients.staff.inlines import NewRowsInline
from patients.staff.lists import ClinicFilter, DeceasedFilter, EnteredFilter
from patients.staff.patient_box import PatientsFound
from patients.staff.registrations import RegistrationInline
from patients.staff.scope import labelled, patients_today, user_of

PERSON = ("family_name", "given_name", "born_on", "sex")
CONTACT = ("telephone", "email", "address", "last_contact_on")
FURTHER = ("pregnancy_possible", "research_consent", "research_consent_on", "deceased_on")
PLACE = (
    "clinic_chosen",
    "record_number",
    "from_on",
    "responsible_clinician",
    "referring_doctor",
)


class RecordAdmin(ClinicalAdmin):
    """A kind of record of this floor, with its pages in the product."""

    kinds = KINDS


# Below the person ---------------------------------------------------------------------------------


class SymptomLogInline(NewRowsInline):
    """Symptom logs from paper."""

    model = SymptomLog
    form = SymptomRow
    fields = (
        "recorded_on",
        "nyha",
        "actively_asked_none",
        "dyspnea",
        "edema",
        "attribution",
        "weight_kg",
        "unusual_is_right",
    )


class LabResultInline(NewRowsInline):
    """Results from paper."""

    model = LabResult
    form = LabRow
    fields = ("taken_on", "analyte", "comparator", "value", "laboratory", "unusual_is_right")


class BodySizeInline(NewRowsInline):
    """Height and weight."""

    model = BodySize
    fields = ("measured_on", "height_cm", "weight_kg", "bsa_m2", "bsa_formula", "unusual_is_right")
    classes = ("collapse",)


class AllergyInline(NewRowsInline):
    """Allergies."""

    model = Allergy
    fields = ("substance", "reaction", "noted_on")
    classes = ("collapse",)


class MitralDiagnosisInline(NewRowsInline):
    """Diagnoses, to read; entered on a page of their own."""

    model = MitralDiagnosis
    fields = ("diagnosed_on",)
    classes = ("collapse",)
    adds = False


class ComorbidityInline(NewRowsInline):
    """Other conditions."""

    model = Comorbidity
    fields = ("kind", "present", "noted_on", "since_on")
    classes = ("collapse",)


class EchoStudyInline(NewRowsInline):
    """Echo studies, to read."""

    model = EchoStudy
    fields = ("performed_on",)
    classes = ("collapse",)
    adds = False


class ElectrocardiogramInline(NewRowsInline):
    """ECGs."""

    model = Electrocardiogram
    fields = ("recorded_on", "kind", "rhythm", "atrial_fibrillation_seen", "qrs_ms")
    classes = ("collapse",)


class PregnancyStatusInline(NewRowsInline):
    """Pregnancy as asked."""

    model = PregnancyStatus
    fields = ("assessed_on", "status", "due_on")
    classes = ("collapse",)


class GoalsOfCareInline(NewRowsInline):
    """Frailty, life expectancy and wishes, to read."""

    model = GoalsOfCare
    fields = ("assessed_on",)
    classes = ("collapse",)
    adds = False


@admin.register(Patient)
class PatientAdmin(ScopedAdmin):
    """People: found by name, record number or birth date; corrected under a reason."""

    action = Action.EDIT_PERSON
    form = NewPersonForm
    change_form = PersonForm
    patient_lookup = "pk__in"
    list_display = ("name_shown", "record_numbers", "born_on", "sex", "clinicians", "deceased_on")
    list_filter = (ClinicFilter, "sex", DeceasedFilter, EnteredFilter)
    date_hierarchy = "entered_at"
    search_fields = ("search_key",)
    search_help_text = "Name, record number or birth date."
    ordering = ("family_name", "given_name", "id")
    inlines: ClassVar[tuple[Any, ...]] = (  # type: ignore[misc]
        RegistrationInline,
        SymptomLogInline,
        LabResultInline,
        BodySizeInline,
        AllergyInline,
        MitralDiagnosisInline,
        ComorbidityInline,
        EchoStudyInline,
        ElectrocardiogramInline,
        PregnancyStatusInline,
        GoalsOfCareInline,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Patients whom one's clinics follow today, with their record numbers there."""
        user = user_of(request)
        return labelled(user, patients_today(user))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a role allows to register patients somewhere."""
        return bool(clinics_where(request.user, Action.REGISTER_PATIENT))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[StaffForm]:
        """A new person is registered, a known one corrected: two rights."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if not change:
            form.action = Action.REGISTER_PATIENT
        return form

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A new person has no registrations to show."""
        return self.inlines if obj else ()

    def record_fieldsets(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Person, contact, and what else is asked once."""
        return [
            *([] if obj else [("Registration", {"fields": PLACE})]),
            ("Person", {"fields": PERSON}),
            ("Contact", {"fields": CONTACT}),
            ("Further", {"fields": FURTHER}),
        ]

    def enter(self, request: HttpRequest, obj: Patient, form: Any) -> None:
        """Register the person."""
        cleaned = form.cleaned_data
        registered = actions.register_patient(
            by=form.user,
            clinic=cleaned["clinic_chosen"],
            record_number=cleaned["record_number"],
            from_on=cleaned["from_on"],
            responsible_clinician=cleaned["responsible_clinician"],
            referring_doctor=cleaned["referring_doctor"],
            person={name: cleaned[name] for name in (*PERSON, *CONTACT, *FURTHER)},
        )
        # Let the administration go on with the row that the action has saved.
        obj.__dict__.update(registered.__dict__)

    def amend(self, request: HttpRequest, obj: Patient, form: Any) -> None:
        """Correct the person."""
        assert form.clinic is not None  # noqa: S101 - the form refuses otherwise
        actions.correct_person(
            by=form.user,
            clinic=form.clinic,
            patient=obj,
            reason=form.cleaned_data["change_reason"],
            expected_version=form.cleaned_data["read_version"],
        )

    def get_urls(self) -> list[URLPattern]:
        """The search box's address stands before the others."""
        found = path(
            "found/", self.admin_site.admin_view(self.found_view), name="patients_patient_found"
        )
        return [found, *super().get_urls()]

    @csrf_exempt
    def found_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a patient search box.

        The box sends no token. Only one's own page can read the answer, and another site's page
        does not send the session's cookie with a POST.
        """
        return PatientsFound.as_view(admin_site=self.admin_site)(request)

    @admin.display(description="name", ordering="family_name")
    def name_shown(self, patient: Patient) -> str:
        """Family name, given name."""
        return str(patient)

    @admin.display(description="record number")
    def record_numbers(self, patient: Any) -> str:
        """In one's own clinics."""
        return ", ".join(each.record_number for each in patient.numbers_seen)

    @admin.display(description="responsible")
    def clinicians(self, patient: Any) -> str:
        """Responsible clinicians in one's own clinics."""
        people = [each.responsible_clinician for each in patient.numbers_seen]
        return ", ".join(person.display_name for person in people if person)


@admin.register(EmergencyAccess)
class EmergencyAccessAdmin(OfOneClinic):
    """Records that somebody of another clinic opened; reviewed on a page of the product."""

    clinic_lookup = "registration__clinic"
    list_display = ("opened_at", "user", "registration", "ends_at", "ended_at", "reviewed_by")
    list_filter = (("registration__clinic", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("user", "registration__clinic", "reviewed_by")

    def clinic_of(self, obj: Any) -> Clinic:
        """The clinic whose record was opened."""
        clinic: Clinic = obj.registration.clinic
        return clinic

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(MitralDiagnosis)
class MitralDiagnosisAdmin(RecordAdmin):
    """Mitral diagnoses."""

    columns = ("mechanism", "etiology", "tempo", "entered_by")
    filters = ("mechanism", "tempo", "etiology")
    list_select_related = ("patient", "entered_by")


@admin.register(Comorbidity)
class ComorbidityAdmin(RecordAdmin):
    """Other conditions, present, absent or unknown."""

    columns = ("kind", "present")
    filters = ("present", "kind")


@admin.register(AbsenceCheck)
class AbsenceCheckAdmin(RecordAdmin):
    """Yearly "none of these" checks."""

    columns = ("entered_by",)
    list_select_related = ("patient", "entered_by")


@admin.register(EchoStudy)
class EchoStudyAdmin(RecordAdmin):
    """Echo studies; a final one is read-only here."""

    columns = ("lvef", "lvesd_mm", "eroa_mm2", "status", "modality", "reader")
    filters = ("status", "modality", "state")

    @admin.display(description="LVEF (%)", ordering="lvef_percent_low")
    def lvef(self, study: EchoStudy) -> str | None:
        """One number or a range."""
        low, high = study.lvef_percent_low, study.lvef_percent_high
        if low is None or high is None:
            return None
        return str(TypedRange(low, high, study.lvef_percent_low_open, study.lvef_percent_high_open))

    def is_open(self, obj: Any) -> bool:
        """A draft may be changed; a final study is amended on its own page."""
        return super().is_open(obj) and obj.status == EchoStudy.Status.DRAFT

    def sections(self) -> list[Any]:
        """The chapters of an echo report."""
        return sections_from(
            EchoStudy,
            (
                ("Study", "patient"),
                ("Left ventricle", "lvef_percent_low"),
                ("Left atrium", "la_diameter_mm"),
                ("Mitral valve", "flail_leaflet"),
                ("Regurgitant jet", "jet_direction"),
                ("Flow convergence (PISA)", "pisa_radius_mm"),
                ("Volumetric method and inflow", "regurgitant_fraction_percent"),
                ("Right heart and pressures", "spap_source"),
                ("Other valves and prosthesis", "aortic_regurgitation"),
                ("Anatomy for edge-to-edge repair", "flail_gap_mm"),
            ),
        )

    def page_links(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """A final study is amended on its own page, by those who may."""
        links = [("Study’s page", self._page("echo-page", row)), *super().page_links(request, row)]
        is_final = row.status in {EchoStudy.Status.FINAL, EchoStudy.Status.AMENDED}
        may_amend = self.clinic_for(request, row, Action.FINALIZE_STUDY) is not None
        if not is_final or row.struck_at is not None or not may_amend:
            return links
        return [("Amend", self._page("echo-amend", row)), *links]

    def _page(self, name: str, row: EchoStudy) -> str:
        return reverse(f"patients:{name}", args=[row.public_id])

    def enter(self, request: HttpRequest, obj: EchoStudy, form: Any) -> None:
        """Enter a draft."""
        self.confirm(obj, form)
        actions.record_echo_study(obj, by=form.user, clinic=form.clinic, final=False)

    def amend(self, request: HttpRequest, obj: EchoStudy, form: Any) -> None:
        """Store a changed draft, with its derived values."""
        actions.prepare_echo_study(obj, by=form.user, final=False)
        super().amend(request, obj, form)


@admin.register(SymptomLog)
class SymptomLogAdmin(RecordAdmin):
    """Symptom logs; a clerk may type them from paper."""

    action = Action.ENTER_LABORATORY
    form = SymptomEntry
    change_form = SymptomChange
    kept = ("recorded_on",)
    columns = ("nyha", "attribution", "activity_level")
    filters = ("nyha_high", "attribution", "activity_level")

    @admin.display(description="NYHA class", ordering="nyha_high")
    def nyha(self, row: SymptomLog) -> str | None:
        """One class or a range."""
        return nyha_text((row.nyha_low, row.nyha_high)) or None

    def sections(self) -> list[Any]:
        """By subject, with the class as one box instead of its two ends."""
        parts = sections_from(
            SymptomLog,
            (
                ("Visit", "patient"),
                ("Symptoms", "dyspnea"),
                ("Activity, cause and rhythm", "angina_class"),
                ("Measured", "systolic_bp_mmhg"),
            ),
        )
        for _, part in parts:
            names = [name for name in part["fields"] if name != "nyha_high"]
            part["fields"] = ["nyha" if name == "nyha_low" else name for name in names]
        return parts


@admin.register(LabResult)
class LabResultAdmin(RecordAdmin):
    """Laboratory results; a clerk may type them from paper."""

    action = Action.ENTER_LABORATORY
    form = LabEntry
    change_form = LabChange
    kept = ("taken_on", "analyte", "laboratory")
    columns = ("analyte", "result", "laboratory")
    filters = ("analyte",)

    def sections(self) -> list[Any]:
        """What a paper list holds first; the rest is seldom needed."""
        listed = ["patient", "taken_on", "analyte", "value", "comparator", "laboratory"]
        others = [name for name in editable_fields(LabResult) if name not in listed]
        return [(None, {"fields": listed}), ("Blood culture and unit", {"fields": others})]

    @admin.display(description="result", ordering="value")
    def result(self, row: LabResult) -> str | None:
        """The number with its unit, or what grew in the culture."""
        if row.value is None:
            return " ".join((row.get_culture_result_display(), row.organism)).strip() or None
        return f"{row.comparator}{plain(row.value)} {row.unit}".strip()


@admin.register(AcuteEpisode)
class AcuteEpisodeAdmin(RecordAdmin):
    """Acute MR; acknowledged and closed on its own page."""

    columns = ("cause", "certainty", "place", "accepted_by_name", "closed_at")
    filters = ("cause", "certainty", "closure")
    exclude = ("acknowledged_at", "acknowledged_by")

    def sections(self) -> list[Any]:
        """Without the acknowledgment, which is an act of its own."""
        fields = [n for _, part in super().sections() for n in part["fields"]]
        return [(None, {"fields": [name for name in fields if name not in self.exclude]})]


@admin.register(Electrocardiogram)
class ElectrocardiogramAdmin(RecordAdmin):
    """ECGs and longer recordings."""

    columns = ("kind", "rhythm", "atrial_fibrillation_seen", "qrs_ms")
    filters = ("kind", "rhythm", "atrial_fibrillation_seen")


@admin.register(ResultAcknowledgment)
class ResultAcknowledgmentAdmin(RecordAdmin):
    """Who saw which result, to read."""

    columns = ("echo_study", "lab_result", "seen_by")
    list_select_related = ("patient", "echo_study", "lab_result", "seen_by")
    adds = False

    def is_open(self, obj: Any) -> bool:
        """Never."""
        return False


def _register_plain(model: Any, columns: Sequence[str], filters: Sequence[str] = ()) -> None:
    """Register a kind of record that needs nothing of its own."""
    options = {"columns": tuple(columns), "filters": tuple(filters)}
    admin.site.register(model, type(f"{model.__name__}Admin", (RecordAdmin,), options))


_register_plain(BodySize, ("height_cm", "weight_kg", "bsa_m2", "bsa_formula"))
_register_plain(ClinicalAnswer, ("fact", "answer", "number"), ("fact",))
_register_plain(Allergy, ("substance", "reaction"), ("reaction",))
_register_plain(PregnancyStatus, ("status", "due_on"), ("status",))
_register_plain(GoalsOfCare, ("frailty", "life_expectancy"), ("frailty", "life_expectancy"))
_register_plain(ExerciseTest, ("result", "attributed_to_mr"), ("result",))
_register_plain(CoronaryAssessment, ("method", "needs_revascularization"), ("method",))
_register_plain(CatheterStudy, ("spap_mmhg", "mean_pap_mmhg", "wedge_pressure_mmhg"))
_register_plain(CmrStudy, ("lvef_percent", "regurgitant_volume_ml", "quality"), ("quality",))
_register_plain(HeartFailureAdmission, ("discharged_on", "hospital"), ("attributed_to_mr",))
