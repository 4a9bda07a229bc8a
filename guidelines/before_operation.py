"""Evidence that is too old for an operation (safety C, column "TEER / pre-op sheet").

Before a procedure on the mitral valve the evidence has to be younger than a verdict asks for. What
is older is named with its value, its age and its limit, to be repeated before the procedure. That
is said beside the verdicts: it clears no trigger, expires nothing and changes no edition's answer.
What is not recorded at all is not old; it is missing, and said elsewhere.

Editorial defaults, as the other column: no guideline prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from types import MappingProxyType

from guidelines.days import spoken
from guidelines.facts import FACTS, ClinicalPicture, Fact, Interval, Value, compare
from guidelines.vocabulary import PregnancyStatus

DAYS_90, DAYS_180, DAYS_365, MONTH, WEEK = 90, 180, 365, 30, 7
SAME_DAY = 0
HEIGHT_DAYS = 3650
AT_THE_MEETING = "Patient's preference"
BY_CMR, BY_EXERCISE_TEST = "CMR", "Normal exercise test"


@dataclass(frozen=True, slots=True)
class PreoperativeRow:
    """One row of the table: its name, the days that it allows, and the facts that it speaks of."""

    name: str
    days: int
    facts: tuple[str, ...]


ROWS: tuple[PreoperativeRow, ...] = (
    PreoperativeRow("LVEF, LVESD, LVEDD", DAYS_90, ("lvef_percent", "lvesd_mm", "lvedd_mm")),
    PreoperativeRow(
        "MR grade and its parameters",
        DAYS_90,
        (
            "eroa_mm2",
            "regurgitant_volume_ml",
            "regurgitant_fraction_percent",
            "volumetric_regurgitant_volume_ml",
            "volumetric_regurgitant_fraction_percent",
            "pisa_radius_mm",
            "vena_contracta_mm",
            "vena_contracta_biplane_mm",
            "vena_contracta_area_mm2",
            "pulmonary_vein_systolic_reversal",
            "flail_leaflet",
            "papillary_muscle_rupture",
            "large_perforation",
            "reader_grade",
            "prosthetic_regurgitation_grade",
        ),
    ),
    PreoperativeRow("NYHA I or no symptoms", DAYS_90, ("symptomatic", "nyha_class")),
    PreoperativeRow(BY_EXERCISE_TEST, DAYS_180, ()),
    PreoperativeRow(
        "SPAP, left atrium, TR grade, tricuspid annulus",
        DAYS_90,
        (
            "spap_mmhg",
            "la_volume_index_ml_m2",
            "la_diameter_mm",
            "tr_grade",
            "tricuspid_annulus_mm",
        ),
    ),
    PreoperativeRow("Atrial fibrillation: no", DAYS_90, ("atrial_fibrillation",)),
    PreoperativeRow("AF secondary to MR", DAYS_365, ("af_secondary_to_mr",)),
    PreoperativeRow("Weight", MONTH, ("weight_kg",)),
    PreoperativeRow("Height", HEIGHT_DAYS, ("height_cm",)),
    PreoperativeRow(
        "BNP or NT-proBNP",
        DAYS_90,
        ("bnp_pg_ml", "nt_probnp_pg_ml", "nt_probnp_times_upper_normal"),
    ),
    PreoperativeRow("Blood pressure: normotensive", WEEK, ("normotensive",)),
    PreoperativeRow(
        "ECG: QRS and pacing",
        DAYS_90,
        ("qrs_ms", "qrs_morphology", "rv_pacing_percent", "high_rv_pacing_share"),
    ),
    PreoperativeRow(
        "RV function, aortic valve, valve area and gradient, outflow tract",
        DAYS_90,
        (
            "rv_dysfunction",
            "severe_aortic_or_tricuspid_disease",
            "severe_aortic_stenosis",
            "aortic_regurgitation_more_than_mild",
            "aortic_stenosis_moderate_or_more",
            "mva_cm2",
            "mitral_mean_gradient_mmhg",
            "sam_or_lvot_obstruction",
        ),
    ),
    PreoperativeRow(
        "Coronary anatomy",
        DAYS_365,
        (
            "left_main_stenosis_percent",
            "largest_other_stenosis_percent",
            "coronary_disease_complex",
            "cad_needs_revascularization",
            "coronary_anatomy_known",
        ),
    ),
    PreoperativeRow("Creatinine, hemoglobin", MONTH, ("creatinine_umol_l", "hemoglobin_g_dl")),
    PreoperativeRow("STS value", DAYS_90, ("sts_prom_percent",)),
    PreoperativeRow(
        "Risk class, operability, frailty, life expectancy",
        DAYS_90,
        (
            "surgical_risk",
            "operability",
            "frailty",
            "life_expectancy_under_1_year",
            "major_organs_compromised",
            "procedure_impediment",
            "death_or_major_morbidity_1_year_percent",
        ),
    ),
    PreoperativeRow(
        "Repair likelihood, expected mortality, center",
        DAYS_180,
        (
            "repair_likelihood_percent",
            "durable_repair_likely",
            "expected_mortality_percent",
            "valve_center",
        ),
    ),
    PreoperativeRow("TEER anatomy", DAYS_180, ("teer_anatomy",)),
    PreoperativeRow(
        "Optimized therapy, drug list", MONTH, ("gdmt_optimized", "medication_list_reconciled")
    ),
    PreoperativeRow("INR", SAME_DAY, ("inr",)),
    PreoperativeRow("Pregnancy", WEEK, ("pregnancy_status",)),
    PreoperativeRow(
        "Allergy",
        SAME_DAY,
        (
            "penicillin_allergy",
            "cephalosporin_allergy",
            "macrolide_allergy",
            "tetracycline_allergy",
        ),
    ),
    PreoperativeRow(AT_THE_MEETING, SAME_DAY, ("intervention_declined", "prosthesis_wish")),
    PreoperativeRow(
        BY_CMR, DAYS_180, ("cmr_regurgitant_volume_ml", "cmr_regurgitant_fraction_percent")
    ),
)
_BY_NAME: Mapping[str, PreoperativeRow] = MappingProxyType({row.name: row for row in ROWS})
_ROW_OF: Mapping[str, PreoperativeRow] = MappingProxyType(
    {name: row for row in ROWS for name in row.facts}
)
TO_CONFIRM = ("mechanism", "etiology", "hypertrophic_restrictive_or_infiltrative")
"""What never grows old and is confirmed before every procedure."""


def _is_class_one(value: Value | None) -> bool:
    highest = value.high if isinstance(value, Interval) else value
    return isinstance(highest, Decimal | float) and compare(highest, Decimal(1)) <= 0


# Of these facts the row speaks only while they say this much: what is adverse needs no repeating.
_SPEAKS: Mapping[str, Callable[[Fact], bool]] = MappingProxyType(
    {
        "symptomatic": lambda fact: fact.value is False,
        "nyha_class": lambda fact: _is_class_one(fact.value),
        "atrial_fibrillation": lambda fact: fact.value is False,
        # "Not known" is asked for already.
        "coronary_anatomy_known": lambda fact: fact.value is True,
        "medication_list_reconciled": lambda fact: fact.value is True,
        "pregnancy_status": lambda fact: fact.value is not PregnancyStatus.NOT_POSSIBLE,
    }
)


@dataclass(frozen=True, slots=True)
class OldEvidence:
    """One value that an operation may not rest on, of one row of the table.

    ``counted_on``: the day on which it is too old: today, or the day of the procedure where it
    grows old before that. ``before``: the event or the meeting that makes it too old, whatever its
    age. ``on``: ``None`` for a value whose day is not recorded.
    """

    row: str
    name: str
    value: str
    on: date | None
    limit_days: int
    counted_on: date
    is_old_today: bool
    before: str = ""

    @property
    def label(self) -> str:
        """What it is called."""
        return FACTS[self.name].label

    @property
    def age_days(self) -> int | None:
        """Its age on the day on which it is too old."""
        return None if self.on is None else (self.counted_on - self.on).days

    @property
    def why(self) -> str:
        """Its day, its age and its limit in words."""
        if self.on is None:
            return f"its day is not recorded ({self.limit_words})"
        if self.before:
            return f"{spoken(self.on)}, {self.before}"
        if self.is_old_today:
            return f"{spoken(self.on)}, {_days(self.age_days)} old ({self.limit_words})"
        then = spoken(self.counted_on)
        return (
            f"{spoken(self.on)}, will be {_days(self.age_days)} old on {then} ({self.limit_words})"
        )

    @property
    def limit_words(self) -> str:
        """The limit in words."""
        if self.limit_days == SAME_DAY:
            return "asked for on the day of the procedure"
        return f"at most {self.limit_days}"

    @property
    def text(self) -> str:
        """All of it: "LVEF 62 %: 1 Mar 2026, 120 days old (at most 90)"."""
        return f"{self.said}: {self.why}"

    @property
    def said(self) -> str:
        """What it is called and its value."""
        return f"{self.label} {self.value}"

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "row": f"safety C, before an operation: {self.row}",
            "name": self.name,
            "label": self.label,
            "value": self.value,
            "on": self.on.isoformat() if self.on else None,
            "age_days": self.age_days,
            "limit_days": self.limit_days,
            "counted_on": self.counted_on.isoformat(),
            "is_old_today": self.is_old_today,
            "text": self.text,
        }


def too_old_for_operation(
    picture: ClinicalPicture,
    *,
    on: date,
    operation_on: date | None = None,
    met_on: date | None = None,
) -> tuple[OldEvidence, ...]:
    """What of the recorded evidence has to be repeated before a procedure, in the table's order.

    ``operation_on``: the day for which it is planned; what grows old before it is named as well.
    ``met_on``: the day of the team's meeting, at which the patient's preference is asked anew.
    """
    then = max(on, operation_on) if operation_on else on
    found = []
    for row in ROWS:
        for name, fact in _facts_of(row, picture):
            if row.name == AT_THE_MEETING:
                old = _before_the_meeting(row, name, fact, on, met_on)
            else:
                old = _old(row, name, fact, on, then)
            if old is not None:
                found.append(old)
    return tuple(found)


def to_confirm(picture: ClinicalPicture) -> tuple[str, ...]:
    """What does not grow old and is confirmed before every procedure, where it is recorded."""
    known = [(name, picture.fact(name)) for name in TO_CONFIRM]
    return tuple(
        f"{FACTS[name].label} {FACTS[name].say(fact.value)}"
        for name, fact in known
        if fact is not None and fact.value is not None
        if fact.value is not False and fact.value not in FACTS[name].unknown_terms
    )


@dataclass(frozen=True, slots=True)
class ToRepeat:
    """Values of one row and one day together: the facts, the values in words, and why."""

    names: tuple[str, ...]
    values: str
    why: str


def by_row(found: tuple[OldEvidence, ...]) -> tuple[ToRepeat, ...]:
    """What is too old, as few lines as it takes."""
    return tuple(
        ToRepeat(
            tuple(each.name for each in together),
            ", ".join(each.said for each in together),
            together[0].why,
        )
        for _, group in groupby(found, key=lambda each: (each.row, each.why))
        for together in (list(group),)
    )


def _facts_of(row: PreoperativeRow, picture: ClinicalPicture) -> Iterator[tuple[str, Fact]]:
    """The recorded values that this row speaks of, one from a scan or a test by the row of that."""
    for name, general in _ROW_OF.items():
        fact = picture.fact(name)
        if fact is None or fact.value is None or fact.value in FACTS[name].unknown_terms:
            continue
        if name in _SPEAKS and not _SPEAKS[name](fact):
            continue
        if _row_of_source(fact, general) is row:
            yield name, fact


def _row_of_source(fact: Fact, general: PreoperativeRow) -> PreoperativeRow:
    kind = fact.source.partition(":")[0]
    if kind == "cmr_study":
        return _BY_NAME[BY_CMR]
    return _BY_NAME[BY_EXERCISE_TEST] if kind == "exercise_test" else general


def _old(row: PreoperativeRow, name: str, fact: Fact, on: date, then: date) -> OldEvidence | None:
    value = FACTS[name].say(fact.value)
    if fact.on is None:
        return OldEvidence(row.name, name, value, None, row.days, on, is_old_today=True)
    last = fact.on + timedelta(days=row.days)
    if last < on:
        return OldEvidence(row.name, name, value, fact.on, row.days, on, is_old_today=True)
    if fact.too_old_to_reassure:
        # Fresh, and yet no longer good for a verdict: an event lies between (safety C2).
        before = fact.reason or "no longer counts for a verdict"
        return OldEvidence(row.name, name, value, fact.on, row.days, on, True, before)
    if last < then:
        return OldEvidence(row.name, name, value, fact.on, row.days, then, is_old_today=False)
    return None


def _before_the_meeting(
    row: PreoperativeRow, name: str, fact: Fact, on: date, met_on: date | None
) -> OldEvidence | None:
    if met_on is None or fact.on is None or fact.on >= met_on:
        return None
    before = f"before the team's meeting of {spoken(met_on)}, at which it is asked anew"
    value = FACTS[name].say(fact.value)
    return OldEvidence(row.name, name, value, fact.on, row.days, on, True, before)


def _days(number: int | None) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
