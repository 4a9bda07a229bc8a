"""The pathway: standings, appointments, contacts, referrals, letters."""

from followup.models.clock import Clock
from followup.models.letter import Letter
from followup.models.reassess import ReassessRun
from followup.models.recall import (
    Appointment,
    ContactAttempt,
    ContactWish,
    FollowUpEnd,
    Referral,
)
from followup.models.standing import Standing, waits_for_a_round
from followup.models.team import DecisionBasis, EditionAnswer, TeamSheet

__all__ = [
    "Appointment",
    "Clock",
    "ContactAttempt",
    "ContactWish",
    "DecisionBasis",
    "EditionAnswer",
    "FollowUpEnd",
    "Letter",
    "ReassessRun",
    "Referral",
    "Standing",
    "TeamSheet",
    "waits_for_a_round",
]
