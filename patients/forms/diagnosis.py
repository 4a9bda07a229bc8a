"""The mitral diagnosis, other conditions, and the yearly "none of these", as forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, ClassVar

from django import forms

from guidelines.vocabulary import Etiology, EtiologyGroup, Mechanism, MitralValveState, Segment
from patients.days import day_error, spoken
from patients.forms.records import Doubt, FormChapter, RecordForm, field_for
from patients.models import (
    AbsenceCheck,
    Comorbidity,
    MitralDiagnosis,
    PregnancyStatus,
    YesNoUnknown,
)
from patients.record_sheet import label_of

CAUSE_GROUPS: dict[str, frozenset[EtiologyGroup]] = {
    Mechanism.PRIMARY.value: frozenset({EtiologyGroup.PRIMARY, EtiologyGroup.ACUTE}),
    Mechanism.SECONDARY_VENTRICULAR.value: frozenset(
        {EtiologyGroup.SECONDARY_VENTRICULAR, EtiologyGroup.ACUTE, EtiologyGroup.DYNAMIC}
    ),
    Mechanism.SECONDARY_ATRIAL.value: frozenset({EtiologyGroup.SECONDARY_ATRIAL}),
}
"""Groups of causes that go with a mechanism; another one is asked about."""

NO_PROCEDURE = ("none", MitralValveState.UNKNOWN.value)


class MitralDiagnosisForm(RecordForm):
    """Mechanism, cause, leaflet motion, segments and tempo, as held from one day on."""

    chapters = (
        FormChapter("Mechanism", ("diagnosed_on", "mechanism")),
        FormChapter("Cause and tempo", ("etiology", "tempo", "onset_on")),
        FormChapter("Leaflets", ("carpentier_type", "segments")),
        FormChapter(
            "Previous procedure",
            ("previous_mitral_procedure", "previous_mitral_procedure_on"),
        ),
        FormChapter("Note", ("note",)),
    )
    listed = (
        "mechanism",
        "etiology",
        "tempo",
        "carpentier_type",
        "segments",
        "previous_mitral_procedure",
    )
    wide = frozenset({"carpentier_type", "segments", "note"})
    needs_a_value = True
    in_steps = True
    leading = ("mechanism",)
    segments = forms.MultipleChoiceField(
        label="Segments involved",
        required=False,
        choices=Segment.choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = MitralDiagnosis
        fields = (
            "diagnosed_on",
            "mechanism",
            "etiology",
            "tempo",
            "onset_on",
            "carpentier_type",
            "segments",
            "previous_mitral_procedure",
            "previous_mitral_procedure_on",
            "note",
        )
        labels: ClassVar[dict[str, str]] = {
            "previous_mitral_procedure": "Procedure elsewhere",
            "previous_mitral_procedure_on": "Done on",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "previous_mitral_procedure": "Procedures of this clinic are interventions.",
        }
        formfield_callback = field_for

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._order_causes()

    def refill(self, data: Any) -> None:
        """The causes that fit the mechanism come first."""
        super().refill(data)
        self._order_causes()

    def _order_causes(self) -> None:
        cause = self.fields["etiology"]
        assert isinstance(cause, forms.ChoiceField)  # noqa: S101 - for the type checker
        cause.choices = grouped_causes(str(self["mechanism"].value() or ""))

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """An onset lies before the diagnosis; a procedure that was not done has no date."""
        as_of = cleaned.get("diagnosed_on")
        for name in ("onset_on", "previous_mitral_procedure_on"):
            day = cleaned.get(name)
            if error := day_error(day, self.patient, self.today):
                self.refuse(name, error)
            elif day and as_of and day > as_of:
                self.refuse(name, f"This is after the day of the diagnosis, {spoken(as_of)}.")
        procedure = cleaned.get("previous_mitral_procedure") or NO_PROCEDURE[1]
        if cleaned.get("previous_mitral_procedure_on") and procedure in NO_PROCEDURE:
            self.refuse(
                "previous_mitral_procedure", "Say which procedure it was, or empty its date."
            )

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """A cause that belongs to another mechanism."""
        mechanism, cause = str(cleaned.get("mechanism")), cleaned.get("etiology")
        groups = CAUSE_GROUPS.get(mechanism)
        if groups is None or not cause or cause == Etiology.UNKNOWN.value:
            return
        group = Etiology(cause).group
        if group in {*groups, EtiologyGroup.OTHER}:
            return
        yield Doubt(
            name="etiology",
            code="etiology",
            value=f"{mechanism}/{cause}",
            message=f"{Etiology(cause).label} is listed as {group.label.lower()}, and the "
            f"mechanism is {Mechanism(mechanism).label.lower()}. Where both are present, choose "
            "the mixed mechanism.",
            label="Yes, this cause goes with this mechanism here",
            is_stored=False,
        )


def grouped_causes(mechanism: str = "") -> list[Any]:
    """Causes under the headings of their groups; unknown stands first, then what fits best.

    None is left out: a cause beside the usual ones of its mechanism is asked about when it is
    chosen, not hidden.
    """
    first = [(Etiology.UNKNOWN.value, Etiology.UNKNOWN.label)]
    known = [cause for cause in Etiology if cause is not Etiology.UNKNOWN]
    groups = [
        (group, [(cause.value, cause.label) for cause in causes])
        for group, causes in groupby(known, key=lambda cause: cause.group)
    ]
    fitting = CAUSE_GROUPS.get(mechanism, frozenset())
    groups.sort(key=lambda found: found[0] not in fitting)
    return first + [(group.label, causes) for group, causes in groups]


class ComorbidityForm(RecordForm):
    """One condition: present, absent or unknown, as of one day."""

    chapters = (FormChapter("Condition", ("noted_on", "kind", "present", "since_on", "note")),)
    listed = ("kind", "present", "since_on", "note")

    class Meta:
        model = Comorbidity
        fields = ("noted_on", "kind", "present", "since_on", "note")
        formfield_callback = field_for

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """Only what is present has a beginning, and it lies before the day of the statement."""
        since, as_of = cleaned.get("since_on"), cleaned.get("noted_on")
        if since is None:
            return
        if cleaned.get("present") and cleaned["present"] != YesNoUnknown.YES:
            self.refuse("since_on", "Only a condition that is present has a beginning. Empty this.")
        elif error := day_error(since, self.patient, self.today):
            self.refuse("since_on", error)
        elif as_of and since > as_of:
            self.refuse("since_on", f"This is after the day of the statement, {spoken(as_of)}.")


class AbsenceCheckForm(RecordForm):
    """What was asked and found absent; what is not ticked was not asked."""

    ABSENCES: ClassVar[tuple[str, ...]] = (
        "hypertrophic_cardiomyopathy_absent",
        "mitral_stenosis_absent",
        "endocarditis_absent",
        "aortic_valve_disease_absent",
        "pregnancy_absent",
        "previous_mitral_procedure_absent",
    )
    chapters = (FormChapter("Asked, and absent", ("checked_on", *ABSENCES)),)
    listed = ("absent",)
    wide = frozenset(ABSENCES)

    class Meta:
        model = AbsenceCheck
        fields = (
            "checked_on",
            "hypertrophic_cardiomyopathy_absent",
            "mitral_stenosis_absent",
            "endocarditis_absent",
            "aortic_valve_disease_absent",
            "pregnancy_absent",
            "previous_mitral_procedure_absent",
        )
        formfield_callback = field_for

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """A tick says that it was asked; without one nothing was said."""
        if name == "absent":
            ticked = [label_of(cls, each) for each in cls.ABSENCES if getattr(row, each)]
            return "; ".join(ticked) or None
        if name in cls.ABSENCES:
            return "asked: absent" if getattr(row, name) else None
        return super().words(row, name)

    def contradictions(self, cleaned: Mapping[str, Any]) -> None:
        """A check that found nothing absent says nothing."""
        if not any(cleaned.get(name) for name in self.ABSENCES):
            self.add_error(
                None, "Nothing is ticked. Tick what was asked and found absent, and leave the rest."
            )

    def more_doubts(self, cleaned: Mapping[str, Any]) -> Iterator[Doubt]:
        """The latest statement of the record says that it is present."""
        for name, (kind, label) in _CONDITIONS_BEHIND.items():
            if cleaned.get(name) and _is_present(self, kind):
                yield _present_in_record(name, label)
        latest = _latest(PregnancyStatus.objects.filter(patient=self.patient), "assessed_on")
        is_pregnant = latest and latest.status == PregnancyStatus.Status.PREGNANT
        if cleaned.get("pregnancy_absent") and is_pregnant:
            yield _present_in_record("pregnancy_absent", "pregnancy")


_CONDITIONS_BEHIND = {
    "hypertrophic_cardiomyopathy_absent": (
        Comorbidity.Kind.HYPERTROPHIC_CARDIOMYOPATHY,
        "hypertrophic cardiomyopathy",
    ),
    "endocarditis_absent": (
        Comorbidity.Kind.ACTIVE_ENDOCARDITIS,
        "active or suspected endocarditis",
    ),
}


def _is_present(form: RecordForm, kind: str) -> bool:
    rows = Comorbidity.objects.filter(patient=form.patient, kind=kind)
    latest = _latest(rows, "noted_on")
    return latest is not None and latest.present == YesNoUnknown.YES


def _latest(rows: Any, day: str) -> Any:
    return rows.filter(struck_at__isnull=True).order_by(f"-{day}", "-id").first()


def _present_in_record(name: str, what: str) -> Doubt:
    return Doubt(
        name=name,
        code=name,
        value="absent",
        message=f"The record's latest statement is that {what} is present.",
        label="Yes, it was asked again and is absent now",
        is_stored=False,
    )
