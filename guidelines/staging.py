"""Stages of chronic regurgitation by ACC/AHA 2020: Table 17 (primary) and Table 18 (secondary).

Rows AHA-PS-A to D and AHA-SS-A to D. Severity is that of ACC/AHA's own definition. A stage is
decided, or a set of stages stays possible, with what would decide it. The boundary is Table 17's:
an LVEF of exactly 60 % and an LVESD of exactly 40 mm are C2.

No stage is given where the scope gates are closed (child, prosthesis, repaired valve, acute
regurgitation, stenosis, obstruction, endocarditis). Pregnancy switches off timing, not the stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from guidelines.catalogue.severity import JetDirection
from guidelines.criteria import Criterion, Readings, any_of, at_least, at_most
from guidelines.facts import FACTS, ClinicalPicture, Interval
from guidelines.gates import GateReport
from guidelines.severity import Severity
from guidelines.vocabulary import Etiology, GradeResult, JetTiming, Mechanism, Stage, Term

LVEF_LIMIT = Decimal(60)  # %, at or below it C2, AHA-PS-C2
LVESD_LIMIT = Decimal(40)  # mm, at or above it C2, AHA-PS-C2
SMALL_JET = Decimal(20)  # % of the left atrium, below it A, AHA-PS-A, AHA-SS-A
NARROW_VENA_CONTRACTA = Decimal(3)  # mm, below it A, AHA-PS-A, AHA-SS-A
GATES_THAT_LEAVE_A_STAGE = ("SAFE-09",)  # pregnancy: no elective timing, the valve is the same

DECOMPENSATED: Criterion = any_of(
    at_most("lvef_percent", LVEF_LIMIT), at_least("lvesd_mm", LVESD_LIMIT)
)
A, B, C, C1, C2, D = Stage.A, Stage.B, Stage.C, Stage.C1, Stage.C2, Stage.D
UNEXPLAINED = "Symptoms not explained by this grade: exercise echo, TEE or CMR, or another cause."


class StageTable(Term):
    """Which of the two tables a stage is from."""

    PRIMARY = "primary", "ACC/AHA 2020, Table 17 (primary)"
    SECONDARY = "secondary", "ACC/AHA 2020, Table 18 (secondary)"


@dataclass(frozen=True, slots=True)
class Staging:
    """The stages that are possible, and the stage where only one is.

    ``stages`` is empty where no stage is given; ``text`` then says why. ``missing`` are the facts
    that would decide it. ``parts``: in a mixed leak the stage of each part, if it dominates.
    ``may_not_apply``: a scope gate is unknown, so no stage is decided.
    """

    stages: tuple[Stage, ...]
    text: str
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    table: StageTable | None = None
    rows: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[Staging, ...] = ()
    may_not_apply: bool = False

    @property
    def stage(self) -> Stage | None:
        """The stage, where it is decided and known to apply."""
        is_decided = len(self.stages) == 1 and not self.may_not_apply
        return self.stages[0] if is_decided else None

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "stage": self.stage.value if self.stage else None,
            "stage_label": self.stage.label if self.stage else "",
            "stages": [stage.value for stage in self.stages],
            "text": self.text,
            "reasons": list(self.reasons),
            "missing": list(self.missing),
            "missing_labels": [FACTS[name].label for name in self.missing],
            "table": self.table.value if self.table else None,
            "table_label": self.table.label if self.table else "",
            "rows": list(self.rows),
            "notes": list(self.notes),
            "may_not_apply": self.may_not_apply,
            "parts": [part.as_dict() for part in self.parts],
        }


def stage_of(
    picture: ClinicalPicture,
    readings: Readings,
    severity_acc_aha: Severity,
    gates: GateReport,
) -> Staging:
    """The ACC/AHA stage of this patient, or the stages that are possible."""
    closed = [gate for gate in gates.closed if gate.row not in GATES_THAT_LEAVE_A_STAGE]
    if closed:
        return Staging((), f"No stage: {closed[0].message}", rows=(closed[0].row,))
    mechanism = readings.get("mechanism")
    if mechanism is Mechanism.MIXED:
        staging = _of_both_parts(picture, readings, severity_acc_aha)
    elif mechanism is None:
        staging = _of_unknown_mechanism(picture, readings, severity_acc_aha)
    else:
        table = StageTable.PRIMARY if mechanism is Mechanism.PRIMARY else StageTable.SECONDARY
        staging = _by_table(table, picture, readings, severity_acc_aha)
    return _unless_out_of_scope(staging, gates)


def _unless_out_of_scope(staging: Staging, gates: GateReport) -> Staging:
    """Where a gate is unknown the stage is not decided (SAFE-12)."""
    if not gates.is_unknown or not staging.stages:
        return staging
    messages = " ".join(gate.message for gate in gates.unknown)
    return Staging(
        staging.stages,
        f"Cannot tell whether a stage applies. {messages}",
        staging.reasons,
        tuple(dict.fromkeys((*gates.missing, *staging.missing))),
        staging.table,
        tuple(gate.row for gate in gates.unknown),
        staging.notes,
        staging.parts,
        may_not_apply=True,
    )


def _by_table(
    table: StageTable, picture: ClinicalPicture, readings: Readings, severity: Severity
) -> Staging:
    if severity.is_severe is None:
        return _of_unknown_severity(table, severity)
    if not severity.is_severe:
        return _not_severe(table, picture, readings, severity)
    if table is StageTable.PRIMARY:
        return _severe_primary(picture, readings, severity)
    return _severe_secondary(picture, readings, severity)


def _of_unknown_severity(table: StageTable, severity: Severity) -> Staging:
    """Severe neither shown nor excluded: every stage is possible."""
    stages = (A, B, C1, C2, D) if table is StageTable.PRIMARY else (A, B, C, D)
    text = f"Stage not decided: {severity.explanation}."
    return Staging(stages, text, (severity.explanation,), severity.missing, table)


# --- Not severe: A or B --------------------------------------------------------------------------


def _not_severe(
    table: StageTable, picture: ClinicalPicture, readings: Readings, severity: Severity
) -> Staging:
    """A where the jet and its width are small; symptoms do not make it D (safety D1)."""
    progressive = _why_progressive(picture, readings, severity)
    notes = (UNEXPLAINED,) if readings.get("symptomatic") is True else ()
    rows = _rows_of(table)
    reasons = (severity.explanation,)
    if progressive:
        said = (*reasons, progressive)
        return Staging((B,), B.label, said, (), table, (rows["B"],), notes)
    missing = _missing_for_at_risk(readings)
    if missing:
        labels = " and ".join(FACTS[name].label for name in missing)
        text = f"A or B: {labels} missing"
        return Staging((A, B), text, reasons, missing, table, (rows["A"], rows["B"]), notes)
    said = (*reasons, "small central jet and narrow vena contracta")
    return Staging((A,), A.label, said, (), table, (rows["A"],), notes)


def _rows_of(table: StageTable) -> dict[str, str]:
    prefix = "AHA-PS" if table is StageTable.PRIMARY else "AHA-SS"
    return {stage.value: f"{prefix}-{stage.value}" for stage in Stage}


def _why_progressive(picture: ClinicalPicture, readings: Readings, severity: Severity) -> str:
    """What makes it more than "at risk"; "" when nothing known does."""
    if severity.result is not GradeResult.MILD:
        return f"the regurgitation is {severity.result.label.lower()}"
    if readings.get("etiology") is Etiology.ENDOCARDITIS_HEALED:
        return "previous endocarditis"
    for name, limit in (
        ("vena_contracta_mm", NARROW_VENA_CONTRACTA),
        ("jet_area_percent_la", SMALL_JET),
    ):
        if _number(readings, name).is_at_least(limit):
            return _said(picture, name)
    direction = readings.get("jet_direction")
    is_eccentric = direction is not None and direction is not JetDirection.CENTRAL
    if is_eccentric and readings.get("jet_timing") is JetTiming.LATE_SYSTOLIC:
        return "late systolic eccentric jet"
    return ""


def _missing_for_at_risk(readings: Readings) -> tuple[str, ...]:
    """What is not known to be small; no jet at all (a reader's grade of none) needs no area."""
    missing = []
    if not _number(readings, "vena_contracta_mm").is_below(NARROW_VENA_CONTRACTA):
        missing.append("vena_contracta_mm")
    has_no_jet = _number(readings, "reader_grade").is_at_most(Decimal(0))
    if has_no_jet:
        return ()
    if not _number(readings, "jet_area_percent_la").is_below(SMALL_JET):
        missing.append("jet_area_percent_la")
    if readings.get("jet_direction") is not JetDirection.CENTRAL:
        missing.append("jet_direction")
    return tuple(missing)


# --- Severe, primary: C1, C2 or D ----------------------------------------------------------------


def _severe_primary(picture: ClinicalPicture, readings: Readings, severity: Severity) -> Staging:
    symptomatic, rows = readings.get("symptomatic"), _rows_of(StageTable.PRIMARY)
    reasons = [severity.explanation]
    if symptomatic is True:
        reasons.append(_said(picture, "symptomatic"))
        return _decided(D, reasons, StageTable.PRIMARY)
    ventricle, missing = _of_ventricle(readings)
    reasons += _said_of_ventricle(picture, readings)
    if symptomatic is None:
        stages = (*ventricle, D)
        names = " or ".join(stage.value for stage in stages)
        text = f"{names}: symptoms not known"
        wanted = ("symptomatic", *missing)
        return _open(stages, text, reasons, wanted, StageTable.PRIMARY, rows)
    reasons.append(_said(picture, "symptomatic"))
    if len(ventricle) == 1:
        return _decided(ventricle[0], reasons, StageTable.PRIMARY)
    labels = " or ".join(FACTS[name].label for name in missing)
    return _open(
        ventricle, f"C1 or C2: {labels} missing", reasons, missing, StageTable.PRIMARY, rows
    )


def _of_ventricle(readings: Readings) -> tuple[tuple[Stage, ...], tuple[str, ...]]:
    """C2 when either limit is reached, C1 when neither is, else both with what is missing."""
    held = DECOMPENSATED.holds(readings)
    if held is None:
        wanted = DECOMPENSATED.unsettled(readings)
        return (C1, C2), tuple(n for n in ("lvef_percent", "lvesd_mm") if n in wanted)
    return ((C2,) if held else (C1,)), ()


def _said_of_ventricle(picture: ClinicalPicture, readings: Readings) -> list[str]:
    return [_said(picture, name) for name in ("lvef_percent", "lvesd_mm") if name in readings]


# --- Severe, secondary: C or D -------------------------------------------------------------------


def _severe_secondary(picture: ClinicalPicture, readings: Readings, severity: Severity) -> Staging:
    """D needs symptoms that persist on optimized therapy; symptoms alone leave C or D open (D1)."""
    symptomatic, persist = readings.get("symptomatic"), readings.get("symptoms_persist_on_gdmt")
    reasons, table = [severity.explanation], StageTable.SECONDARY
    if persist is True:
        reasons.append(_said(picture, "symptoms_persist_on_gdmt"))
        return _decided(D, reasons, table)
    if symptomatic is not None:
        reasons.append(_said(picture, "symptomatic"))
    optimized = readings.get("gdmt_optimized")
    answers_to_therapy = persist is False and optimized is True
    if symptomatic is False or answers_to_therapy:
        if answers_to_therapy and symptomatic is not False:
            reasons.append("symptoms answer to optimized therapy")
        return _decided(C, reasons, table)
    if symptomatic is None:
        text, wanted = "C or D: symptoms not known", ["symptomatic"]
    elif optimized is True:
        text = "C/D undetermined: whether symptoms persist on optimized therapy is not known"
        wanted = []
    else:
        text, wanted = "C/D undetermined: medical therapy not optimized", ["gdmt_optimized"]
    if persist is None:
        wanted.append("symptoms_persist_on_gdmt")
    return _open((C, D), text, reasons, wanted, table, _rows_of(table))


# --- Mixed and unknown mechanism -----------------------------------------------------------------


def _of_both_parts(picture: ClinicalPicture, readings: Readings, severity: Severity) -> Staging:
    """Each part by its own table, "if it dominates" (SAFE-10)."""
    parts = tuple(_by_table(table, picture, readings, severity) for table in StageTable)
    text = "; ".join(
        f"if the {table.value} part dominates: {part.text}"
        for table, part in zip(StageTable, parts, strict=True)
    )
    return _together(parts, text[0].upper() + text[1:], (), ("SAFE-10",))


def _of_unknown_mechanism(
    picture: ClinicalPicture, readings: Readings, severity: Severity
) -> Staging:
    """Whichever table it is; decided only where both agree (SAFE-11)."""
    parts = tuple(_by_table(table, picture, readings, severity) for table in StageTable)
    said = {part.stage for part in parts}
    if len(said) == 1 and None not in said:
        return _together(parts, parts[0].text, (), ("SAFE-11",))
    text = "Stage not decided: mechanism not recorded."
    return _together(parts, text, ("mechanism",), ("SAFE-11",))


def _together(
    parts: Sequence[Staging], text: str, missing: tuple[str, ...], rows: tuple[str, ...]
) -> Staging:
    possible = {stage for part in parts for stage in part.stages}
    return Staging(
        tuple(stage for stage in Stage if stage in possible),
        text,
        tuple(dict.fromkeys(reason for part in parts for reason in part.reasons)),
        tuple(dict.fromkeys((*missing, *(name for part in parts for name in part.missing)))),
        None,
        (*rows, *dict.fromkeys(row for part in parts for row in part.rows)),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        tuple(parts),
    )


# --- Words ---------------------------------------------------------------------------------------


def _decided(stage: Stage, reasons: Sequence[str], table: StageTable) -> Staging:
    return Staging(
        (stage,), stage.label, tuple(reasons), (), table, (_rows_of(table)[stage.value],)
    )


def _open(
    stages: tuple[Stage, ...],
    text: str,
    reasons: Sequence[str],
    missing: Sequence[str],
    table: StageTable,
    rows: dict[str, str],
) -> Staging:
    own = tuple(rows[stage.value] for stage in stages)
    return Staging(stages, text, tuple(reasons), tuple(missing), table, own)


def _number(readings: Readings, name: str) -> Interval:
    value = readings.get(name)
    return value if isinstance(value, Interval) else Interval(None, None)


def _said(picture: ClinicalPicture, name: str) -> str:
    """The fact in words with its value, and that it is old where it is."""
    definition, fact = FACTS[name], picture.facts[name]
    value = definition.say(fact.value)
    text = f"{definition.label} {value}" if definition.kind is Decimal else value
    if definition.kind is bool and not definition.said_true:
        text = f"{definition.label}: {value}"
    return f"{text} (too old to reassure)" if fact.too_old_to_reassure else text
