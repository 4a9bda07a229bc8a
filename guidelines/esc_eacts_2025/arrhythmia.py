"""Arrhythmic mitral prolapse (ESC/EACTS 2025: text, no class; row ESC25-AR-01)."""

from functools import partial

from guidelines.criteria import any_of, equals, one_of
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    CarpentierType,
    Chapter,
    Etiology,
    Scope,
    Verification,
)

PROLAPSE = any_of(
    equals("mitral_prolapse", True),
    one_of("etiology", Etiology.BARLOW, Etiology.FIBROELASTIC_DEFICIENCY, Etiology.DEGENERATIVE),
    equals("carpentier_type", CarpentierType.II),
)
# Whatever the grade of the regurgitation. Syncope as a trigger is local.
AT_RISK = any_of(
    equals("annular_disjunction", True),
    equals("syncope", True),
    equals("complex_ventricular_ectopy", True),
    equals("palpitations", True),
)

_text = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="text",
    cor=None,
    loe=None,
    source=Source("ESC25-AR-01", Verification.PRIMARY_DOCUMENT),
    chapter=Chapter.ARRHYTHMIA,
    scope=Scope.ADULT,
    applies=PROLAPSE,
    when=AT_RISK,
)

_WHO = (
    "Prolapse with annular disjunction, syncope, complex ventricular ectopy or palpitations, "
    "whatever the grade"
)

ECG = _text(
    id="esc-eacts-2025/arrhythmia/continuous-ecg",
    advice=Advice.ECG_MONITORING,
    message=f"{_WHO}: continuous ECG.",
)

FIBROSIS = _text(
    id="esc-eacts-2025/arrhythmia/cmr-for-fibrosis",
    advice=Advice.CMR,
    message=f"{_WHO}: CMR for fibrosis.",
)

REVIEW = _text(
    id="esc-eacts-2025/arrhythmia/review",
    advice=Advice.SPECIALIST,
    message=f"{_WHO}: review by an arrhythmia specialist.",
)

RULES = (ECG, FIBROSIS, REVIEW)
