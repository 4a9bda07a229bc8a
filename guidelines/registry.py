"""Every edition and every rule that is built, with class, level and verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from guidelines import acc_aha_2020, esc_eacts_2021, esc_eacts_2025, local
from guidelines.acc_aha_2020 import acute as acc_aha_2020_acute
from guidelines.acc_aha_2020 import antithrombotic as acc_aha_2020_antithrombotic
from guidelines.acc_aha_2020 import arrhythmia as acc_aha_2020_arrhythmia
from guidelines.acc_aha_2020 import atrial_fibrillation as acc_aha_2020_atrial_fibrillation
from guidelines.acc_aha_2020 import bleeding as acc_aha_2020_bleeding
from guidelines.acc_aha_2020 import coronary as acc_aha_2020_coronary
from guidelines.acc_aha_2020 import endocarditis as acc_aha_2020_endocarditis
from guidelines.acc_aha_2020 import follow_up as acc_aha_2020_follow_up
from guidelines.acc_aha_2020 import heart_failure as acc_aha_2020_heart_failure
from guidelines.acc_aha_2020 import hypertrophic as acc_aha_2020_hypertrophic
from guidelines.acc_aha_2020 import medical as acc_aha_2020_medical
from guidelines.acc_aha_2020 import noncardiac_surgery as acc_aha_2020_noncardiac_surgery
from guidelines.acc_aha_2020 import pregnancy as acc_aha_2020_pregnancy
from guidelines.acc_aha_2020 import primary as acc_aha_2020_primary
from guidelines.acc_aha_2020 import prophylaxis as acc_aha_2020_prophylaxis
from guidelines.acc_aha_2020 import prosthesis as acc_aha_2020_prosthesis
from guidelines.acc_aha_2020 import prosthesis_choice as acc_aha_2020_prosthesis_choice
from guidelines.acc_aha_2020 import resynchronization as acc_aha_2020_resynchronization
from guidelines.acc_aha_2020 import rheumatic as acc_aha_2020_rheumatic
from guidelines.acc_aha_2020 import secondary as acc_aha_2020_secondary
from guidelines.acc_aha_2020 import team as acc_aha_2020_team
from guidelines.acc_aha_2020 import tests as acc_aha_2020_tests
from guidelines.acc_aha_2020 import tricuspid as acc_aha_2020_tricuspid
from guidelines.esc_eacts_2021 import acute as esc_eacts_2021_acute
from guidelines.esc_eacts_2021 import antithrombotic as esc_eacts_2021_antithrombotic
from guidelines.esc_eacts_2021 import arrhythmia as esc_eacts_2021_arrhythmia
from guidelines.esc_eacts_2021 import atrial_fibrillation as esc_eacts_2021_atrial_fibrillation
from guidelines.esc_eacts_2021 import bleeding as esc_eacts_2021_bleeding
from guidelines.esc_eacts_2021 import coronary as esc_eacts_2021_coronary
from guidelines.esc_eacts_2021 import endocarditis as esc_eacts_2021_endocarditis
from guidelines.esc_eacts_2021 import follow_up as esc_eacts_2021_follow_up
from guidelines.esc_eacts_2021 import heart_failure as esc_eacts_2021_heart_failure
from guidelines.esc_eacts_2021 import medical as esc_eacts_2021_medical
from guidelines.esc_eacts_2021 import noncardiac_surgery as esc_eacts_2021_noncardiac_surgery
from guidelines.esc_eacts_2021 import pregnancy as esc_eacts_2021_pregnancy
from guidelines.esc_eacts_2021 import primary as esc_eacts_2021_primary
from guidelines.esc_eacts_2021 import prophylaxis as esc_eacts_2021_prophylaxis
from guidelines.esc_eacts_2021 import prosthesis as esc_eacts_2021_prosthesis
from guidelines.esc_eacts_2021 import prosthesis_choice as esc_eacts_2021_prosthesis_choice
from guidelines.esc_eacts_2021 import resynchronization as esc_eacts_2021_resynchronization
from guidelines.esc_eacts_2021 import rheumatic as esc_eacts_2021_rheumatic
from guidelines.esc_eacts_2021 import secondary as esc_eacts_2021_secondary
from guidelines.esc_eacts_2021 import team as esc_eacts_2021_team
from guidelines.esc_eacts_2021 import tests as esc_eacts_2021_tests
from guidelines.esc_eacts_2021 import tricuspid as esc_eacts_2021_tricuspid
from guidelines.esc_eacts_2025 import acute as esc_eacts_2025_acute
from guidelines.esc_eacts_2025 import antithrombotic as esc_eacts_2025_antithrombotic
from guidelines.esc_eacts_2025 import arrhythmia as esc_eacts_2025_arrhythmia
from guidelines.esc_eacts_2025 import atrial_fibrillation as esc_eacts_2025_atrial_fibrillation
from guidelines.esc_eacts_2025 import bleeding as esc_eacts_2025_bleeding
from guidelines.esc_eacts_2025 import coronary as esc_eacts_2025_coronary
from guidelines.esc_eacts_2025 import endocarditis as esc_eacts_2025_endocarditis
from guidelines.esc_eacts_2025 import follow_up as esc_eacts_2025_follow_up
from guidelines.esc_eacts_2025 import heart_failure as esc_eacts_2025_heart_failure
from guidelines.esc_eacts_2025 import medical as esc_eacts_2025_medical
from guidelines.esc_eacts_2025 import noncardiac_surgery as esc_eacts_2025_noncardiac_surgery
from guidelines.esc_eacts_2025 import pregnancy as esc_eacts_2025_pregnancy
from guidelines.esc_eacts_2025 import primary as esc_eacts_2025_primary
from guidelines.esc_eacts_2025 import prophylaxis as esc_eacts_2025_prophylaxis
from guidelines.esc_eacts_2025 import prosthesis as esc_eacts_2025_prosthesis
from guidelines.esc_eacts_2025 import prosthesis_choice as esc_eacts_2025_prosthesis_choice
from guidelines.esc_eacts_2025 import resynchronization as esc_eacts_2025_resynchronization
from guidelines.esc_eacts_2025 import rheumatic as esc_eacts_2025_rheumatic
from guidelines.esc_eacts_2025 import secondary as esc_eacts_2025_secondary
from guidelines.esc_eacts_2025 import team as esc_eacts_2025_team
from guidelines.esc_eacts_2025 import tests as esc_eacts_2025_tests
from guidelines.esc_eacts_2025 import tricuspid as esc_eacts_2025_tricuspid
from guidelines.local import anticoagulation as local_anticoagulation
from guidelines.local import drugs as local_drugs
from guidelines.local import endocarditis as local_endocarditis
from guidelines.local import goals as local_goals
from guidelines.local import measurements as local_measurements
from guidelines.local import pregnancy as local_pregnancy
from guidelines.local import symptoms as local_symptoms
from guidelines.rule import Edition, Rule
from guidelines.vocabulary import Body

ACC_AHA_2020 = acc_aha_2020.ACC_AHA_2020
ESC_EACTS_2021 = esc_eacts_2021.ESC_EACTS_2021
ESC_EACTS_2025 = esc_eacts_2025.ESC_EACTS_2025
LOCAL_SAFETY = local.LOCAL_SAFETY

ALL_EDITIONS: tuple[Edition, ...] = (ACC_AHA_2020, ESC_EACTS_2021, ESC_EACTS_2025)
EDITIONS: tuple[Edition, ...] = tuple(e for e in ALL_EDITIONS if e.succeeded_on is None)
"""The newest edition of each body."""

RULES: Mapping[Edition, tuple[Rule, ...]] = MappingProxyType(
    {
        ACC_AHA_2020: (
            *acc_aha_2020_primary.RULES,
            *acc_aha_2020_secondary.RULES,
            *acc_aha_2020_medical.RULES,
            *acc_aha_2020_heart_failure.RULES,
            *acc_aha_2020_resynchronization.RULES,
            *acc_aha_2020_acute.RULES,
            *acc_aha_2020_tests.RULES,
            *acc_aha_2020_follow_up.RULES,
            *acc_aha_2020_team.RULES,
            *acc_aha_2020_coronary.RULES,
            *acc_aha_2020_tricuspid.RULES,
            *acc_aha_2020_noncardiac_surgery.RULES,
            *acc_aha_2020_pregnancy.RULES,
            *acc_aha_2020_rheumatic.RULES,
            *acc_aha_2020_endocarditis.RULES,
            *acc_aha_2020_prophylaxis.RULES,
            *acc_aha_2020_atrial_fibrillation.RULES,
            *acc_aha_2020_prosthesis_choice.RULES,
            *acc_aha_2020_prosthesis.RULES,
            *acc_aha_2020_antithrombotic.RULES,
            *acc_aha_2020_bleeding.RULES,
            *acc_aha_2020_hypertrophic.RULES,
            *acc_aha_2020_arrhythmia.RULES,
        ),
        ESC_EACTS_2021: (
            *esc_eacts_2021_primary.RULES,
            *esc_eacts_2021_secondary.RULES,
            *esc_eacts_2021_medical.RULES,
            *esc_eacts_2021_heart_failure.RULES,
            *esc_eacts_2021_resynchronization.RULES,
            *esc_eacts_2021_acute.RULES,
            *esc_eacts_2021_tests.RULES,
            *esc_eacts_2021_follow_up.RULES,
            *esc_eacts_2021_team.RULES,
            *esc_eacts_2021_coronary.RULES,
            *esc_eacts_2021_tricuspid.RULES,
            *esc_eacts_2021_noncardiac_surgery.RULES,
            *esc_eacts_2021_pregnancy.RULES,
            *esc_eacts_2021_rheumatic.RULES,
            *esc_eacts_2021_endocarditis.RULES,
            *esc_eacts_2021_prophylaxis.RULES,
            *esc_eacts_2021_atrial_fibrillation.RULES,
            *esc_eacts_2021_prosthesis_choice.RULES,
            *esc_eacts_2021_prosthesis.RULES,
            *esc_eacts_2021_antithrombotic.RULES,
            *esc_eacts_2021_bleeding.RULES,
            *esc_eacts_2021_arrhythmia.RULES,
        ),
        ESC_EACTS_2025: (
            *esc_eacts_2025_primary.RULES,
            *esc_eacts_2025_secondary.RULES,
            *esc_eacts_2025_medical.RULES,
            *esc_eacts_2025_heart_failure.RULES,
            *esc_eacts_2025_resynchronization.RULES,
            *esc_eacts_2025_acute.RULES,
            *esc_eacts_2025_tests.RULES,
            *esc_eacts_2025_follow_up.RULES,
            *esc_eacts_2025_team.RULES,
            *esc_eacts_2025_coronary.RULES,
            *esc_eacts_2025_tricuspid.RULES,
            *esc_eacts_2025_noncardiac_surgery.RULES,
            *esc_eacts_2025_pregnancy.RULES,
            *esc_eacts_2025_rheumatic.RULES,
            *esc_eacts_2025_endocarditis.RULES,
            *esc_eacts_2025_prophylaxis.RULES,
            *esc_eacts_2025_atrial_fibrillation.RULES,
            *esc_eacts_2025_prosthesis_choice.RULES,
            *esc_eacts_2025_prosthesis.RULES,
            *esc_eacts_2025_antithrombotic.RULES,
            *esc_eacts_2025_bleeding.RULES,
            *esc_eacts_2025_arrhythmia.RULES,
        ),
        LOCAL_SAFETY: (
            *local_anticoagulation.RULES,
            *local_drugs.RULES,
            *local_symptoms.RULES,
            *local_goals.RULES,
            *local_endocarditis.RULES,
            *local_pregnancy.RULES,
            *local_measurements.RULES,
        ),
    }
)


def editions_in_force(on: date) -> tuple[Edition, ...]:
    """The edition of each body in force on a day; none before a body's first publication."""
    return tuple(edition for edition in ALL_EDITIONS if edition.is_in_force(on))


def bodies_not_in(editions: Sequence[Edition]) -> tuple[Body, ...]:
    """The bodies that these editions leave out: "no edition held"."""
    held = {edition.body for edition in editions}
    bodies = dict.fromkeys(edition.body for edition in ALL_EDITIONS)
    return tuple(body for body in bodies if body not in held)


def all_rules() -> tuple[Rule, ...]:
    """Every rule that is built, edition by edition, the local safety rules last."""
    return tuple(rule for rules in RULES.values() for rule in rules)


def built_rules(edition: Edition) -> int:
    """How many recommendations with a class are built, each row once."""
    return len({rule.source.row for rule in RULES[edition] if rule.cor is not None})


def coverage(edition: Edition) -> str:
    """ "2 of 99 rules built"."""
    return f"{built_rules(edition)} of {edition.total_rules_planned} rules built"


def edition_of(edition_id: str) -> Edition:
    """The edition of this id; raises ``LookupError`` when there is none."""
    for edition in RULES:
        if edition.id == edition_id:
            return edition
    raise LookupError(f"no such edition: {edition_id!r}")


def rule_of(rule_id: str) -> Rule:
    """The rule of this id; raises ``LookupError`` when there is none."""
    for rule in all_rules():
        if rule.id == rule_id:
            return rule
    raise LookupError(f"no such rule: {rule_id!r}")
