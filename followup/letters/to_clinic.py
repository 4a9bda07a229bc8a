"""The clinic letter: to the referring doctor, with values, units, days, classes and levels.

It begins with the answers and gives the evidence below. What an edition says stands there only
where the clinic has signed it off; "cannot tell" is said as such, never as "no indication".
"""

from __future__ import annotations

from collections.abc import Iterator

from followup.letters.by_edition import (
    guideline_parts,
    missing_items,
    more_missing,
)
from followup.letters.case import LetterCase
from followup.letters.clinic_parts.disease import (
    acute_lines,
    diagnosis_lines,
    severity_lines,
    symptom_lines,
)
from followup.letters.clinic_parts.in_short import short_lines, urgent_lines
from followup.letters.clinic_parts.measurements import measured_lines, on_brackets, unmeasured_lines
from followup.letters.clinic_parts.next_dates import next_intro, next_lines
from followup.letters.clinic_parts.treatment import (
    anticoagulation_lines,
    drug_change_lines,
    intervention_lines,
    prophylaxis_lines,
    team_lines,
)
from followup.letters.medicines import (
    drug_lines,
)
from followup.letters.paper import Part, part
from patients.days import spoken


def clinic_letter(case: LetterCase) -> tuple[Part, ...]:
    """The parts of the letter; each fact with its unit and day, what is missing said so."""
    parts = [
        Part(sentences=(_greeting(case),)),
        Part(sentences=tuple(_opening(case))),
        part("Urgent on the day of this letter", items=urgent_lines(case)),
        part("In short", items=short_lines(case)),
        part("Diagnosis", diagnosis_lines(case)),
        part("Acute episode", acute_lines(case)),
        part("Severity", severity_lines(case)),
        part("Symptoms", symptom_lines(case)),
        part(
            "Measurements and their course",
            on_brackets(case),
            measured_lines(case),
            unmeasured_lines(case),
        ),
        *guideline_parts(case),
        part(
            "What is missing and would decide", items=missing_items(case), after=more_missing(case)
        ),
        part("Heart team", team_lines(case)),
        part("Interventions", items=intervention_lines(case)),
        part("Medication", items=drug_lines(case.record), after=drug_change_lines(case)),
        part("Anticoagulation", anticoagulation_lines(case)),
        part("Prophylaxis of endocarditis", prophylaxis_lines(case)),
        part("Next echo and visit", next_intro(case), next_lines(case)),
        Part(sentences=("With kind regards",)),
    ]
    return tuple(each for each in parts if not each.is_empty)


def _greeting(case: LetterCase) -> str:
    name = case.addressee.partition(",")[0].strip()
    is_a_person = name.startswith(("Dr ", "Dr. ", "Prof ", "Prof. ", "Professor "))
    return f"Dear {name}," if is_a_person else "Dear colleague,"


def _opening(case: LetterCase) -> Iterator[str]:
    patient = case.record.patient
    age = patient.age_on(patient.deceased_on or case.on)
    name = " ".join(filter(None, (patient.given_name, patient.family_name)))
    who = name or f"the patient with record number {case.whole.record_number}"
    years = f", {age} years old" if age is not None else ""
    if case.record.has_died and patient.deceased_on is not None:
        yield f"We are sorry to tell you that {who} died on {spoken(patient.deceased_on)}."
        yield "Below is what our record held. Nothing is due."
        return
    yield f"We follow {who}{years}, in our heart valve clinic."
    yield f"This letter says what our record holds on {spoken(case.on)}."
