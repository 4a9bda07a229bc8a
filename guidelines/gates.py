"""Scope gates: whether the rules for chronic regurgitation of a native valve may speak at all.

Evaluated before any such rule (rows SAFE-01 to SAFE-12). A closed gate makes a rule not
applicable, an unknown one makes it "cannot tell", never "met". Only where absence is the norm
(safety D9) an unrecorded condition is taken as absent, and the assumption is printed, unless the
yearly "none of these" check was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from types import MappingProxyType

from guidelines.criteria import (
    Criterion,
    Readings,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    one_of,
)
from guidelines.facts import Interval, Reading
from guidelines.vocabulary import (
    Etiology,
    Mechanism,
    MitralValveState,
    PregnancyStatus,
    Scope,
    Sex,
    Tempo,
)

ADULT_AGE = Decimal(18)  # years, SAFE-01
STENOSIS_MVA = Decimal("1.5")  # cm2, SAFE-07 (ESC25-MIX-01)
OPEN_MVA = Decimal(2)  # cm2, local: an old or uncertain area up to here is not assumed open
STENOSIS_GRADIENT = Decimal(5)  # mmHg, mean, SAFE-07
CHILDBEARING_AGES = (Decimal(12), Decimal(55))  # years, local; only asks, never hides

CAUSES_OF_STENOSIS = (
    Etiology.RHEUMATIC,
    Etiology.MITRAL_ANNULAR_CALCIFICATION,
    Etiology.RADIATION,
    Etiology.CONGENITAL_CLEFT,
    Etiology.PARACHUTE_VALVE,
)
PROSTHESES = (
    MitralValveState.MECHANICAL,
    MitralValveState.SURGICAL_BIOPROSTHESIS,
    MitralValveState.TRANSCATHETER,
)
# Asked by the notes and by assumptions, whether or not a gate names them.
NOTED_FACTS = frozenset(
    {
        "age_years",
        "etiology",
        "mechanism",
        "none_of_these_asked",
        "none_of_these_asked_before",
        "pregnancy_status",
        "sex",
    }
)
REPAIRED = (
    MitralValveState.SURGICAL_REPAIR,
    MitralValveState.TEER,
    MitralValveState.COMMISSUROTOMY,
)


@dataclass(frozen=True, slots=True, eq=False)
class ScopeGate:
    """One gate: closed when ``closes_when`` holds, open when ``opens_when`` does.

    Neither: assumed open with the words of ``assumption`` when there are some and nothing in
    ``asks_when`` speaks against assuming; otherwise unknown, missing the facts of ``missing``.
    Without ``opens_when`` the gate is open whenever it is not closed. ``only_when``: a gate before
    a chapter for an exceptional state, closed unless that state is recorded (safety D9).
    """

    id: str
    message: str
    closes_when: Criterion | None = None
    opens_when: Criterion | None = None
    assumption: str = ""
    asks_when: Criterion | None = None
    missing: tuple[str, ...] = ()
    unknown_message: str = ""
    only_when: Criterion | None = None


@dataclass(frozen=True, slots=True)
class GateMessage:
    """A gate that is closed or unknown: its row, what it says, and the facts it lacks."""

    row: str
    message: str
    missing: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {"row": self.row, "message": self.message, "missing": list(self.missing)}


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gates say of one patient: closed, unknown, assumptions, notes."""

    closed: tuple[GateMessage, ...]
    unknown: tuple[GateMessage, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_closed(self) -> bool:
        """The rules do not apply."""
        return bool(self.closed)

    @property
    def is_unknown(self) -> bool:
        """Whether the rules apply cannot be told."""
        return bool(self.unknown) and not self.closed

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that would open or close the unknown gates."""
        return tuple(dict.fromkeys(name for gate in self.unknown for name in gate.missing))


NATIVE_CHRONIC_GATES = (
    ScopeGate(
        "SAFE-01",
        "Younger than 18: adult rules do not apply.",
        closes_when=below("age_years", ADULT_AGE),
        opens_when=at_least("age_years", ADULT_AGE),
        missing=("age_years",),
        unknown_message="Age not recorded: whether adult rules apply cannot be told.",
    ),
    ScopeGate(
        "SAFE-02",
        "Mitral prosthesis: the rules for a native valve do not apply.",
        closes_when=one_of("mitral_valve_state", *PROSTHESES),
    ),
    ScopeGate(
        "SAFE-02",
        "Assist device or heart transplant: the rules for a native valve do not apply.",
        closes_when=equals("lvad_or_transplant", True),
        opens_when=equals("lvad_or_transplant", False),
        assumption="assuming no assist device or heart transplant",
    ),
    ScopeGate(
        "SAFE-03",
        "Repaired valve: native stages and thresholds do not apply. Recurrent regurgitation or "
        "symptoms are outside the numbered rules: heart team.",
        closes_when=one_of("mitral_valve_state", *REPAIRED),
    ),
    ScopeGate(
        "SAFE-04",
        "",
        opens_when=one_of("mitral_valve_state", MitralValveState.NATIVE, *PROSTHESES, *REPAIRED),
        missing=("mitral_valve_state",),
        unknown_message="Whether the mitral valve was operated on before is not recorded.",
    ),
    ScopeGate(
        "SAFE-05",
        "Acute regurgitation: stages, timing rules and surveillance intervals are switched off.",
        closes_when=one_of("tempo", Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC),
        opens_when=equals("tempo", Tempo.CHRONIC),
        missing=("tempo",),
        unknown_message="Whether the regurgitation is chronic or acute is not recorded.",
    ),
    ScopeGate(
        "SAFE-06",
        "Active or suspected endocarditis: the rules for chronic regurgitation are switched off.",
        closes_when=any_of(
            equals("endocarditis_active_or_suspected", True),
            one_of("etiology", Etiology.ENDOCARDITIS_ACTIVE, Etiology.ENDOCARDITIS_DESTRUCTION),
        ),
        opens_when=equals("endocarditis_active_or_suspected", False),
        assumption="assuming no active or suspected endocarditis",
    ),
    ScopeGate(
        "SAFE-07",
        "Mitral valve area 1.5 cm² or less: the rules for stenosis apply.",
        closes_when=at_most("mva_cm2", STENOSIS_MVA),
        opens_when=at_least("mva_cm2", STENOSIS_MVA),
        assumption="assuming no mitral stenosis",
        asks_when=any_of(
            one_of("etiology", *CAUSES_OF_STENOSIS),
            at_least("mitral_mean_gradient_mmhg", STENOSIS_GRADIENT),
            at_most("mva_cm2", OPEN_MVA),
        ),
        missing=("mva_cm2",),
        unknown_message="Mitral valve area not recorded, and stenosis is not excluded by the "
        "cause and gradient recorded.",
    ),
    ScopeGate(
        "SAFE-08",
        "Systolic anterior motion or outflow obstruction: treat the obstruction. Vasodilators, "
        "nitrates, inotropes and balloon pump can make it worse.",
        closes_when=any_of(
            equals("sam_or_lvot_obstruction", True), equals("etiology", Etiology.SAM_OF_HCM)
        ),
        opens_when=equals("sam_or_lvot_obstruction", False),
        assumption="assuming no systolic anterior motion or outflow obstruction",
    ),
    ScopeGate(
        "SAFE-09",
        "Pregnant: no elective timing; the rules for pregnancy apply.",
        closes_when=equals("pregnancy_status", PregnancyStatus.PREGNANT),
    ),
)


def _chapter_gate(message: str, only_when: Criterion) -> tuple[ScopeGate, ...]:
    return (*ADULT_GATES, ScopeGate("D9", message, only_when=only_when))


ADULT_GATES = NATIVE_CHRONIC_GATES[:1]
# Long-term drugs for heart failure: closed by what is recorded, never asked because of a gap.
HEART_FAILURE_GATES = (
    *ADULT_GATES,
    ScopeGate(
        "SAFE-05",
        "Acute regurgitation: long-term therapy of heart failure waits for the acute chapter.",
        closes_when=one_of("tempo", Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC),
    ),
    ScopeGate(
        "SAFE-08",
        "Systolic anterior motion or outflow obstruction: vasodilators can make it worse; treat "
        "the obstruction.",
        closes_when=any_of(
            equals("sam_or_lvot_obstruction", True), equals("etiology", Etiology.SAM_OF_HCM)
        ),
    ),
    ScopeGate(
        "SAFE-09",
        "Pregnant: the drugs of heart failure follow the rules for pregnancy.",
        closes_when=equals("pregnancy_status", PregnancyStatus.PREGNANT),
    ),
)
# A child closes every rule. The chapters for an exceptional state are opened by its record alone.
GATES: Mapping[Scope, tuple[ScopeGate, ...]] = MappingProxyType(
    {
        Scope.NATIVE_CHRONIC: NATIVE_CHRONIC_GATES,
        Scope.ADULT: ADULT_GATES,
        # An alarm may not wait for an age.
        Scope.EVERYONE: (),
        Scope.HEART_FAILURE: HEART_FAILURE_GATES,
        Scope.ACUTE: _chapter_gate(
            "No acute regurgitation is recorded.",
            one_of("tempo", Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC),
        ),
        Scope.ENDOCARDITIS: _chapter_gate(
            "No endocarditis is recorded or suspected.",
            any_of(
                equals("endocarditis_active_or_suspected", True),
                one_of("etiology", Etiology.ENDOCARDITIS_ACTIVE, Etiology.ENDOCARDITIS_DESTRUCTION),
            ),
        ),
        Scope.PROSTHESIS: _chapter_gate(
            "No mitral prosthesis or repair is recorded.",
            one_of("mitral_valve_state", *PROSTHESES, *REPAIRED),
        ),
        Scope.PREGNANCY: _chapter_gate(
            "No pregnancy is recorded or planned.",
            one_of("pregnancy_status", PregnancyStatus.PREGNANT, PregnancyStatus.PLANNING),
        ),
    }
)


def pass_gates(gates: Sequence[ScopeGate], readings: Readings) -> GateReport:
    """What the gates say of these readings."""
    gates = tuple(gates)
    known = tuple((name, readings[name]) for name in facts_of_gates(gates) if name in readings)
    return _passed(gates, known)


@cache
def facts_of_gates(gates: tuple[ScopeGate, ...]) -> tuple[str, ...]:
    """All facts that the gates and the notes beside them ask for."""
    criteria = [
        criterion
        for gate in gates
        for criterion in (gate.closes_when, gate.opens_when, gate.asks_when, gate.only_when)
        if criterion is not None
    ]
    return tuple(sorted(NOTED_FACTS.union(*(criterion.facts for criterion in criteria))))


@lru_cache(maxsize=8192)
def _passed(gates: tuple[ScopeGate, ...], known: tuple[tuple[str, Reading], ...]) -> GateReport:
    """Remembered: one assessment asks it for many possible values; it depends on nothing else."""
    readings = dict(known)
    closed, unknown, assumptions = [], [], []
    for gate in gates:
        if _closes(gate, readings):
            closed.append(GateMessage(gate.id, gate.message))
        elif gate.opens_when is None or gate.opens_when.holds(readings):
            continue
        elif _may_assume(gate, readings):
            if readings.get("none_of_these_asked") is not True:
                assumptions.append(gate.assumption)
        else:
            unknown.append(GateMessage(gate.id, gate.unknown_message, _missing(gate, readings)))
    return GateReport(tuple(closed), tuple(unknown), tuple(assumptions), _notes(readings))


def _closes(gate: ScopeGate, readings: Readings) -> bool:
    if gate.only_when is not None:
        return gate.only_when.holds(readings) is not True
    return gate.closes_when is not None and gate.closes_when.holds(readings) is True


def _may_assume(gate: ScopeGate, readings: Readings) -> bool:
    """Absence may be assumed: it is the norm, and nothing recorded speaks against it.

    Where the cause is not known the check must have been complete once. It grows old, and an event
    voids it, but then the assumption is printed: a trigger does not vanish with the check.
    """
    if not gate.assumption:
        return False
    if gate.asks_when is None:
        return True
    if gate.asks_when.holds(readings):
        return False
    asked = ("none_of_these_asked", "none_of_these_asked_before")
    return "etiology" in readings or any(readings.get(name) is True for name in asked)


def _missing(gate: ScopeGate, readings: Readings) -> tuple[str, ...]:
    """The gate's facts; with no cause recorded and nothing against assuming, the cause too."""
    if gate.asks_when is None or "etiology" in readings or gate.asks_when.holds(readings):
        return gate.missing
    return (*gate.missing, "etiology")


def _notes(readings: Readings) -> tuple[str, ...]:
    notes = []
    mechanism = readings.get("mechanism")
    if mechanism is Mechanism.MIXED:
        notes.append("Mixed mechanism: read each chapter as \N{LEFT DOUBLE QUOTATION MARK}if this "
                     "part dominates\N{RIGHT DOUBLE QUOTATION MARK}.")  # fmt: skip
    if mechanism is None:
        notes.append("Mechanism not recorded: no rule that depends on it can be told.")
    if _could_be_pregnant(readings):
        notes.append("Ask about pregnancy before acting.")
    return tuple(notes)


def _could_be_pregnant(readings: Readings) -> bool:
    if readings.get("pregnancy_status") is not None or readings.get("sex") is Sex.MALE:
        return False
    age = readings.get("age_years")
    if not isinstance(age, Interval):
        return True
    youngest, oldest = CHILDBEARING_AGES
    return not (age.is_below(youngest) or age.is_above(oldest))
