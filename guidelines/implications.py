"""Facts that imply each other: which pictures cannot be.

The one table of it. Where values of missing facts are supposed (``completions``), a supposition
that breaks one of these lines is left out. Only what follows from the facts' own meanings stands
here; a line too many could call certain what is not.
"""

from __future__ import annotations

from dataclasses import dataclass

from guidelines.criteria import Criterion, Readings, equals, one_of
from guidelines.vocabulary import PregnancyStatus, Sex


@dataclass(frozen=True, slots=True)
class Implication:
    """Where the first holds, the second is not false."""

    given: Criterion
    then: Criterion

    @property
    def facts(self) -> frozenset[str]:
        """The facts that it ties together."""
        return self.given.facts | self.then.facts

    def is_broken(self, readings: Readings) -> bool:
        """Whether these readings contradict it."""
        return self.given.holds(readings) is True and self.then.holds(readings) is False


def _also(given: str, then: str) -> Implication:
    return Implication(equals(given, True), equals(then, True))


IMPLICATIONS = (
    Implication(
        equals("sex", Sex.MALE),
        one_of("pregnancy_status", PregnancyStatus.NOT_PREGNANT, PregnancyStatus.NOT_POSSIBLE),
    ),
    _also("none_of_these_asked", "none_of_these_asked_before"),
    _also("heart_transplant", "lvad_or_transplant"),
    _also("assist_device", "lvad_or_transplant"),
    _also("advanced_heart_failure", "heart_failure"),
    _also("coronary_disease_complex", "coronary_disease"),
    _also("concomitant_coronary_disease", "coronary_disease"),
    _also("cad_needs_revascularization", "coronary_disease"),
    _also("severe_aortic_stenosis", "aortic_stenosis_moderate_or_more"),
    _also("severe_aortic_stenosis", "severe_aortic_or_tricuspid_disease"),
    _also("endocarditis_refractory_edema_or_shock", "endocarditis_heart_failure"),
    _also("rheumatic_carditis", "rheumatic_fever_ever"),
    _also("rheumatic_residual_disease", "rheumatic_fever_ever"),
    _also("takes_evidence_based_beta_blocker", "takes_beta_blocker"),
    _also("mitral_replacement_planned", "mitral_surgery_planned"),
    _also("mitral_replacement_planned", "left_sided_valve_surgery_planned"),
    _also("mitral_surgery_planned", "left_sided_valve_surgery_planned"),
)


def is_consistent(readings: Readings) -> bool:
    """Whether no line of the table contradicts these readings."""
    return not any(implication.is_broken(readings) for implication in IMPLICATIONS)
