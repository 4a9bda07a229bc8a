"""Interventions as a form: what was planned, performed, declined or cancelled, and its result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, TypeAlias

from django import forms

from patients.days import day_error, spoken
from patients.forms.records import Doubt, FormChapter, RecordForm
from patients.forms.typed import GRADE_NAMES, GradeField, grade_text
from patients.study_sheet import upper_first
from treatments.forms.boxes import CountField, box_for, error
from treatments.models import Intervention

Kind: TypeAlias = Intervention.Kind
Status: TypeAlias = Intervention.Status

WITH_PROSTHESIS = {
    Kind.MITRAL_MECHANICAL,
    Kind.MITRAL_BIOLOGICAL,
    Kind.TRANSCATHETER_MITRAL,
    Kind.AORTIC_REPLACEMENT,
    Kind.TAVI,
    Kind.AORTIC_SURGERY,
    Kind.TRICUSPID_SURGERY,
    Kind.OTHER,
}
"""Interventions that may leave a valve prosthesis in place."""

WITH_REPAIR = {
    Kind.MITRAL_REPAIR,
    Kind.TEER,
    Kind.MITRAL_COMMISSUROTOMY,
    Kind.AORTIC_SURGERY,
    Kind.TRICUSPID_SURGERY,
    Kind.OTHER,
}
"""Interventions to which a technique of repair or a ring belongs."""

WITH_DEVICE = {
    Kind.TEER,
    Kind.TRANSCATHETER_MITRAL,
    Kind.PARAVALVULAR_CLOSURE,
    Kind.TAVI,
    Kind.APPENDAGE_CLOSURE,
    Kind.PCI,
    Kind.CRT,
    Kind.ICD,
    Kind.PACEMAKER,
    Kind.LVAD,
    Kind.OTHER,
}
"""Interventions of which one asks whether a device was implanted, and how many."""

ON_THE_MITRAL_VALVE = {
    Kind.MITRAL_REPAIR,
    Kind.MITRAL_MECHANICAL,
    Kind.MITRAL_BIOLOGICAL,
    Kind.TEER,
    Kind.TRANSCATHETER_MITRAL,
    Kind.MITRAL_COMMISSUROTOMY,
    Kind.PARAVALVULAR_CLOSURE,
}
"""Interventions after which the regurgitation that is left is asked for."""

WITH_BASELINE = WITH_PROSTHESIS | WITH_REPAIR | {Kind.PARAVALVULAR_CLOSURE}
"""Interventions on a valve: their first Doppler is what later ones are compared with."""

INSTEAD_OF_PROSTHESIS = {
    Kind.MITRAL_REPAIR: " (the ring has a box of its own)",
    Kind.TEER: " (name the device under “Repair technique”)",
}

PROSTHESIS = ("prosthesis_model", "prosthesis_size_mm")
REPAIR = ("repair_technique", "annuloplasty_ring")
DEVICE = ("device_implanted", "devices_count")
BASELINE = (
    "baseline_mean_gradient_mmhg",
    "baseline_peak_velocity_m_s",
    "baseline_doppler_velocity_index",
    "baseline_effective_orifice_area_cm2",
    "baseline_paravalvular_leak",
)
RESULT = ("residual_regurgitation", "converted", "discharged_on")
RESULTS = (*DEVICE, *RESULT, "baseline_measured_on", *BASELINE)
"""What can be known of a performed intervention only."""

SAME_OPERATION = (
    "status",
    "planned_on",
    "performed_on",
    "urgency",
    "approach",
    "operator",
    "center",
)
"""What a further part of one operation has in common with the first."""

_RESIDUAL = ("residual_regurgitation_low", "residual_regurgitation_high")
_NO_DAY = {
    Status.PLANNED: {
        "performed_on": "It is entered as planned. Choose performed above, or empty this box.",
        "decided_on": "It is entered as planned. Choose declined or cancelled, or empty this box.",
    },
    Status.PERFORMED: {
        "decided_on": "It is entered as performed, so it was neither declined nor cancelled. "
        "Choose the other answer above, or empty this box."
    },
    Status.DECLINED: {
        "performed_on": "It is entered as declined. Choose performed above, or empty this box."
    },
    Status.CANCELLED: {
        "performed_on": "It is entered as cancelled. Choose performed above, or empty this box."
    },
}


_DAY_OF = {
    "planned_on": {Status.PLANNED},
    "performed_on": {Status.PERFORMED},
    "decided_on": {Status.DECLINED, Status.CANCELLED},
    "not_done_because": {Status.DECLINED, Status.CANCELLED},
    "why": {Status.DECLINED, Status.CANCELLED},
}
_KINDS_OF = (
    (PROSTHESIS, WITH_PROSTHESIS),
    (REPAIR, WITH_REPAIR),
    (DEVICE, WITH_DEVICE),
    (("residual_regurgitation",), ON_THE_MITRAL_VALVE),
    (("baseline_measured_on", *BASELINE), WITH_BASELINE),
)


class InterventionForm(RecordForm):
    """One procedure on the heart; several parts of one operation are entered one by one."""

    status = forms.ChoiceField(label="Status", choices=Status.choices, widget=forms.RadioSelect)
    why = forms.CharField(
        label="Why declined or cancelled",
        max_length=300,
        required=False,
        help_text="Needed when it is declined or cancelled.",
    )
    residual_regurgitation = GradeField(
        label="Residual MR",
        help_text="None to severe, 1+ to 4+, or a range such as mild - moderate.",
    )
    devices_count = CountField(label="Number of devices", low=0, high=10)

    class Meta:
        model = Intervention
        fields = (
            "kind",
            "status",
            "planned_on",
            "performed_on",
            "decided_on",
            "not_done_because",
            "urgency",
            "approach",
            "operator",
            "center",
            "redo",
            *REPAIR,
            "device_implanted",
            "devices_count",
            *PROSTHESIS,
            "converted",
            "discharged_on",
            "baseline_measured_on",
            *BASELINE,
            "comment",
        )
        help_texts: ClassVar = {
            "planned_on": "May lie ahead. Empty while no day is set.",
            "performed_on": "Needed when it is performed.",
            "decided_on": "Needed when it is declined or cancelled.",
            "not_done_because": "Needed when it is declined or cancelled.",
        }
        formfield_callback = box_for

    chapters = (
        FormChapter(
            "Intervention",
            (
                "kind",
                "status",
                "planned_on",
                "performed_on",
                "decided_on",
                "not_done_because",
                "why",
            ),
        ),
        FormChapter("How and where", ("urgency", "approach", "redo", "operator", "center")),
        FormChapter("Repair", REPAIR, folded=True),
        FormChapter("Device", DEVICE, folded=True),
        FormChapter("Prosthesis", PROSTHESIS, folded=True),
        FormChapter("Result", RESULT, folded=True),
        FormChapter("Baseline Doppler", ("baseline_measured_on", *BASELINE), folded=True),
        FormChapter("Comment", ("comment",)),
    )
    listed = ("kind", "what_became_of_it", "urgency", "approach", "residual_regurgitation")
    wide = frozenset({"kind", "status", "why", "comment", *REPAIR})
    combined: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "why": ("reason",),
        "residual_regurgitation": _RESIDUAL,
    }
    compares = False
    leading = ("kind", "status")
    grade_names: ClassVar[tuple[str, ...]] = GRADE_NAMES

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["residual_regurgitation"].widget.attrs["list"] = "reader-grades"

    def initial_of(self, instance: Intervention) -> dict[str, Any]:
        """Residual MR as one box; whether a new one is planned or done is asked, not assumed."""
        ends = tuple(getattr(instance, name) for name in _RESIDUAL)
        initial = super().initial_of(instance) | {
            "why": instance.reason,
            "residual_regurgitation": None if ends == (None, None) else ends,
        }
        return initial if instance.pk else initial | {"status": ""}

    @classmethod
    def words(cls, row: Any, name: str) -> str | None:
        """Residual MR as one value."""
        if name == "residual_regurgitation":
            return grade_text(tuple(getattr(row, end) for end in _RESIDUAL)) or None
        if name == "what_became_of_it":
            return became_of(row)
        return super().words(row, "reason" if name == "why" else name)

    @classmethod
    def applies(cls, row: Any, name: str) -> bool:
        """What the status and the kind leave open; a planned operation misses no result."""
        if name in _DAY_OF:
            return row.status in _DAY_OF[name]
        if name in RESULTS and row.status != Status.PERFORMED:
            return False
        kinds = next((kinds for names, kinds in _KINDS_OF if name in names), None)
        return super().applies(row, name) if kinds is None else row.kind in kinds

    def asks(self, name: str) -> bool:
        """What the kind and the status leave open; while they are not chosen, what all share."""
        kind, status = self["kind"].value(), self["status"].value()
        if name in _DAY_OF:
            return status in _DAY_OF[name]
        if name in RESULTS and status != Status.PERFORMED:
            return False
        kinds = next((kinds for names, kinds in _KINDS_OF if name in names), None)
        return kinds is None or kind in kinds

    def belongs_to_answers(self, name: str) -> bool:
        """Repair, device, prosthesis and result of what was chosen; the Doppler stays folded."""
        return name in {*REPAIR, *DEVICE, *PROSTHESIS, *RESULT}

    def clean(self) -> dict[str, Any]:
        """Days follow the status, results belong to what was performed, parts to their kind."""
        cleaned = super().clean()
        low, high = cleaned.get("residual_regurgitation") or (None, None)
        self.instance.residual_regurgitation_low = low
        self.instance.residual_regurgitation_high = high
        self.instance.reason = cleaned.get("why") or ""
        if status := cleaned.get("status"):
            self._need(Status(status), cleaned)
            self._refuse_other_days(Status(status), cleaned)
            self._refuse_results(Status(status), cleaned)
        self._check_days(cleaned)
        self._check_parts(cleaned)
        self._check_devices(cleaned)
        self._check_complications(cleaned)
        return cleaned

    def _need(self, status: Status, cleaned: Mapping[str, Any]) -> None:
        if status == Status.PERFORMED:
            self._require("performed_on", cleaned, "On which day was it performed?")
        if status in {Status.DECLINED, Status.CANCELLED}:
            self._require("decided_on", cleaned, f"On which day was it {status.label}?")
            if cleaned.get("not_done_because") in {None, "", Intervention.NotDone.NOT_STATED}:
                question = f"Choose why it was {status.label}; “other” where nothing fits."
                self.add_error("not_done_because", error(question, "needed"))
            self._require("why", cleaned, f"Why was it {status.label}? Say it in words.")

    def _require(self, name: str, cleaned: Mapping[str, Any], question: str) -> None:
        if not cleaned.get(name) and name not in self.errors:
            self.add_error(name, error(question, "needed"))

    def _refuse_other_days(self, status: Status, cleaned: Mapping[str, Any]) -> None:
        for name, message in _NO_DAY[status].items():
            if cleaned.get(name):
                self.add_error(name, error(message))

    def _refuse_results(self, status: Status, cleaned: Mapping[str, Any]) -> None:
        if status == Status.PERFORMED:
            return
        for name in RESULTS:
            if _is_said(cleaned.get(name)):
                message = (
                    f"This is known after it was performed, and it is entered as {status.label}."
                )
                self.add_error(name, error(message))

    def _check_days(self, cleaned: Mapping[str, Any]) -> None:
        for name in ("decided_on", "discharged_on", "baseline_measured_on"):
            if message := day_error(cleaned.get(name), self.patient, self.today):
                self.add_error(name, error(message, "impossible_day"))
        planned, born = cleaned.get("planned_on"), self.patient.born_on
        if planned and born and planned < born:
            words = f"This date is before the patient's birth on {spoken(born)}."
            self.add_error("planned_on", error(words, "impossible_day"))
        self._check_after_it(cleaned)

    def _check_after_it(self, cleaned: Mapping[str, Any]) -> None:
        done = cleaned.get("performed_on")
        for name in ("discharged_on", "baseline_measured_on"):
            day = cleaned.get(name)
            if done and day and day < done:
                words = f"This is before the intervention on {spoken(done)}."
                self.add_error(name, error(words, "before"))
        if any(_is_said(cleaned.get(name)) for name in BASELINE):
            question = "On which day was the baseline Doppler measured? Its values need their day."
            self._require("baseline_measured_on", cleaned, question)

    def _check_parts(self, cleaned: Mapping[str, Any]) -> None:
        if not cleaned.get("kind"):
            return
        kind = Kind(cleaned["kind"])
        name, instead = upper_first(kind.label), INSTEAD_OF_PROSTHESIS.get(kind, "")
        if kind not in WITH_PROSTHESIS:
            words = (
                f"{name} leaves no valve prosthesis in place: empty this box{instead}, or choose "
                "the replacement above."
            )
            self._refuse_parts(PROSTHESIS, cleaned, words)
        if kind not in WITH_REPAIR:
            words = (
                f"{name} is no repair of a valve: empty this box, or choose the repair above. A "
                "repair of the same day is entered as a part of its own."
            )
            self._refuse_parts(REPAIR, cleaned, words)

    def _refuse_parts(self, names: tuple[str, ...], cleaned: Mapping[str, Any], words: str) -> None:
        for name in names:
            if _is_said(cleaned.get(name)):
                self.add_error(name, error(words))

    def _check_devices(self, cleaned: Mapping[str, Any]) -> None:
        implanted, count = cleaned.get("device_implanted"), cleaned.get("devices_count")
        if implanted is False and count:
            self.add_error("devices_count", error("No device was implanted, and here are some."))
        if implanted is True and count == 0:
            self.add_error("devices_count", error("A device was implanted, and here is none."))

    def _check_complications(self, cleaned: Mapping[str, Any]) -> None:
        """A complication comes after what was performed, also when that is corrected later."""
        if not self.instance.pk or not {"status", "performed_on"} & set(self.changed_data):
            return
        first = self.instance.complications.filter(struck_at=None).order_by("occurred_on", "id")
        if (complication := first.first()) is None:
            return
        name = f"{complication.get_kind_display()}, {spoken(complication.occurred_on)}"
        done = cleaned.get("performed_on")
        if cleaned.get("status") not in (None, Status.PERFORMED):
            words = f"A complication is recorded after it ({name}): mark that as an error first."
            self.add_error("status", error(words))
        elif done and done > complication.occurred_on:
            words = f"A complication before this day is recorded ({name}): correct that first."
            self.add_error("performed_on", error(words))

    def _collect_doubts(self, cleaned: Mapping[str, Any]) -> None:
        super()._collect_doubts(cleaned)
        changed = [name for name in ("performed_on", "status", "kind") if name in self.changed_data]
        if cleaned.get("kind") and changed:
            for other in self._others_of(cleaned["kind"]):
                self._doubt_other(changed[0], other, cleaned)

    def _others_of(self, kind: str) -> list[Intervention]:
        rows = Intervention.objects.filter(patient=self.patient, kind=kind, struck_at=None)
        return list(rows.exclude(pk=self.instance.pk))

    def _doubt_other(self, box: str, other: Intervention, cleaned: Mapping[str, Any]) -> None:
        """Ask before one intervention is recorded twice, or a plan is left open that was done."""
        status, done = cleaned.get("status"), cleaned.get("performed_on")
        name = upper_first(other.get_kind_display())
        if status == Status.PERFORMED and done and other.performed_on == done:
            message = f"{name} of {spoken(done)} is recorded already."
            label = "Yes, it was done twice on that day"
        elif other.status == Status.PLANNED and status == Status.PERFORMED:
            message = (
                f"{name} is still planned{planned_for(other.planned_on)} in the record. If this "
                "is the one, open the planned one and change it to performed."
            )
            label = "No, the planned one stays planned besides this one"
        elif other.status == Status.PLANNED and status == Status.PLANNED:
            message = f"{name} is planned already{planned_for(other.planned_on)}."
            label = "Yes, a second one is planned"
        else:
            return
        self._add_doubt(Doubt(box, "same_kind", str(other.public_id), message, label))


def became_of(row: Any) -> str:
    """What became of an intervention, in a list that has its day of performance already."""
    words = str(row.get_status_display())
    if row.status == Status.PLANNED:
        return words + planned_for(row.planned_on)
    if row.status == Status.PERFORMED:
        return words
    day = f" on {spoken(row.decided_on)}" if row.decided_on else ""
    is_told = row.not_done_because != Intervention.NotDone.NOT_STATED
    kind = f", {row.get_not_done_because_display()}" if is_told else ""
    return words + day + kind + (f": {row.reason}" if row.reason else "")


def values_shared_with(part: Intervention) -> dict[str, Any]:
    """What a further part of the same operation begins with."""
    return {name: getattr(part, name) for name in SAME_OPERATION}


def planned_for(day: date | None) -> str:
    """For which day something is planned, in words that follow its name."""
    return f" for {spoken(day)}" if day else ""


def _is_said(value: Any) -> bool:
    return value not in (None, "")
