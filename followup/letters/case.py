"""What a letter is written from, and the hash by which a later reader knows it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from followup.whole import WholeAssessment
from guidelines.vocabulary import Tempo
from treatments.facts.valve import mitral_procedure_on
from treatments.models import EndocarditisProphylaxisAdvice, TeamReview
from treatments.record import PatientRecord


@dataclass(frozen=True, slots=True)
class LetterCase:
    """One patient on the day of the letter.

    ``addressee`` is to whom a clinic letter goes ("" where nobody is recorded). Changes of the
    medication are told from ``since`` on: the day of the last letter of this kind where there is
    one (``since_letter``). ``prophylaxis`` is the newest advice on endocarditis given by the day.
    """

    whole: WholeAssessment
    addressee: str
    since: date
    since_letter: bool
    prophylaxis: EndocarditisProphylaxisAdvice | None = None

    @property
    def record(self) -> PatientRecord:
        """The record on that day."""
        return self.whole.record

    @property
    def on(self) -> date:
        """The day that the letter speaks of."""
        return self.whole.record.on

    @property
    def is_acute(self) -> bool:
        """Acute by an open episode or by the diagnosis: advice for a chronic leak says nothing."""
        tempo = self.whole.picture.readings().get("tempo")
        return self.record.open_episode is not None or tempo in ACUTE

    @property
    def treated_on(self) -> date | None:
        """The day of the newest performed procedure on the mitral valve, where known."""
        return mitral_procedure_on(self.record)

    @property
    def is_carried_out(self) -> bool:
        """Whether the valve was treated on or after the day of the newest team review."""
        review = next(iter(self.record.team_reviews), None)
        day = self.treated_on
        return review is not None and day is not None and day >= review.reviewed_on

    @property
    def standing_review(self) -> TeamReview | None:
        """The newest team review, unless a procedure on the valve came with it or after it."""
        return None if self.is_carried_out else next(iter(self.record.team_reviews), None)

    @property
    def standing_prophylaxis(self) -> EndocarditisProphylaxisAdvice | None:
        """The advice on endocarditis, unless it was given for the valve as it was before."""
        advice, day = self.prophylaxis, self.treated_on
        is_old = advice is not None and day is not None and advice.advised_on < day
        return None if is_old else advice


ACUTE = (Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC)


def facts_hash(case: LetterCase, text: str) -> str:
    """Changes when a fact, a verdict or a generated sentence changes; hidden editions are not in.

    ``text`` is the generated text, which also holds what the assessment does not: doses, names.
    """
    facts = json.dumps(case.whole.as_dict(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{facts}\n{text}".encode()).hexdigest()


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence lists them: a, b and c."""
    each = list(words)
    if len(each) < 2:
        return "".join(each)
    return f"{', '.join(each[:-1])} {last} {each[-1]}"


def sentence(text: str) -> str:
    """With a capital at the start and a stop at the end; empty stays empty."""
    text = text.strip()
    if not text:
        return ""
    stop = "" if text.endswith((".", "?", "!")) else "."
    return f"{text[0].upper()}{text[1:]}{stop}"
