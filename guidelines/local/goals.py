"""Outside the windows and goals of care (SAFE-03, SAFE-09, SAFE-13, SAFE-14, safety D6).

None of these changes what an edition says. They are cards beside it, so that nobody is left
without an answer where the numbered rules end.
"""

from decimal import Decimal

from guidelines.catalogue.therapy import Frailty, RvDysfunction
from guidelines.criteria import (
    Criterion,
    above,
    all_of,
    any_of,
    at_least,
    at_most,
    below,
    equals,
    one_of,
)
from guidelines.gates import ADULT_AGE, CHILDBEARING_AGES, REPAIRED
from guidelines.local import LOCAL_SAFETY
from guidelines.regurgitation import SECONDARY, SEVERE_BY_EITHER, SYMPTOMS_OF_HEART_FAILURE
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, PregnancyStatus, Scope, Sex, Verification

RECURRENT_GRADE = Decimal(3)  # reader's grade, at or above: moderate to severe (SAFE-03)
LOWEST_LVEF = Decimal(20)  # percent, strictly below: outside (SAFE-13)
LARGEST_LVESD = Decimal(70)  # mm, strictly above: outside (SAFE-13)
HIGHEST_SPAP = Decimal(70)  # mmHg, strictly above: outside (SAFE-13)

SEVERE_SECONDARY_MR = all_of(SEVERE_BY_EITHER, SECONDARY)


def _card(
    slug: str,
    row: str,
    *,
    applies: Criterion,
    when: Criterion,
    advice: Advice,
    message: str,
    chapter: Chapter = Chapter.SCOPE,
    scope: Scope = Scope.ADULT,
) -> Rule:
    return Rule(
        id=f"local-safety/goals/{slug}",
        edition=LOCAL_SAFETY,
        section=row,
        cor=None,
        loe=None,
        source=Source(row, Verification.FROM_KNOWLEDGE),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        chapter=chapter,
        scope=scope,
    )


AFTER_REPAIR = _card(
    "after-repair",
    "SAFE-03",
    applies=one_of("mitral_valve_state", *REPAIRED),
    when=any_of(at_least("reader_grade", RECURRENT_GRADE), SYMPTOMS_OF_HEART_FAILURE),
    advice=Advice.HEART_TEAM,
    message="Repaired valve with recurrent regurgitation or symptoms: outside the numbered rules. "
    "Heart team.",
    chapter=Chapter.PROSTHESIS,
    scope=Scope.PROSTHESIS,
)

PREGNANCY_QUESTION = _card(
    "pregnancy",
    "SAFE-09",
    applies=all_of(
        one_of("sex", Sex.FEMALE, Sex.OTHER),
        at_least("age_years", CHILDBEARING_AGES[0]),
        at_most("age_years", CHILDBEARING_AGES[1]),
    ),
    when=one_of("pregnancy_status", PregnancyStatus.PREGNANT, PregnancyStatus.PLANNING),
    advice=Advice.QUESTION,
    message="Pregnant or planning a pregnancy: the rules for pregnancy come before any elective "
    "timing, and every drug is checked.",
    chapter=Chapter.PREGNANCY,
)

OUTSIDE_THE_WINDOWS = _card(
    "outside-the-windows",
    "SAFE-13",
    applies=SEVERE_SECONDARY_MR,
    when=any_of(
        below("lvef_percent", LOWEST_LVEF),
        above("lvesd_mm", LARGEST_LVESD),
        above("spap_mmhg", HIGHEST_SPAP),
        equals("rv_dysfunction", RvDysfunction.SEVERE),
        equals("advanced_heart_failure", True),
    ),
    advice=Advice.ADVANCED_HEART_FAILURE,
    message="Severe secondary MR outside the windows for edge-to-edge repair: review for advanced "
    "heart failure (assist device, transplant, palliative care). Not: nothing can be done.",
    chapter=Chapter.SECONDARY,
    scope=Scope.NATIVE_CHRONIC,
)

GOALS_OF_CARE = _card(
    "goals-of-care",
    "SAFE-14",
    applies=at_least("age_years", ADULT_AGE),
    when=any_of(
        equals("life_expectancy_under_1_year", True),
        equals("frailty", Frailty.SEVERE),
        equals("intervention_declined", True),
    ),
    advice=Advice.SHARED_DECISION,
    message="Short life expectancy, severe frailty, or the patient declines: what the guidelines "
    "say stands; goals of care come first. No overdue reminders, symptoms are still followed.",
)

MEDICAL_STEP_FIRST = _card(
    "medical-step-first",
    "D6",
    applies=all_of(SEVERE_SECONDARY_MR, SYMPTOMS_OF_HEART_FAILURE),
    when=equals("medical_step_first", True),
    advice=Advice.MEDICAL_THERAPY,
    message="Severe secondary MR with symptoms: medical step first. Drugs, resynchronization and "
    "revascularization are settled, and the regurgitation graded again, before an intervention "
    "for symptoms is judged. Not: no indication.",
    chapter=Chapter.SECONDARY,
    scope=Scope.NATIVE_CHRONIC,
)

RULES = (
    AFTER_REPAIR,
    PREGNANCY_QUESTION,
    OUTSIDE_THE_WINDOWS,
    GOALS_OF_CARE,
    MEDICAL_STEP_FIRST,
)
