"""Treatments in the administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.permissions import Action
from patients.admin import PatientAdmin
from patients.clinical_admin import ClinicalAdmin
from patients.staff.columns import sections_from
from patients.staff.inlines import NewRowsInline
from treatments.formulary import FORMULARY
from treatments.models import (
    AnticoagulationPlan,
    Complication,
    EndocarditisProphylaxisAdvice,
    Intervention,
    Medication,
    TeamReview,
)
from treatments.record_kinds import KINDS


class TreatmentAdmin(ClinicalAdmin):
    """A kind of record of this floor, with its pages in the product."""

    kinds = KINDS


class ComplicationInline(NewRowsInline):
    """Complications of an intervention: known ones to read, new ones to enter."""

    model = Complication
    fk_name = "intervention"
    of_parent = "intervention"
    fields = ("occurred_on", "kind", "resolved", "comment")

    @property
    def add_address(self) -> str:
        """A complication is entered with its intervention."""
        return ""


class MedicationInline(NewRowsInline):
    """Medication below the patient."""

    model = Medication
    fields = ("drug", "dose_mg", "times_a_day", "indication", "noted_on", "started_on")
    classes = ("collapse",)


class InterventionInline(NewRowsInline):
    """Interventions below the patient, to read; entered on a page of their own."""

    model = Intervention
    fields = ("performed_on",)
    classes = ("collapse",)
    adds = False


PatientAdmin.inlines = (*PatientAdmin.inlines, MedicationInline, InterventionInline)


@admin.register(Intervention)
class InterventionAdmin(TreatmentAdmin):
    """Interventions, planned and performed."""

    columns = ("kind", "status", "planned_on", "urgency", "operator")
    filters = ("status", "kind", "urgency")
    inlines = (ComplicationInline,)

    def sections(self) -> list[Any]:
        """Act, details, result, baseline."""
        return sections_from(
            Intervention,
            (
                ("Intervention", "patient"),
                ("Repair, device or prosthesis", "repair_technique"),
                ("Result", "residual_regurgitation_low"),
                ("Baseline Doppler", "baseline_measured_on"),
            ),
        )


@admin.register(Complication)
class ComplicationAdmin(TreatmentAdmin):
    """Complications; entered with their intervention."""

    columns = ("kind", "intervention", "resolved")
    filters = ("kind", "resolved")
    list_select_related = ("patient", "intervention")
    adds = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A complication stays with its intervention."""
        return [*super().get_readonly_fields(request, obj), "intervention"]


@admin.register(Medication)
class MedicationAdmin(TreatmentAdmin):
    """Medication courses."""

    columns = ("drug", "dose_mg", "times_a_day", "started_on", "stopped_on")
    filters = ("drug_class", "indication", "stop_reason")

    def enter(self, request: HttpRequest, obj: Medication, form: Any) -> None:
        """Enter a course; its class follows from the drug."""
        obj.drug_class = FORMULARY[obj.drug].drug_class.value
        super().enter(request, obj, form)

    def amend(self, request: HttpRequest, obj: Medication, form: Any) -> None:
        """Store a changed course; its class follows from the drug."""
        obj.drug_class = FORMULARY[obj.drug].drug_class.value
        super().amend(request, obj, form)


@admin.register(AnticoagulationPlan)
class AnticoagulationPlanAdmin(TreatmentAdmin):
    """Anticoagulation plans."""

    columns = ("agent", "inr_target", "inr_low", "inr_high", "until_on")
    filters = ("agent", "self_testing")


@admin.register(EndocarditisProphylaxisAdvice)
class EndocarditisProphylaxisAdviceAdmin(TreatmentAdmin):
    """What patients were told about prophylaxis of endocarditis."""

    columns = ("advice", "card_given")
    filters = ("advice",)


@admin.register(TeamReview)
class TeamReviewAdmin(TreatmentAdmin):
    """Reviews by the heart team."""

    action = Action.DECIDE
    columns = ("operability", "surgical_risk_class", "decision")
    filters = ("decision", "operability", "surgical_risk_class")
