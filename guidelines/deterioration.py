"""Deterioration of a mitral bioprosthesis by Doppler (rows ESC25-SVD-01 and ESC25-SVD-02).

Present values are held against the baseline after the implantation. Three-valued: an arm that
lacks a value is unknown, and one arm that holds is enough. Doppler shows that the prosthesis
changed, not why: thrombosis, endocarditis and a leak beside it are excluded apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from guidelines.criteria import Readings
from guidelines.facts import FACTS, ClinicalPicture, Fact, Interval, Number, compare
from guidelines.vocabulary import MitralValveState, Term

MODERATE_DVI_RISE, MODERATE_DVI_FACTOR = Decimal("0.4"), Decimal("1.2")  # ESC25-SVD-01
MODERATE_DVI = Decimal("2.2")  # at or above, ESC25-SVD-01
SEVERE_DVI_RISE, SEVERE_DVI_FACTOR = Decimal("0.8"), Decimal("1.4")  # ESC25-SVD-02
SEVERE_DVI = Decimal("2.7")  # at or above, ESC25-SVD-02
MODERATE_AREA_FALL, MODERATE_AREA_FACTOR = Decimal("0.5"), Decimal("0.75")  # cm2, ESC25-SVD-01
MODERATE_AREA = Decimal("1.5")  # cm2, below, ESC25-SVD-01
SEVERE_AREA_FALL, SEVERE_AREA_FACTOR = Decimal("1.0"), Decimal("0.5")  # cm2, ESC25-SVD-02
SEVERE_AREA = Decimal("1.0")  # cm2, below, ESC25-SVD-02
MODERATE_GRADE_RISE, MODERATE_GRADE = Decimal(1), Decimal(2)  # grades, ESC25-SVD-01
SEVERE_GRADE_RISE, SEVERE_GRADE = Decimal(2), Decimal(3)  # grades, ESC25-SVD-02
GRADIENT_RISE = Decimal(5)  # mmHg, at or above, usual in ESC25-SVD-01; local for SAFE-21

BIOPROSTHESES = (MitralValveState.SURGICAL_BIOPROSTHESIS, MitralValveState.TRANSCATHETER)
DVI, AREA = "doppler_velocity_index", "effective_orifice_area_cm2"
GRADE, GRADIENT = "intraprosthetic_regurgitation_grade", "prosthesis_mean_gradient_mmhg"


class DeteriorationStage(Term):
    """Stage of structural deterioration, or why there is none."""

    NONE = "none", "No deterioration by Doppler"
    MODERATE = "moderate", "Moderate deterioration"
    SEVERE = "severe", "Severe deterioration"
    CANNOT_BE_STAGED = "cannot_be_staged", "Cannot be staged"
    NOT_ON_THIS_SCALE = "not_on_this_scale", "Not a mitral bioprosthesis"


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the three ways to reach a stage, whether it holds, and the facts it lacks."""

    text: str
    holds: bool | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deterioration:
    """The stage with reasons for, against, and what is missing.

    ``moderate`` (moderate or more) and ``severe`` are three-valued. ``notes``: what does not
    change the stage, such as a gradient that did not rise with it.
    """

    stage: DeteriorationStage
    moderate: bool | None
    severe: bool | None
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """JSON-serializable form."""
        return {
            "stage": self.stage.value,
            "stage_label": self.stage.label,
            "moderate": self.moderate,
            "severe": self.severe,
            "reasons_for": list(self.reasons_for),
            "reasons_against": list(self.reasons_against),
            "missing": list(self.missing),
            "notes": list(self.notes),
        }


def stage_deterioration(readings: Readings) -> Deterioration:
    """The stage of a mitral bioprosthesis; of any other valve "not on this scale"."""
    state = readings.get("mitral_valve_state")
    if state is None:
        return Deterioration(
            DeteriorationStage.CANNOT_BE_STAGED, None, None, missing=("mitral_valve_state",)
        )
    if state not in BIOPROSTHESES:
        return Deterioration(DeteriorationStage.NOT_ON_THIS_SCALE, None, None)
    severe_arms, moderate_arms = _severe_arms(readings), _moderate_arms(readings)
    severe = _any(severe_arms)
    moderate = _any((*severe_arms, *moderate_arms))
    shown = severe_arms if severe else moderate_arms
    asked = severe_arms if moderate else (*moderate_arms, *severe_arms)
    return Deterioration(
        stage=_stage(moderate, severe),
        moderate=moderate,
        severe=severe,
        reasons_for=tuple(arm.text for arm in shown if arm.holds),
        reasons_against=tuple(arm.text for arm in shown if arm.holds is False),
        missing=() if severe else tuple(dict.fromkeys(n for arm in asked for n in arm.missing)),
        notes=_notes(readings) if moderate else (),
    )


def _stage(moderate: bool | None, severe: bool | None) -> DeteriorationStage:
    if severe:
        return DeteriorationStage.SEVERE
    if moderate:
        # Severe may still be unknown; then ``missing`` names what would tell.
        return DeteriorationStage.MODERATE
    return DeteriorationStage.NONE if moderate is False else DeteriorationStage.CANNOT_BE_STAGED


def _any(arms: tuple[Arm, ...]) -> bool | None:
    if any(arm.holds for arm in arms):
        return True
    return None if any(arm.holds is None for arm in arms) else False


def _moderate_arms(readings: Readings) -> tuple[Arm, ...]:
    return (
        _arm(
            readings,
            DVI,
            "Doppler velocity index up by 0.4 or 20 %, to 2.2 or more",
            lambda now, then: (
                _rose(now, then, MODERATE_DVI_RISE, MODERATE_DVI_FACTOR)
                and compare(now, MODERATE_DVI) >= 0
            ),
        ),
        _arm(
            readings,
            AREA,
            "effective orifice area down by 0.5 cm² or 25 %, to below 1.5 cm²",
            lambda now, then: (
                _fell(now, then, MODERATE_AREA_FALL, MODERATE_AREA_FACTOR)
                and compare(now, MODERATE_AREA) < 0
            ),
        ),
        _arm(
            readings,
            GRADE,
            "regurgitation through the prosthesis up by a grade, to moderate or more",
            lambda now, then: (
                compare(now, _plus(then, MODERATE_GRADE_RISE)) >= 0
                and compare(now, MODERATE_GRADE) >= 0
            ),
        ),
    )


def _severe_arms(readings: Readings) -> tuple[Arm, ...]:
    return (
        _arm(
            readings,
            DVI,
            "Doppler velocity index up by 0.8 or 40 %, to 2.7 or more",
            lambda now, then: (
                _rose(now, then, SEVERE_DVI_RISE, SEVERE_DVI_FACTOR)
                and compare(now, SEVERE_DVI) >= 0
            ),
        ),
        _arm(
            readings,
            AREA,
            "effective orifice area down by 1.0 cm² or 50 %, to below 1.0 cm²",
            lambda now, then: (
                _fell(now, then, SEVERE_AREA_FALL, SEVERE_AREA_FACTOR)
                and compare(now, SEVERE_AREA) < 0
            ),
        ),
        _arm(
            readings,
            GRADE,
            "regurgitation through the prosthesis up by two grades, to moderate-to-severe or more",
            lambda now, then: (
                compare(now, _plus(then, SEVERE_GRADE_RISE)) >= 0
                and compare(now, SEVERE_GRADE) >= 0
            ),
        ),
    )


Test = Callable[[Number, Number], bool]


def _arm(readings: Readings, name: str, text: str, test: Test) -> Arm:
    names = (name, f"baseline_{name}")
    now, then = (readings.get(each) for each in names)
    holds = _holds(FACTS[name].worse == "higher", now, then, test)
    missing = tuple(each for each in names if not _is_exact(readings.get(each)))
    return Arm(text, holds, missing if holds is None else ())


def _is_exact(reading: object) -> bool:
    return isinstance(reading, Interval) and reading.is_point


def _holds(worse_is_higher: bool, now: object, then: object, test: Test) -> bool | None:
    """Tested at the mildest and the worst that both intervals allow: all monotone tests."""
    if not isinstance(now, Interval) or not isinstance(then, Interval):
        return None
    mildest, worst = (now.low, then.high), (now.high, then.low)
    if not worse_is_higher:
        mildest, worst = (now.high, then.low), (now.low, then.high)
    if _at(mildest, test):
        return True
    return False if _at(worst, test) is False else None


def _at(ends: tuple[Number | None, Number | None], test: Test) -> bool | None:
    now, then = ends
    return None if now is None or then is None else test(now, then)


def _rose(now: Number, then: Number, by: Decimal, factor: Decimal) -> bool:
    return compare(now, _plus(then, by)) >= 0 or compare(now, _times(then, factor)) >= 0


def _fell(now: Number, then: Number, by: Decimal, factor: Decimal) -> bool:
    return compare(now, _plus(then, -by)) <= 0 or compare(now, _times(then, factor)) <= 0


def _plus(value: Number, amount: Decimal) -> Number:
    return value + amount if isinstance(value, Decimal) else value + float(amount)


def _times(value: Number, factor: Decimal) -> Number:
    return value * factor if isinstance(value, Decimal) else value * float(factor)


def gradient_risen(readings: Readings) -> bool | None:
    """Whether the mean gradient is 5 mmHg or more above the baseline; ``None`` without both."""
    now, then = readings.get(GRADIENT), readings.get(f"baseline_{GRADIENT}")
    return _holds(True, now, then, lambda a, b: compare(a, _plus(b, GRADIENT_RISE)) >= 0)


def _notes(readings: Readings) -> tuple[str, ...]:
    always = "Not deterioration until thrombosis, endocarditis and a leak beside it are excluded."
    if gradient_risen(readings) is False:
        return (always, "The mean gradient did not rise with it by 5 mmHg or more: look again.")
    return (always,)


def deterioration_facts(picture: ClinicalPicture) -> Mapping[str, Fact]:
    """Facts by Doppler, to be added to the picture; only what Doppler decides.

    A significant dysfunction and a risen gradient are made "yes", never "no": the answer of the
    clinic stands unless Doppler shows worse.
    """
    readings = picture.readings()
    found = stage_deterioration(readings)
    doppler = picture.facts.get(DVI) or picture.facts.get(AREA) or picture.facts.get(GRADE)
    said = "; ".join(found.reasons_for or found.reasons_against)
    facts = {
        f"prosthesis_deterioration_{name}": _of_study(answer, doppler, said)
        for name, answer in (("moderate", found.moderate), ("severe", found.severe))
        if answer is not None
    }
    if found.severe:
        facts["prosthesis_dysfunction_significant"] = _of_study(True, doppler, said)
    if gradient_risen(readings):
        reason = "mean gradient 5 mmHg or more above the baseline"
        facts["prosthesis_gradient_risen"] = _of_study(True, picture.facts[GRADIENT], reason)
    return facts


def _of_study(answer: bool, study: Fact | None, reason: str) -> Fact:
    study = study or Fact(None)
    return Fact(answer, on=study.on, source=study.source, method="Doppler", reason=reason)
