"""Letters about one patient, written from the same facts as the screen.

``letter_parts(kind, case)`` gives the parts of a clinic letter or a patient letter as values,
``text_of(parts)`` the plain text that a person edits, and ``blocks_of(text)`` what stands on
paper. All are pure functions of the assessment: they ask no clock and no database. What an edition
says that the clinic has not signed off is in none of them.
"""

from __future__ import annotations

from followup.letters.case import LetterCase, facts_hash
from followup.letters.paper import Block, Part, blocks_of, text_of
from followup.letters.to_clinic import clinic_letter
from followup.letters.to_patient import patient_letter
from followup.models import Letter

__all__ = ["Block", "LetterCase", "Part", "blocks_of", "facts_hash", "letter_parts", "text_of"]


def letter_parts(kind: str, case: LetterCase) -> tuple[Part, ...]:
    """The parts of a letter of this kind.

    Raises ``ValueError`` for a patient letter about somebody who died.
    """
    if kind == Letter.Kind.PATIENT:
        return patient_letter(case)
    return clinic_letter(case)
