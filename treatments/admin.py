"""Treatments in the administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.permissions import Action
from patients import actions
from patients.clinical_admin import (
    REASON_OF_ENTRY,
    ClinicalAdmin,
    rows_seen_by,
    sections_from,
    user_of,
)
from patients.forms.staff import ChangeForm, StaffForm
from treatments.formulary import FORMULARY
from treatments.models import (
    AnticoagulationPlan,
    Complication,
    EndocarditisProphylaxisAdvice,
    Intervention,
    Medication,
    TeamReview,
)


class ComplicationInline(admin.TabularInline):  # type: ignore[type-arg]
    """Complications of an intervention: known ones to read, new ones to enter."""

    model = Complication
    fields = ("occurred_on", "kind", "resolved", "comment")
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of the patients whom one's clinics follow today."""
        return rows_seen_by(user_of(request), super().get_queryset(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the intervention."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the intervention may be changed."""
        if obj is None:
            return False
        parent = admin.site.get_model_admin(Intervention)
        allowed: bool = parent.has_change_permission(request, obj)
        return allowed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On the complication's own page, where a reason is asked."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(Intervention)
class InterventionAdmin(ClinicalAdmin):
    """Interventions, planned and performed."""

    columns = ("kind", "status", "planned_on", "urgency", "operator")
    list_filter = ("status", "kind", "urgency")
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

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Enter each new complication through the action."""
        for complication in formset.save(commit=False):
            complication.patient = form.instance.patient
            actions.record(complication, by=form.user, clinic=form.clinic, reason=REASON_OF_ENTRY)


@admin.register(Complication)
class ComplicationAdmin(ClinicalAdmin):
    """Complications; entered with their intervention."""

    columns = ("kind", "intervention", "resolved")
    list_filter = ("kind", "resolved")
    list_select_related = ("patient", "intervention")
    adds = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A complication stays with its intervention."""
        return [*super().get_readonly_fields(request, obj), "intervention"]


@admin.register(Medication)
class MedicationAdmin(ClinicalAdmin):
    """Medication courses."""

    columns = ("drug", "dose_mg", "times_a_day", "started_on", "stopped_on")
    list_filter = ("drug_class", "indication", "stop_reason")

    def enter(self, request: HttpRequest, obj: Medication, form: StaffForm) -> None:
        """Enter a course; its class follows from the drug."""
        obj.drug_class = FORMULARY[obj.drug].drug_class.value
        super().enter(request, obj, form)

    def amend(self, request: HttpRequest, obj: Medication, form: ChangeForm) -> None:
        """Store a changed course; its class follows from the drug."""
        obj.drug_class = FORMULARY[obj.drug].drug_class.value
        super().amend(request, obj, form)


@admin.register(AnticoagulationPlan)
class AnticoagulationPlanAdmin(ClinicalAdmin):
    """Anticoagulation plans."""

    columns = ("agent", "inr_target", "inr_low", "inr_high", "until_on")
    list_filter = ("agent", "self_testing")


@admin.register(EndocarditisProphylaxisAdvice)
class EndocarditisProphylaxisAdviceAdmin(ClinicalAdmin):
    """What patients were told about prophylaxis of endocarditis."""

    columns = ("advice", "card_given")
    list_filter = ("advice",)


@admin.register(TeamReview)
class TeamReviewAdmin(ClinicalAdmin):
    """Reviews by the heart team."""

    action = Action.DECIDE
    columns = ("operability", "surgical_risk_class", "decision")
    list_filter = ("decision", "operability", "surgical_risk_class")
