"""Choice of prosthesis (RT 13; rows ESC-PR-01 to ESC-PR-09), and what 2021 shares with it.

Mitral position: mechanical below 65 years, biological above 70; from 65 to 70 both are open.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from guidelines.catalogue.antithrombosis import BleedingRisk, ProsthesisWish
from guidelines.criteria import above, all_of, any_of, at_least, at_most, below, equals
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Edition, Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    Cor,
    Loe,
    PregnancyStatus,
    Scope,
    Verification,
)

MECHANICAL_AGE = Decimal(65)  # years, below, ESC-PR-02, mitral position
BIOLOGICAL_AGE = Decimal(70)  # years, above, ESC-PR-03, mitral position

# A replacement is planned, or an intervention is indicated and a repair is judged not to last.
MITRAL_REPLACEMENT = any_of(
    equals("mitral_replacement_planned", True),
    all_of(
        equals("intervention_indicated_esc_eacts", True), equals("durable_repair_likely", False)
    ),
)
NEEDS_ANTICOAGULATION = any_of(
    equals("atrial_fibrillation", True), equals("other_anticoagulation_indication", True)
)


def choice_rule(edition: Edition, section: str) -> Callable[..., Rule]:
    """A maker of rules on the prosthesis of a mitral replacement."""
    return partial(
        Rule,
        edition=edition,
        section=section,
        applies=MITRAL_REPLACEMENT,
        chapter=Chapter.PROSTHESIS_CHOICE,
        scope=Scope.ADULT,
    )


def read(row: str) -> Source:
    """A row read in the guideline itself."""
    return Source(row, Verification.PRIMARY_DOCUMENT)


def rules_for(edition: Edition, section: str, *, level_by_age: Loe) -> tuple[Rule, ...]:
    """The recommendations that 2021 and 2025 share, but for the level of the one by age."""
    rule = choice_rule(edition, section)
    base = f"{edition.id}/prosthesis-choice"
    return (
        rule(
            id=f"{base}/wish-mechanical",
            cor=Cor.CLASS_I,
            loe=Loe.C,
            source=read("ESC-PR-01"),
            when=all_of(
                equals("prosthesis_wish", ProsthesisWish.MECHANICAL),
                equals("vka_contraindicated", False),
            ),
            advice=Advice.MECHANICAL_VALVE,
            message="The informed patient wishes a mechanical prosthesis and a vitamin K "
            "antagonist is not contraindicated: a mechanical prosthesis.",
        ),
        rule(
            id=f"{base}/wish-biological",
            cor=Cor.CLASS_I,
            loe=Loe.C,
            source=read("ESC-PR-01"),
            when=equals("prosthesis_wish", ProsthesisWish.BIOLOGICAL),
            advice=Advice.BIOLOGICAL_VALVE,
            message="The informed patient wishes a biological prosthesis: a biological one.",
        ),
        rule(
            id=f"{base}/mechanical-by-age",
            cor=Cor.CLASS_IIA,
            loe=level_by_age,
            source=read("ESC-PR-02"),
            when=below("age_years", MECHANICAL_AGE),
            advice=Advice.MECHANICAL_VALVE,
            message="Mitral replacement below 65 years: a mechanical prosthesis should be "
            "considered.",
        ),
        rule(
            id=f"{base}/biological-by-age",
            cor=Cor.CLASS_IIA,
            loe=Loe.C,
            source=read("ESC-PR-03"),
            when=above("age_years", BIOLOGICAL_AGE),
            advice=Advice.BIOLOGICAL_VALVE,
            message="Mitral replacement above 70 years: a biological prosthesis should be "
            "considered.",
        ),
        rule(
            id=f"{base}/open-by-age",
            cor=None,
            loe=None,
            source=read("ESC-PR-04"),
            when=all_of(
                at_least("age_years", MECHANICAL_AGE), at_most("age_years", BIOLOGICAL_AGE)
            ),
            advice=Advice.SHARED_DECISION,
            message="Mitral replacement from 65 to 70 years: both kinds of prosthesis are "
            "acceptable.",
        ),
        rule(
            id=f"{base}/other-mechanical-valve",
            cor=Cor.CLASS_IIA,
            loe=Loe.C,
            source=read("ESC-PR-06"),
            when=equals("other_mechanical_valve", True),
            advice=Advice.MECHANICAL_VALVE,
            message="A mechanical valve in another position: a mechanical prosthesis should be "
            "considered.",
        ),
        rule(
            id=f"{base}/anticoagulated-anyway",
            cor=Cor.CLASS_IIB,
            loe=Loe.C,
            source=read("ESC-PR-07"),
            when=NEEDS_ANTICOAGULATION,
            advice=Advice.MECHANICAL_VALVE,
            message="Long-term anticoagulation is needed anyway: a mechanical prosthesis may be "
            "considered.",
        ),
        rule(
            id=f"{base}/anticoagulation-hard",
            cor=Cor.CLASS_I,
            loe=Loe.C,
            source=read("ESC-PR-08"),
            when=any_of(
                equals("vka_quality_poor", True),
                equals("bleeding_risk", BleedingRisk.HIGH),
                equals("life_expectancy_short", True),
            ),
            advice=Advice.BIOLOGICAL_VALVE,
            message="Good control of anticoagulation unlikely, high bleeding risk, or a life "
            "expectancy shorter than that of the valve: a biological prosthesis.",
        ),
        rule(
            id=f"{base}/pregnancy-planned",
            cor=Cor.CLASS_IIA,
            loe=Loe.C,
            source=read("ESC-PR-09"),
            when=equals("pregnancy_status", PregnancyStatus.PLANNING),
            advice=Advice.BIOLOGICAL_VALVE,
            message="A pregnancy is planned: a biological prosthesis should be considered.",
        ),
    )


LONG_LIFE = choice_rule(ESC_EACTS_2025, "14.1")(
    id="esc-eacts-2025/prosthesis-choice/long-life",
    cor=Cor.CLASS_IIA,
    loe=Loe.B,
    source=read("ESC-PR-05"),
    when=equals("life_expectancy_long", True),
    advice=Advice.MECHANICAL_VALVE,
    message="A long life expectancy: a mechanical prosthesis should be considered.",
)

RULES = (*rules_for(ESC_EACTS_2025, "14.1", level_by_age=Loe.C), LONG_LIFE)
