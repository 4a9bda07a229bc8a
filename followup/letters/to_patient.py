"""The patient letter: what was measured, what changed, what comes next, in everyday words.

For a reader of about twelve years: short sentences, no class of a recommendation, no abbreviation
without its meaning, no figure of a risk. It says nothing about an operation that the heart team
has not decided, and never that nothing is needed. No edition is quoted, so none can leak.
"""

from __future__ import annotations

from collections.abc import Iterator

from followup.letters.case import LetterCase
from followup.letters.medicines import (
    drug_lines,
)
from followup.letters.paper import Part, part
from followup.letters.patient_parts.measurements import measured_lines, on_error, unmeasured_lines
from followup.letters.patient_parts.next_check import next_steps
from followup.letters.patient_parts.symptoms import decision_lines, symptom_lines
from followup.letters.patient_parts.treatment import (
    medicine_lines,
    medicines_intro,
    prophylaxis_lines,
    thinner_lines,
)
from followup.letters.patient_parts.valve import valve_lines
from followup.letters.patient_parts.waited_for import waited_for_lines
from followup.letters.patient_parts.warning_signs import emergency_lines, same_day_lines
from patients.days import spoken

TO_THE_DEAD = "a letter to a patient who died is not written"
ADULT = 18


def patient_letter(case: LetterCase) -> tuple[Part, ...]:
    """The parts of the letter. Raises ``ValueError`` when the patient has died."""
    if case.record.patient.deceased_on is not None:
        raise ValueError(TO_THE_DEAD)
    if case.is_acute:
        return _in_an_emergency(case)
    parts = [
        Part(sentences=(_greeting(case),)),
        part(sentences=_opening(case)),
        part("Your heart valve", valve_lines(case)),
        part("What we measured", on_error(case), measured_lines(case), unmeasured_lines(case)),
        part("How you feel", symptom_lines(case)),
        part("What has been decided", decision_lines(case)),
        part("What we still want to find out", items=waited_for_lines(case)),
        part(
            "Your medicines", medicines_intro(case), drug_lines(case.record), medicine_lines(case)
        ),
        part("Your blood thinner", thinner_lines(case)),
        part("Teeth and infection", prophylaxis_lines(case)),
        part("Call an ambulance at once", items=emergency_lines(case)),
        part("Call us the same day", items=same_day_lines(case)),
        part("What happens next", next_steps(case)),
        Part(sentences=("Please call us with any question.",)),
        Part(sentences=("With kind regards",)),
    ]
    return tuple(each for each in parts if not each.is_empty)


def _greeting(case: LetterCase) -> str:
    patient = case.record.patient
    name = " ".join(filter(None, (patient.given_name, patient.family_name)))
    age = patient.age_on(case.on)
    if age is not None and age < ADULT:
        return f"Dear parents of {name}," if name else "Dear parents,"
    return f"Dear {name}," if name else "Dear patient,"


def _opening(case: LetterCase) -> Iterator[str]:
    yield f"This letter tells you in everyday words what we know on {spoken(case.on)}."
    yield "Please keep it, and show it to other doctors who treat you."


def _in_an_emergency(case: LetterCase) -> tuple[Part, ...]:
    """What is known, and that the advice for a leak of long standing does not apply (D4, D12)."""
    episode = case.record.open_episode
    begun = "You have had a sudden leak at your mitral valve."
    place = "If you are not in a hospital now, call an ambulance."
    if episode is not None:
        since = spoken(case.record.day_of(episode.onset_at))
        begun = f"Since {since} you have had a sudden leak at your mitral valve."
        place = f"You are being treated here: {episode.place}." if episode.place else place
    return (
        Part(sentences=(_greeting(case),)),
        part(sentences=_opening(case)),
        part(
            "Your heart valve",
            (
                begun,
                "The mitral valve is a gate inside the left side of your heart.",
                "A sudden leak is an emergency.",
                place,
            ),
        ),
        part(
            "What happens next",
            (
                "Earlier advice about regular checks does not apply now.",
                "The doctors who treat you will tell you the next steps.",
                "Tell the staff at once if your breathing gets worse or you feel faint.",
            ),
        ),
        Part(sentences=("With kind regards",)),
    )
