"""Age, sex, pregnancy, and what care the patient wants."""

from __future__ import annotations

from decimal import Decimal

from guidelines.catalogue.therapy import Frailty
from guidelines.facts import Fact
from guidelines.vocabulary import PregnancyStatus as Pregnancy
from guidelines.vocabulary import Sex
from patients.days import spoken
from patients.models import GoalsOfCare, PregnancyStatus
from treatments.facts.case import Case, Facts, newest, put
from treatments.models import TeamReview


def person_facts(case: Case) -> Facts:
    """Facts about the person."""
    patient = case.record.patient
    source = f"patient:{patient.public_id}"
    facts: Facts = {}
    age = patient.age_on(case.on)
    if age is not None:
        facts["age_years"] = Fact(Decimal(age), patient.born_on, source)
    if patient.sex in {Sex.FEMALE.value, Sex.MALE.value, Sex.OTHER.value}:
        facts["sex"] = Fact(Sex(patient.sex), None, source)
    put(facts, "pregnancy_status", _pregnancy(case))
    put(facts, "life_expectancy_under_1_year", _life_expectancy(case))
    put(facts, "intervention_declined", _declined(case))
    put(facts, "frailty", _frailty(case))
    return facts


def _frailty(case: Case) -> Fact | None:
    """As last assessed, by the clinic's own scale."""
    goals = newest(case.record.goals_of_care, lambda row: row.frailty != Frailty.UNKNOWN.value)
    if goals is None:
        return None
    return case.fact(goals, Frailty(goals.frailty), days=case.limits["frailty"])


def _pregnancy(case: Case) -> Fact | None:
    """As asked within a month; an older answer, yes or no, is no answer but a question."""
    patient = case.record.patient
    stated = newest(case.record.pregnancy_statuses, lambda row: row.status != "unknown")
    if stated is not None and stated.status == PregnancyStatus.Status.PREGNANT:
        return _pregnant(case, stated)
    if patient.sex == Sex.MALE.value or patient.pregnancy_possible is False:
        return Fact(Pregnancy.NOT_POSSIBLE, None, f"patient:{patient.public_id}")
    days = case.limits["pregnancy_status"]
    check = newest(case.record.absence_checks, lambda row: row.pregnancy_absent)
    if check is not None and (stated is None or check.checked_on > stated.assessed_on):
        return case.fact(check, Pregnancy.NOT_PREGNANT, days=days)
    if stated is None:
        return None
    return case.fact(stated, Pregnancy.NOT_PREGNANT, days=days, method=stated.status)


def _pregnant(case: Case, stated: PregnancyStatus) -> Fact:
    # Then it is asked again, and hides no headline.
    if case.age(stated.assessed_on) <= case.limits["pregnancy_status"]:
        return case.fact(stated, Pregnancy.PREGNANT)
    due = f", delivery expected {spoken(stated.due_on)}" if stated.due_on else ""
    reason = f"pregnant when asked on {spoken(stated.assessed_on)}{due}: ask again"
    return case.fact(stated, None, reason=reason)


def _life_expectancy(case: Case) -> Fact | None:
    """Below one year, from the goals of care or the team's estimate, whichever is newer."""
    unknown = GoalsOfCare.LifeExpectancy.UNKNOWN
    goals = newest(case.record.goals_of_care, lambda row: row.life_expectancy != unknown)
    review = newest(case.record.team_reviews, lambda row: row.life_expectancy_years is not None)
    if review is not None and (goals is None or review.reviewed_on > goals.assessed_on):
        short = (review.life_expectancy_years or 0) < 1
        return case.fact(review, short, days=case.limits["life_expectancy_under_1_year"])
    if goals is None:
        return None
    short = goals.life_expectancy == GoalsOfCare.LifeExpectancy.UNDER_ONE_YEAR
    return case.fact(goals, short, days=case.limits["life_expectancy_under_1_year"])


def _declined(case: Case) -> Fact | None:
    """The patient's own decision, from the goals of care or from a team review."""
    days = case.limits["intervention_declined"]
    decisions = TeamReview.Decision
    wish = newest(case.record.goals_of_care, lambda row: row.declines_intervention is not None)
    told = newest(
        case.record.team_reviews,
        lambda row: row.decision in {decisions.DECLINED_BY_PATIENT, decisions.INTERVENE},
    )
    if told is not None and (wish is None or told.reviewed_on > wish.assessed_on):
        declined = told.decision == decisions.DECLINED_BY_PATIENT
        return case.fact(told, declined, days=days, lasts_through_events=True)
    if wish is None:
        return None
    declined = bool(wish.declines_intervention)
    return case.fact(wish, declined, days=days, lasts_through_events=True)
