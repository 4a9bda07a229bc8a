"""The clinical core: one picture, one record, one patient's standing."""

from __future__ import annotations

from typing import Any

from benchmarks.cohort import analyze, make_patients, new_place
from benchmarks.figures import Part, best_of, milliseconds, times
from benchmarks.sizes import Size
from followup.standing import assessment_of, renew_standings
from guidelines.assessment import assess
from treatments.facts import picture_of
from treatments.record import record_of

ABOUT = (
    "Patients with a primary diagnosis and five measured studies. The baseline is a fixed loop of "
    "plain Python (100,000 additions), so that the ratio can be compared between machines."
)
STUDIES = 5
ADDITIONS = 100_000


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
        "assess: the rules alone": lambda: [assess(picture, on=on) for picture in pictures],
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
    return part


def _loop() -> int:
    total = 0
    for number in range(ADDITIONS):
        total += number
    return total
