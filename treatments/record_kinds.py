"""The kinds of record of this floor, with what their pages can do beyond those of any kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.permissions import Action
from patients.days import spoken
from patients.forms.typed import plain
from patients.models import Patient
from patients.record_kinds import RecordKind, registry
from patients.study_sheet import upper_first
from treatments.forms.anticoagulation import AnticoagulationPlanForm, ProphylaxisForm
from treatments.forms.complications import ComplicationForm
from treatments.forms.interventions import InterventionForm, planned_for
from treatments.forms.medication import MedicationForm, dose_words
from treatments.forms.team import TeamReviewForm, pending_judgments
from treatments.models import AnticoagulationPlan, Intervention, Medication, TeamReview


def is_former(row: Any) -> bool:
    """Whether a clinic reads what it held when it let the patient go: rows beside it may be newer.

    Such a page says nothing of other rows.
    """
    return getattr(row, "known_at", None) is not None


def linked(kind: RecordKind, named: Iterable[tuple[Any, str]], joint: str = ", ") -> SafeString:
    """Rows of a kind by these names, each leading to its page."""
    links = [(kind.page_url(row), name) for row, name in named]
    return format_html_join(joint, '<a href="{}">{}</a>', links)


class InterventionKind(RecordKind):
    """Interventions: parts of one operation are rows of the same day."""

    def heading(self, row: Any, day: str) -> str:
        """Mitral valve repair of 5 Jan 2026, or what became of it instead."""
        name = upper_first(row.get_kind_display())
        return f"{name} of {day}" if day else f"{name}, {row.get_status_display()}"

    def links(self, row: Any) -> list[tuple[str, str]]:
        """What follows from an intervention, and the other parts of the same operation."""
        performed = row.status == Intervention.Status.PERFORMED
        further = f"{self.add_url(row.patient)}?with={row.public_id}"
        complication = f"{COMPLICATION.add_url(row.patient)}?intervention={row.public_id}"
        return [
            ("Also done in this operation" if performed else "Another part of it", further),
            *([("Add a complication", complication)] if performed else []),
        ]

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """What is planned: once done it is changed to performed, and not entered again."""
        rows = Intervention.objects.filter(
            patient=patient, status=Intervention.Status.PLANNED, struck_at=None
        )
        named = [(row, f"{row.get_kind_display()}{planned_for(row.planned_on)}") for row in rows]
        said = "Planned: {}. Once it is done, open it and change it to performed."
        return [format_html(said, linked(self, named, "; "))] if named else []

    def remarks(self, row: Any) -> list[str]:
        """Parts of the same operation, and complications."""
        return [] if is_former(row) else [*self._same_operation(row), *_complications(row)]

    def _same_operation(self, row: Intervention) -> Iterator[str]:
        if row.performed_on is None:
            return
        parts = Intervention.objects.filter(
            patient=row.patient_id, performed_on=row.performed_on, struck_at=None
        )
        named = [(each, each.get_kind_display()) for each in parts if each.pk != row.pk]
        if named:
            day = spoken(row.performed_on)
            yield format_html("Also done on {}: {}.", day, linked(self, named))


def _complications(row: Intervention) -> Iterator[str]:
    found = [each for each in row.complications.all() if each.struck_at is None]
    if found:
        named = [(each, f"{each.get_kind_display()}, {spoken(each.occurred_on)}") for each in found]
        yield format_html("Complications recorded: {}.", linked(COMPLICATION, named, "; "))


class ComplicationKind(RecordKind):
    """Complications, each of one intervention."""

    def heading(self, row: Any, day: str) -> str:
        """Stroke of 8 Jan 2026."""
        return f"{upper_first(row.get_kind_display())} of {day}"

    def remarks(self, row: Any) -> list[str]:
        """Whether its intervention was struck, which leaves the complication without one."""
        if is_former(row) or row.struck_at is not None or row.intervention.struck_at is None:
            return []
        return [
            "Its intervention was marked as entered in error. Change the complication to the "
            "right intervention, or mark it as entered in error as well."
        ]


class MedicationKind(RecordKind):
    """Medication courses: two quick acts end a course that is still running."""

    def heading(self, row: Any, day: str) -> str:
        """Bisoprolol, 5 mg, once a day."""
        name = row.name_as_written if row.drug == "other" else row.get_drug_display()
        dose = dose_words(row)
        return ", ".join(part for part in (upper_first(name or "other drug"), dose) if part)

    def links(self, row: Any) -> list[tuple[str, str]]:
        """A new dose, or the end of the drug."""
        if row.stopped_on is not None:
            return []
        return [
            (label, reverse(f"treatments:{name}", args=[row.public_id]))
            for label, name in (
                ("Change dose", "medication-change-dose"),
                ("Stop this drug", "medication-stop"),
            )
        ]

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """The drugs that run already, so that none is entered twice."""
        rows = Medication.objects.filter(patient=patient, struck_at=None, stopped_on=None)
        named = [(row, self.heading(row, "")) for row in rows]
        return [format_html("Recorded as taken: {}.", linked(self, named, "; "))] if named else []

    def remarks(self, row: Any) -> list[str]:
        """The course that took over, where the dose was changed."""
        if row.stopped_on is None or row.struck_at is not None or is_former(row):
            return []
        followers = Medication.objects.filter(
            patient=row.patient_id, drug=row.drug, started_on=row.stopped_on, struck_at=None
        )
        named = [
            (each, dose_words(each) or "another dose") for each in followers if each.pk != row.pk
        ]
        day = spoken(row.stopped_on)
        said = format_html("Continued from {} as {}.", day, linked(self, named, "; "))
        return [said] if named else []


class PlanKind(RecordKind):
    """Anticoagulation plans: the newest replaces the others."""

    def heading(self, row: Any, day: str) -> str:
        """Anticoagulation plan from 3 Jan 2025."""
        return f"{self.title} from {day}"

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """The plan that a new one replaces."""
        newest = AnticoagulationPlan.objects.filter(patient=patient, struck_at=None).first()
        if newest is None:
            return []
        end = f" until {spoken(newest.until_on)}" if newest.until_on else ""
        said = "Newest plan: from {}{}. A later one replaces it from its first day."
        return [format_html(said, self._named(newest), end)]

    def look_through(self, rows: list[Any]) -> None:
        """From which day on each plan was replaced."""
        newer = None
        for row in rows:
            row.replaced_on = newer if row.struck_at is None else None
            newer = row.from_on if row.struck_at is None else newer

    def remarks(self, row: Any) -> list[str]:
        """Which plan replaced this one, or which one it replaced."""
        if is_former(row):
            return []
        rows = list(AnticoagulationPlan.objects.filter(patient=row.patient_id, struck_at=None))
        place = next((i for i, each in enumerate(rows) if each.pk == row.pk), None)
        if place is None:
            return []
        newer, older = rows[max(place - 1, 0) : place], rows[place + 1 : place + 2]
        return [
            *(format_html("Replaced by the plan from {}.", self._named(each)) for each in newer),
            *(format_html("It replaced the plan from {}.", self._named(each)) for each in older),
        ]

    def _named(self, plan: AnticoagulationPlan) -> SafeString:
        """3 Jan 2025 (vitamin K antagonist, INR 2 to 3), leading to the plan."""
        limits = ""
        if plan.inr_low is not None and plan.inr_high is not None:
            limits = f", INR {plain(plan.inr_low)} to {plain(plan.inr_high)}"
        name = f"{spoken(plan.from_on)} ({plan.get_agent_display()}{limits})"
        return linked(self, [(plan, name)])


class TeamReviewKind(RecordKind):
    """Reviews by the heart team."""

    def remarks_before_entry(self, patient: Patient) -> list[str]:
        """The review before, whose judgments hold until they are judged anew."""
        last = TeamReview.objects.filter(patient=patient, struck_at=None).first()
        if last is None:
            return []
        name = f"{spoken(last.reviewed_on)}, {last.get_decision_display()}"
        said = "Last review: {}. A judgment left pending here leaves the one before as it is."
        return [format_html(said, linked(self, [(last, name)]))]

    def remarks(self, row: Any) -> list[str]:
        """Which judgments are pending, and that this stops no clock."""
        pending = pending_judgments(row)
        if not pending:
            return []
        return [
            f"Pending: {', '.join(pending)}. A pending judgment is no missing measurement: where a "
            "rule asks for intervention, the verdict waits for the team and the time is counted."
        ]


COMPLICATION = ComplicationKind(
    slug="complication",
    form=ComplicationForm,
    action=Action.ENTER_CLINICAL,
    title="Complication",
    plural="Complications",
    lead="A complication or later event, with the intervention after which it came.",
    preset=("intervention",),
)

KINDS = registry(
    InterventionKind(
        slug="intervention",
        form=InterventionForm,
        action=Action.ENTER_CLINICAL,
        title="Intervention",
        plural="Interventions",
        lead="Planned, performed, declined or cancelled. Several parts of one operation are "
        "entered one after the other, on the same day.",
    ),
    COMPLICATION,
    MedicationKind(
        slug="medication",
        form=MedicationForm,
        action=Action.ENTER_CLINICAL,
        title="Medication",
        plural="Medication",
        lead="One drug from its start to its stop. A new dose is a new course: open the drug and "
        "choose “Change dose”.",
    ),
    PlanKind(
        slug="anticoagulation-plan",
        form=AnticoagulationPlanForm,
        action=Action.ENTER_CLINICAL,
        title="Anticoagulation plan",
        plural="Anticoagulation plans",
        lead="What is meant from one day on. The newest plan replaces the ones before.",
    ),
    RecordKind(
        slug="endocarditis-prophylaxis",
        form=ProphylaxisForm,
        action=Action.ENTER_CLINICAL,
        title="Endocarditis prophylaxis advice",
        plural="Endocarditis prophylaxis advice",
        lead="What the patient was told, and whether a card was given.",
    ),
    TeamReviewKind(
        slug="team-review",
        form=TeamReviewForm,
        action=Action.DECIDE,
        title="Heart team review",
        plural="Heart team reviews",
        lead="The team's judgments are entered, never computed. What the team has not judged stays "
        "pending: leave it so.",
    ),
)
