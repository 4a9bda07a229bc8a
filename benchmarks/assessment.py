"""The clinical core: one picture, one record, one patient's standing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from multiprocessing import get_context
from typing import Any

from benchmarks.cohort import analyze, make_patients, new_place
from benchmarks.figures import Part, best_of, milliseconds, seconds_of, times
from benchmarks.sizes import Size
from followup.standing import assessment_of, renew_standings
from guidelines import completions, editions, gaps
from guidelines.assessment import assess, graded_picture
from guidelines.compiled import compiled
from guidelines.criteria import Readings
from guidelines.editions import standing_of
from guidelines.facts import ClinicalPicture
from guidelines.registry import ALL_EDITIONS, all_rules
from treatments.facts import picture_of
from treatments.record import record_of

ABOUT = (
    "Patients with a primary diagnosis and five measured studies. The baseline is a fixed loop of "
    "plain Python (100,000 additions), so that the ratio can be compared between machines."
)
STUDIES = 5
ADDITIONS = 100_000
LONGEST_ASSESSMENT = 0.003  # seconds of one core
FEWEST_PICTURES = 10_000  # a second of one core, verdicts alone


def run(size: Size) -> Part:
    """Measure the core alone, then with the facts, then with the database."""
    place = new_place()
    patients = make_patients(place, size.assessed_patients, studies=STUDIES)
    keys = [patient.pk for patient in patients]
    analyze()
    on = place.clinic.today()
    gathered = list(record_of(patients, on=on).values())
    pictures = [picture_of(record) for record in gathered]
    assessments = [assess(picture, on=on) for picture in pictures]
    acts: dict[str, Any] = {
        "picture_of: facts from a gathered record": lambda: [picture_of(r) for r in gathered],
        "assessment_of: facts and rules": lambda: [assessment_of(r) for r in gathered],
        "as_dict: the form that is stored": lambda: [a.as_dict() for a in assessments],
        "record_of: reading the record": lambda: record_of(patients, on=on),
        "renew_standings: all of it, stored": lambda: renew_standings(keys),
    }
    part = Part("Assessment", ABOUT)
    loop = best_of(size.repeats * 3, _loop)
    for name, act in acts.items():
        seconds = best_of(size.repeats, act) / len(patients)
        value = f"{milliseconds(seconds)} ({1 / seconds:,.0f}/s)"
        part.add(f"{name}, per patient", value, ratio=times(seconds / loop))
    part.remark(f"The loop takes {milliseconds(loop)}.")
    _measure_core(part, pictures, on, size, loop)
    return part


def _measure_core(
    part: Part, pictures: Sequence[ClinicalPicture], on: date, size: Size, loop: float
) -> None:
    """What the core alone takes: explained, the verdicts alone, and what is possible, apart."""
    readings = [graded_picture(picture).picture.readings() for picture in pictures]
    many = readings * max(1, size.assessed_patients * 50 // len(readings))
    compiled()
    cold = seconds_of(lambda: _assess_anew(pictures, on))
    warm = best_of(size.repeats, lambda: [assess(picture, on=on) for picture in pictures])
    _add_assessment(part, "assess: explained, nothing remembered", cold / len(pictures), loop)
    _add_assessment(part, "assess: explained, asked before", warm / len(pictures), loop)
    one_by_one = best_of(size.repeats, lambda: [compiled().one(known) for known in many])
    together = best_of(size.repeats, lambda: _judged(many))
    _add_rate(part, "verdicts of every rule, one picture at a time", len(many), one_by_one, loop)
    _add_rate(part, "verdicts of every rule, many pictures", len(many), together, loop)
    _measure_processes(part, many, size, together)
    possible = seconds_of(lambda: _possible_anew(readings))
    again = best_of(size.repeats, lambda: _possible(readings))
    for name, seconds in (("nothing remembered", possible), ("asked before", again)):
        what = f"either way and possible, every edition, {name}"
        _add_assessment(part, what, seconds / len(readings), loop, target=0)
    part.remark(f"{len(all_rules())} rules of {len(ALL_EDITIONS)} editions and the local ones.")


def _measure_processes(
    part: Part, many: Sequence[Readings], size: Size, one_process: float
) -> None:
    """The same verdicts by two processes, each with half; reading the pictures is not counted."""
    _SHARED[:] = many
    half = len(many) // 2
    with get_context("fork").Pool(2) as pool:
        halves = [(0, half), (half, len(many))]
        seconds = best_of(size.repeats, lambda: pool.map(_judged_between, halves))
    _SHARED.clear()
    value = f"{len(many) / seconds:,.0f}/s"
    name = "verdicts of every rule, many pictures, two processes"
    part.add(name, value, ratio=f"{times(one_process / seconds)} one process")


_SHARED: list[Readings] = []


def _judged_between(ends: tuple[int, int]) -> int:
    return _judged(_SHARED[slice(*ends)])


def _judged(many: Sequence[Readings]) -> int:
    return sum(len(said) for said in compiled().many(many))


def _possible(readings: Sequence[Readings]) -> None:
    for known in readings:
        for edition in ALL_EDITIONS:
            standing_of(edition, known)


def _possible_anew(readings: Sequence[Readings]) -> None:
    _forget()
    _possible(readings)


def _assess_anew(pictures: Sequence[ClinicalPicture], on: date) -> None:
    _forget()
    for picture in pictures:
        assess(picture, on=on)


def _forget() -> None:
    """Empty what the search over possible values remembers from other patients."""
    for module in (completions, editions, gaps):
        for remembered in vars(module).values():
            if hasattr(remembered, "cache_clear") and remembered.__module__ == module.__name__:
                remembered.cache_clear()


def _add_assessment(
    part: Part, name: str, seconds: float, loop: float, target: float = LONGEST_ASSESSMENT
) -> None:
    value = f"{milliseconds(seconds)} ({1 / seconds:,.0f}/s)"
    goal = {"target": f"at most {milliseconds(target)}", "met": seconds <= target} if target else {}
    part.add(f"{name}, per patient", value, ratio=times(seconds / loop), **goal)


def _add_rate(part: Part, name: str, count: int, seconds: float, loop: float) -> None:
    rate = count / seconds
    part.add(
        name,
        f"{rate:,.0f}/s",
        ratio=times(seconds / count / loop),
        target=f"at least {FEWEST_PICTURES:,}/s",
        met=rate >= FEWEST_PICTURES,
    )


def _loop() -> int:
    total = 0
    for number in range(ADDITIONS):
        total += number
    return total
