"""The checklist of acute mitral regurgitation, in the order in which it is worked (safety D12).

Narrative, no class. Every item says whether it holds for this patient now: do it, do not, done,
not needed, or ask first. An unknown danger is never taken as absent: "ask" stands where a plain
checklist would say "do".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from guidelines.criteria import Criterion, Readings, all_of, any_of, equals, negation, one_of
from guidelines.facts import FACTS, ORDER, Reading
from guidelines.gates import PROSTHESES
from guidelines.vocabulary import Etiology, Tempo, Term

SWITCHED_OFF = "Rules, stages and intervals for chronic regurgitation are switched off."
NO_CALL = "This program does not call anyone. Until somebody acknowledges it, it stays red."


class ChecklistState(Term):
    """What an item of the checklist says now."""

    DO = "do", "Do"
    DO_NOT = "do_not", "Do not"
    DONE = "done", "Done, or not needed"
    ASK = "ask", "Ask first"
    NOTE = "note", "Note"


class ChecklistStep(Term):
    """The part of the checklist an item stands in, in order."""

    FIRST = "first", "Now"
    EXCLUDE = "exclude", "Exclude before any vasodilator, inotrope or balloon pump"
    BRIDGE = "bridge", "Until surgery"
    DEFINITIVE = "definitive", "Definitive treatment"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item. ``when`` decides between ``if_true`` and ``if_false``; unknown is "ask".

    Without ``when`` it holds for everybody.
    """

    key: str
    step: ChecklistStep
    rows: tuple[str, ...]
    words: str
    words_false: str = ""
    when: Criterion | None = None
    if_true: ChecklistState = ChecklistState.DO
    if_false: ChecklistState = ChecklistState.DONE


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """An item as it stands for one patient; ``missing`` names what must be asked."""

    key: str
    step: ChecklistStep
    state: ChecklistState
    words: str
    rows: tuple[str, ...]
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "key": self.key,
            "step": self.step.value,
            "step_label": self.step.label,
            "state": self.state.value,
            "state_label": self.state.label,
            "words": self.words,
            "rows": list(self.rows),
            "missing": list(self.missing),
            "missing_labels": [FACTS[name].label for name in self.missing],
        }


OBSTRUCTION = equals("sam_or_lvot_obstruction", True)
AORTIC_REGURGITATION = equals("aortic_regurgitation_more_than_mild", True)
DISSECTION = equals("aortic_dissection", True)
# By an echo of this emergency: what an older one showed may have changed.
DANGERS_EXCLUDED = all_of(
    equals("acute_echo_done", True),
    negation(OBSTRUCTION),
    negation(AORTIC_REGURGITATION),
    negation(DISSECTION),
)
HYPOTENSIVE = equals("hypotensive_now", True)
PAPILLARY = equals("papillary_muscle_rupture", True)
INFECTED = equals("endocarditis_active_or_suspected", True)

# A cause on record says that its lesion is there, whatever the lesion's own entry says.
_LESIONS: Mapping[Reading, str] = MappingProxyType(
    {
        Etiology.SAM_OF_HCM: "sam_or_lvot_obstruction",
        Etiology.PAPILLARY_MUSCLE_RUPTURE: "papillary_muscle_rupture",
        Etiology.ENDOCARDITIS_ACTIVE: "endocarditis_active_or_suspected",
        Etiology.ENDOCARDITIS_DESTRUCTION: "endocarditis_active_or_suspected",
    }
)

ITEMS = (
    ChecklistItem(
        "echo",
        ChecklistStep.FIRST,
        ("AHA-AC-02",),
        "Transthoracic echo now.",
        "Transthoracic echo was done.",
        negation(equals("acute_echo_done", True)),
    ),
    ChecklistItem(
        "tee",
        ChecklistStep.FIRST,
        ("AHA-AC-02",),
        "Transesophageal echo: a soft or absent murmur, a small jet and normal chambers do not "
        "exclude acute severe regurgitation.",
        "The echo of this emergency is diagnostic.",
        negation(equals("acute_echo_diagnostic", True)),
    ),
    ChecklistItem(
        "ecg",
        ChecklistStep.FIRST,
        ("AHA-AC-01",),
        "ECG and troponin.",
    ),
    ChecklistItem(
        "coronary",
        ChecklistStep.FIRST,
        ("AHA-AC-01",),
        "Coronary angiography: infarction is confirmed or suspected.",
        "No infarction is suspected.",
        any_of(equals("infarction_suspected", True), PAPILLARY),
    ),
    ChecklistItem(
        "cultures",
        ChecklistStep.FIRST,
        ("AHA-IES-01", "AHA-IES-02"),
        "Blood cultures before any antibiotic: fever or endocarditis.",
        "Neither fever nor endocarditis is recorded.",
        any_of(equals("unexplained_fever", True), INFECTED),
    ),
    ChecklistItem(
        "prosthesis",
        ChecklistStep.FIRST,
        ("AHA-PV-08", "AHA-AC-01"),
        "Prosthesis: imaging for thrombosis and leak.",
        "No mitral prosthesis.",
        one_of("mitral_valve_state", *PROSTHESES),
    ),
    ChecklistItem(
        "obstruction",
        ChecklistStep.EXCLUDE,
        ("SAFE-08", "HCM-02"),
        "Systolic anterior motion or outflow obstruction: no vasodilator, nitrate, inotrope or "
        "balloon pump. With hypotension fluids, a vasoconstrictor without inotropic effect and a "
        "beta blocker.",
        "No systolic anterior motion or outflow obstruction.",
        OBSTRUCTION,
        ChecklistState.DO_NOT,
    ),
    ChecklistItem(
        "aortic-regurgitation",
        ChecklistStep.EXCLUDE,
        ("safety D12",),
        "Aortic regurgitation more than mild: no balloon pump.",
        "No aortic regurgitation more than mild.",
        AORTIC_REGURGITATION,
        ChecklistState.DO_NOT,
    ),
    ChecklistItem(
        "dissection",
        ChecklistStep.EXCLUDE,
        ("safety D12",),
        "Aortic dissection not excluded: no balloon pump, surgeon at once.",
        "No aortic dissection.",
        DISSECTION,
        ChecklistState.DO_NOT,
    ),
    ChecklistItem(
        "vasodilator",
        ChecklistStep.BRIDGE,
        ("AHA-AC-03", "ESC25-A-03"),
        "Nitroprusside (or a nitrate) and a diuretic: not hypotensive, dangers excluded.",
        "No vasodilator: hypotensive, or obstruction, aortic regurgitation or dissection is "
        "present or not yet excluded by an echo of this emergency. Never a vasodilator alone in "
        "hypotension.",
        all_of(negation(HYPOTENSIVE), DANGERS_EXCLUDED),
        if_false=ChecklistState.DO_NOT,
    ),
    ChecklistItem(
        "inotrope",
        ChecklistStep.BRIDGE,
        ("AHA-AC-04", "ESC25-A-03"),
        "Hypotensive, dangers excluded: inotrope as a bridge to surgery.",
        "No inotrope: not hypotensive, or obstruction, aortic regurgitation or dissection is "
        "present or not yet excluded by an echo of this emergency.",
        all_of(HYPOTENSIVE, DANGERS_EXCLUDED),
        if_false=ChecklistState.DO_NOT,
    ),
    ChecklistItem(
        "mechanical-support",
        ChecklistStep.BRIDGE,
        ("AHA-AC-04", "ESC25-A-03"),
        "Hypotensive, dangers excluded: mechanical support as a bridge to surgery. A balloon pump "
        "can help by ACC/AHA, in exceptional cases by ESC/EACTS.",
        "No balloon pump: not hypotensive, or obstruction, aortic regurgitation or dissection is "
        "present or not yet excluded by an echo of this emergency.",
        all_of(HYPOTENSIVE, DANGERS_EXCLUDED),
        if_false=ChecklistState.DO_NOT,
    ),
    # In obstruction a beta blocker is part of the treatment, so it depends on that being known.
    ChecklistItem(
        "beta-blocker",
        ChecklistStep.BRIDGE,
        ("SAFE-40", "HCM-02"),
        "Outflow obstruction: a beta blocker is part of its treatment.",
        "No routine beta blocker: it takes away the fast heart rate that keeps the flow up.",
        OBSTRUCTION,
        if_false=ChecklistState.DO_NOT,
    ),
    ChecklistItem(
        "no-delay",
        ChecklistStep.DEFINITIVE,
        ("AHA-AC-05",),
        "Do not wait for EuroSCORE, for a surveillance date or for a grade.",
        if_true=ChecklistState.NOTE,
    ),
    ChecklistItem(
        "surgery",
        ChecklistStep.DEFINITIVE,
        ("AHA-AC-05", "ESC25-A-01"),
        "Urgent surgery: call the surgeon and the heart team now.",
        "Obstruction is the cause: treat the obstruction first.",
        negation(OBSTRUCTION),
        if_false=ChecklistState.NOTE,
    ),
    ChecklistItem(
        "replacement",
        ChecklistStep.DEFINITIVE,
        ("AHA-AC-05", "ESC25-A-02"),
        "Papillary muscle rupture or endocarditis: an emergency, usually replacement.",
        "Neither papillary muscle rupture nor endocarditis.",
        any_of(PAPILLARY, INFECTED),
        if_true=ChecklistState.NOTE,
    ),
    ChecklistItem(
        "chordal-rupture",
        ChecklistStep.DEFINITIVE,
        ("ESC25-A-02",),
        "Chordal rupture: repair; edge-to-edge repair when the surgical risk is high (ESC/EACTS).",
        "Chordal rupture is not the cause recorded.",
        equals("etiology", Etiology.CHORDAL_RUPTURE),
        if_true=ChecklistState.NOTE,
    ),
    ChecklistItem(
        "teer-in-endocarditis",
        ChecklistStep.DEFINITIVE,
        ("SAFE-06",),
        "Endocarditis: no edge-to-edge repair; review the antithrombotic drugs.",
        "No endocarditis is recorded.",
        INFECTED,
        ChecklistState.DO_NOT,
    ),
)

# What must be visible beside the checklist, with time and source (safety D12).
BANNER_FACTS = (
    "age_years",
    "penicillin_allergy",
    "mitral_valve_state",
    "pregnancy_status",
    "etiology",
    "acute_cause_confirmed",
    "takes_vka",
    "takes_doac",
    "takes_heparin",
    "inr",
    "surgical_risk",
)


def is_acute(readings: Readings) -> bool:
    """Whether an emergency is recorded: only its record switches the checklist on."""
    return readings.get("tempo") in (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC)


def checklist(readings: Readings) -> tuple[ChecklistLine, ...]:
    """Every item in order, as it stands now; empty when nothing acute is recorded."""
    if not is_acute(readings):
        return ()
    cause = readings.get("etiology")
    lesion = None if cause is None else _LESIONS.get(cause)
    known = {**readings, lesion: True} if lesion else readings
    return tuple(_line(item, known) for item in ITEMS)


def _line(item: ChecklistItem, readings: Readings) -> ChecklistLine:
    holds = True if item.when is None else item.when.holds(readings)
    names = item.when.unsettled(readings) if item.when else frozenset()
    missing = tuple(sorted(names, key=ORDER.__getitem__))
    return ChecklistLine(
        key=item.key,
        step=item.step,
        state=_state(item, holds),
        words=_words(item, holds, missing),
        rows=item.rows,
        missing=missing,
    )


def _state(item: ChecklistItem, holds: bool | None) -> ChecklistState:
    if holds is None:
        return ChecklistState.ASK
    return item.if_true if holds else item.if_false


def _words(item: ChecklistItem, holds: bool | None, missing: Sequence[str]) -> str:
    if holds is None:
        labels = ", ".join(FACTS[name].label for name in missing)
        title = item.key.replace("-", " ").capitalize()
        return f"{title}: find out first: {labels}."
    return item.words if holds else item.words_false
