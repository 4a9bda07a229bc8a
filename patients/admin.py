"""Patients and what is known of them, in the administration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from accounts.permissions import Action, clinics_where, memberships_of
from patients import actions
from patients.clinical_admin import (
    ClinicalAdmin,
    PatientsFound,
    ScopedAdmin,
    numbers_seen_by,
    patients_today,
    registrations_today,
    sections_from,
    user_of,
)
from patients.forms.staff import ChangeForm, NewPersonForm, PersonForm, StaffForm
from patients.forms.typed import TypedRange, plain
from patients.models import (
    AbsenceCheck,
    AcuteEpisode,
    Allergy,
    BodySize,
    CatheterStudy,
    CmrStudy,
    Comorbidity,
    CoronaryAssessment,
    EchoStudy,
    Electrocardiogram,
    ExerciseTest,
    GoalsOfCare,
    HeartFailureAdmission,
    LabResult,
    MitralDiagnosis,
    Patient,
    PregnancyStatus,
    Registration,
    ResultAcknowledgment,
    SymptomLog,
)

PERSON = ("family_name", "given_name", "born_on", "sex")
CONTACT = ("telephone", "email", "address", "last_contact_on")
FURTHER = ("pregnancy_possible", "research_consent", "research_consent_on", "deceased_on")


class ClinicFilter(admin.SimpleListFilter):
    """One of one's own clinics."""

    title = "clinic"
    parameter_name = "clinic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Clinics in which the person may view patients."""
        allowed = clinics_where(request.user, Action.VIEW_PATIENT)
        return [
            (str(membership.clinic_id), membership.clinic.name)
            for membership in memberships_of(request.user)
            if membership.clinic_id in allowed
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Patients whom it follows today."""
        chosen = self.value()
        if chosen is None or chosen not in dict(self.lookups(request, None)):
            return queryset
        there = registrations_today(user_of(request)).filter(clinic_id=int(chosen))
        return queryset.filter(pk__in=there.values("patient_id"))


class DeceasedFilter(admin.SimpleListFilter):
    """Living or deceased."""

    title = "deceased"
    parameter_name = "deceased"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two answers; a death that is not recorded is not one."""
        return [("yes", "Yes"), ("no", "No death recorded")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the date of death."""
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(deceased_on__isnull=self.value() == "no")


class RegistrationInline(admin.TabularInline):  # type: ignore[type-arg]
    """The patient's places in one's own clinics, to read."""

    model = Registration
    fields = (
        "clinic_name",
        "record_number",
        "from_on",
        "until_on",
        "ended_because",
        "clinician",
        "referring_doctor",
    )
    readonly_fields = fields
    extra = 0
    can_delete = False

    @admin.display(description="clinic")
    def clinic_name(self, registration: Registration) -> str:
        """The clinic, without a link to its administration."""
        return registration.clinic.name

    @admin.display(description="responsible")
    def clinician(self, registration: Registration) -> str:
        """The responsible clinician, without a link to the account."""
        person = registration.responsible_clinician
        return person.display_name if person else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """In one's own clinics only."""
        clinic_ids = clinics_where(request.user, Action.VIEW_PATIENT)
        rows = super().get_queryset(request).filter(clinic_id__in=clinic_ids)
        return rows.select_related("clinic", "responsible_clinician")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the patient."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here."""
        return False

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


@admin.register(Patient)
class PatientAdmin(ScopedAdmin):
    """People: found by name, record number or birth date; corrected under a reason."""

    action = Action.EDIT_PERSON
    form = NewPersonForm
    change_form = PersonForm
    patient_lookup = "pk__in"
    list_display = ("name_shown", "record_numbers", "born_on", "sex", "clinicians", "deceased_on")
    list_filter = (ClinicFilter, "sex", DeceasedFilter)
    date_hierarchy = "entered_at"
    search_fields = ("search_key",)
    search_help_text = "Name, record number or birth date."
    ordering = ("family_name", "given_name", "id")
    inlines = (RegistrationInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Patients whom one's clinics follow today, with their record numbers there."""
        user = user_of(request)
        return patients_today(user).prefetch_related(numbers_seen_by(user))

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
        place = ("clinic_chosen", "record_number", "from_on", "referring_doctor")
        return [
            *([] if obj else [("Registration", {"fields": place})]),
            ("Person", {"fields": PERSON}),
            ("Contact", {"fields": CONTACT}),
            ("Further", {"fields": FURTHER}),
        ]

    def enter(self, request: HttpRequest, obj: Patient, form: StaffForm) -> None:
        """Register the person."""
        cleaned = form.cleaned_data
        registered = actions.register_patient(
            by=form.user,
            clinic=cleaned["clinic_chosen"],
            record_number=cleaned["record_number"],
            from_on=cleaned["from_on"],
            referring_doctor=cleaned["referring_doctor"],
            person={name: cleaned[name] for name in (*PERSON, *CONTACT, *FURTHER)},
        )
        # Let the administration go on with the row that the action has saved.
        obj.__dict__.update(registered.__dict__)

    def amend(self, request: HttpRequest, obj: Patient, form: ChangeForm) -> None:
        """Correct the person."""
        assert form.clinic is not None  # noqa: S101 - the form refuses otherwise
        actions.correct_person(
            by=form.user,
            clinic=form.clinic,
            patient=obj,
            reason=form.cleaned_data["reason"],
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


@admin.register(MitralDiagnosis)
class MitralDiagnosisAdmin(ClinicalAdmin):
    """Mitral diagnoses."""

    columns = ("mechanism", "etiology", "tempo", "entered_by")
    list_filter = ("mechanism", "tempo", "etiology")
    list_select_related = ("patient", "entered_by")


@admin.register(Comorbidity)
class ComorbidityAdmin(ClinicalAdmin):
    """Other conditions, present, absent or unknown."""

    columns = ("kind", "present")
    list_filter = ("present", "kind")


@admin.register(AbsenceCheck)
class AbsenceCheckAdmin(ClinicalAdmin):
    """Yearly "none of these" checks."""

    columns = ("entered_by",)
    list_select_related = ("patient", "entered_by")


@admin.register(EchoStudy)
class EchoStudyAdmin(ClinicalAdmin):
    """Echo studies; a final one is read-only here."""

    columns = ("lvef", "lvesd_mm", "eroa_mm2", "status", "modality", "reader")
    list_filter = ("status", "modality", "state")

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

    def enter(self, request: HttpRequest, obj: EchoStudy, form: StaffForm) -> None:
        """Enter a draft."""
        self.confirm(obj, form)
        actions.record_echo_study(obj, by=form.user, clinic=form.clinic, final=False)

    def amend(self, request: HttpRequest, obj: EchoStudy, form: ChangeForm) -> None:
        """Store a changed draft, with its derived values."""
        actions.prepare_echo_study(obj, by=form.user, final=False)
        super().amend(request, obj, form)


@admin.register(SymptomLog)
class SymptomLogAdmin(ClinicalAdmin):
    """Symptom logs; a clerk may type them from paper."""

    action = Action.ENTER_LABORATORY
    columns = ("nyha_low", "nyha_high", "attribution", "activity_level")
    list_filter = ("nyha_high", "attribution", "activity_level")


@admin.register(LabResult)
class LabResultAdmin(ClinicalAdmin):
    """Laboratory results; a clerk may type them from paper."""

    action = Action.ENTER_LABORATORY
    columns = ("analyte", "result", "laboratory")
    list_filter = ("analyte",)

    @admin.display(ordering="value")
    def result(self, row: LabResult) -> str | None:
        """The number with its unit, or what grew in the culture."""
        if row.value is None:
            return " ".join((row.get_culture_result_display(), row.organism)).strip() or None
        return f"{row.comparator}{plain(row.value)} {row.unit}".strip()


@admin.register(AcuteEpisode)
class AcuteEpisodeAdmin(ClinicalAdmin):
    """Acute MR; acknowledged and closed on its own page."""

    columns = ("cause", "certainty", "place", "accepted_by_name", "closed_at")
    list_filter = ("cause", "certainty", "closure")
    exclude = ("acknowledged_at", "acknowledged_by")

    def sections(self) -> list[Any]:
        """Without the acknowledgment, which is an act of its own."""
        fields = [n for _, part in super().sections() for n in part["fields"]]
        return [(None, {"fields": [name for name in fields if name not in self.exclude]})]


@admin.register(Electrocardiogram)
class ElectrocardiogramAdmin(ClinicalAdmin):
    """ECGs and longer recordings."""

    columns = ("kind", "rhythm", "atrial_fibrillation_seen", "qrs_ms")
    list_filter = ("kind", "rhythm", "atrial_fibrillation_seen")


@admin.register(ResultAcknowledgment)
class ResultAcknowledgmentAdmin(ClinicalAdmin):
    """Who saw which result, to read."""

    columns = ("echo_study", "lab_result", "seen_by")
    list_select_related = ("patient", "echo_study", "lab_result", "seen_by")
    adds = False

    def is_open(self, obj: Any) -> bool:
        """Never."""
        return False


def _register_plain(model: Any, columns: Sequence[str], filters: Sequence[str] = ()) -> None:
    """Register a kind of record that needs nothing of its own."""
    options = {"columns": tuple(columns), "list_filter": tuple(filters)}
    admin.site.register(model, type(f"{model.__name__}Admin", (ClinicalAdmin,), options))


_register_plain(BodySize, ("height_cm", "weight_kg", "bsa_m2", "bsa_formula"))
_register_plain(Allergy, ("substance", "reaction"), ("reaction",))
_register_plain(PregnancyStatus, ("status", "due_on"), ("status",))
_register_plain(GoalsOfCare, ("frailty", "life_expectancy"), ("frailty", "life_expectancy"))
_register_plain(ExerciseTest, ("result", "attributed_to_mr"), ("result",))
_register_plain(CoronaryAssessment, ("method", "needs_revascularization"), ("method",))
_register_plain(CatheterStudy, ("spap_mmhg", "mean_pap_mmhg", "wedge_pressure_mmhg"))
_register_plain(CmrStudy, ("lvef_percent", "regurgitant_volume_ml", "quality"), ("quality",))
_register_plain(HeartFailureAdmission, ("discharged_on", "hospital"), ("attributed_to_mr",))
