"""Surgery for endocarditis (ESC 2023 endocarditis; rows IE-S-*), the same for both editions."""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020.endocarditis import ADULT
from guidelines.criteria import above, all_of, any_of, at_least, equals
from guidelines.documents import ESC_ENDOCARDITIS_2023
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Edition, Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    Scope,
    SurgicalRisk,
    Verification,
)

VEGETATION_LIMIT = Decimal(10)  # mm, at least (IE-S-04, IE-S-05, IE-S-08)
PERSISTENCE_DAYS = Decimal(7)  # days of positive cultures on treatment, more than (IE-S-07)
ONE_EMBOLUS = Decimal(1)  # events on treatment, at least (IE-S-04)

LARGE_VEGETATION = at_least("vegetation_length_mm", VEGETATION_LIMIT)
SEVERE_LESION = equals("endocarditis_severe_valve_lesion", True)
SHOCK = equals("endocarditis_refractory_edema_or_shock", True)
POORLY_TOLERATED = any_of(equals("endocarditis_heart_failure", True), SHOCK)
UNCONTROLLED = equals("endocarditis_locally_uncontrolled", True)
RESISTANT = equals("endocarditis_fungal_or_multiresistant", True)
PERSISTENT = any_of(
    above("endocarditis_days_cultures_positive", PERSISTENCE_DAYS),
    equals("endocarditis_persistent_sepsis", True),
)


def _source(row: str) -> Source:
    return Source(row, Verification.FROM_KNOWLEDGE, ESC_ENDOCARDITIS_2023)


def rules_for(edition: Edition) -> tuple[Rule, ...]:
    """The rules of the companion guideline as rules of one edition."""
    surgery = partial(
        Rule,
        edition=edition,
        section="ESC 2023 endocarditis",
        chapter=Chapter.ENDOCARDITIS,
        scope=Scope.ENDOCARDITIS,
        advice=Advice.EARLY_SURGERY,
        is_timing=True,
        applies=ADULT,
    )
    return (
        surgery(
            id=f"{edition.id}/endocarditis/emergency",
            cor=Cor.CLASS_I,
            loe=Loe.B,
            source=_source("IE-S-01"),
            when=all_of(SEVERE_LESION, SHOCK),
            message="Endocarditis with severe acute regurgitation, obstruction or fistula and "
            "refractory pulmonary edema or shock: emergency surgery, within 24 hours.",
        ),
        surgery(
            id=f"{edition.id}/endocarditis/heart-failure",
            cor=Cor.CLASS_I,
            loe=Loe.B,
            source=_source("IE-S-02"),
            when=all_of(SEVERE_LESION, POORLY_TOLERATED),
            message="Endocarditis with severe acute regurgitation, obstruction or fistula and "
            "symptoms of heart failure or poor hemodynamic tolerance: urgent surgery, within 3 "
            "to 5 days.",
        ),
        surgery(
            id=f"{edition.id}/endocarditis/uncontrolled-infection",
            cor=Cor.CLASS_I,
            loe=Loe.B,
            source=_source("IE-S-03"),
            when=UNCONTROLLED,
            message="Endocarditis with locally uncontrolled infection, new atrioventricular block "
            "or dehiscence: urgent surgery.",
        ),
        surgery(
            id=f"{edition.id}/endocarditis/vegetation-after-embolism",
            cor=Cor.CLASS_I,
            loe=Loe.B,
            source=_source("IE-S-04"),
            when=all_of(LARGE_VEGETATION, at_least("endocarditis_embolic_events", ONE_EMBOLUS)),
            message="A vegetation of 10 mm or more after an embolism on treatment: urgent surgery.",
        ),
        surgery(
            id=f"{edition.id}/endocarditis/vegetation-with-other-indication",
            cor=Cor.CLASS_I,
            loe=Loe.C,
            source=_source("IE-S-05"),
            when=all_of(
                LARGE_VEGETATION,
                any_of(
                    all_of(SEVERE_LESION, POORLY_TOLERATED), UNCONTROLLED, RESISTANT, PERSISTENT
                ),
            ),
            message="A vegetation of 10 mm or more with another indication for surgery: urgent "
            "surgery.",
        ),
        surgery(
            id=f"{edition.id}/endocarditis/resistant-organism",
            cor=Cor.CLASS_I,
            loe=Loe.C,
            source=_source("IE-S-06"),
            when=RESISTANT,
            message="Endocarditis by fungi or multiresistant bacteria: surgery, urgent or not by "
            "the hemodynamic state.",
        ),
        surgery(
            id=f"{edition.id}/endocarditis/persistent-infection",
            cor=Cor.CLASS_IIA,
            loe=Loe.B,
            source=_source("IE-S-07"),
            when=PERSISTENT,
            message="Blood cultures positive for more than a week, or persistent sepsis, on "
            "appropriate treatment: urgent surgery should be considered.",
        ),
        # Printed for those without severe dysfunction and without embolism. With either the
        # reason for surgery is no weaker, so neither takes this rule away.
        surgery(
            id=f"{edition.id}/endocarditis/large-vegetation-low-risk",
            cor=Cor.CLASS_IIB,
            loe=Loe.B,
            source=_source("IE-S-08"),
            when=all_of(LARGE_VEGETATION, equals("surgical_risk", SurgicalRisk.LOW)),
            message="A vegetation of 10 mm or more, even without severe valve dysfunction or "
            "embolism, at low surgical risk: urgent surgery may be considered.",
        ),
    )


RULES = rules_for(ESC_EACTS_2025)
