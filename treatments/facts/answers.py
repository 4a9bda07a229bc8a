"""What the clinic answered directly, where rules ask and no other record holds it.

An answer about an emergency or an infection belongs to its episode: an old one is asked anew and
says nothing, not even what was adverse.
"""

from __future__ import annotations

from dataclasses import replace

from guidelines.facts import Fact
from patients.models.answers import QUESTIONS
from treatments.facts.case import Case, Facts, put

# Questions whose answers last no longer than a week, and how long an episode is (local defaults).
EPISODE_ANSWER_DAYS = 7
EPISODE_DAYS = {1: 30}  # an emergency
LONG_EPISODE_DAYS = 90  # an infection under treatment


def answer_facts(case: Case) -> Facts:
    """One fact for each question that was answered with more than "unknown"."""
    asked = {row.fact for row in case.record.clinical_answers}
    facts: Facts = {}
    for name in QUESTIONS:
        if name in asked:
            put(facts, name, answer_of(case, name))
    return facts


def answer_of(case: Case, name: str) -> Fact | None:
    """The answer to one question, if it was given in the present episode."""
    fact = case.answer(name)
    return None if fact is None else _of_this_episode(case, name, fact)


def _of_this_episode(case: Case, name: str, fact: Fact) -> Fact:
    """The fact, or none of it when it speaks of a former emergency."""
    days = QUESTIONS[name].days
    if days is None or days > EPISODE_ANSWER_DAYS or fact.on is None:
        return fact
    episode = case.record.open_episode
    before = episode is not None and fact.on < case.record.day_of(episode.onset_at)
    if not before and case.age(fact.on) <= EPISODE_DAYS.get(days, LONG_EPISODE_DAYS):
        return fact
    return replace(fact, value=None, reason="answered in a former episode: ask again")
