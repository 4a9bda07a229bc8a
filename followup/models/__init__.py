"""The pathway: standings, appointments, contacts, referrals, letters."""

from followup.models.letter import Letter
from followup.models.reassess import ReassessRun
from followup.models.recall import (
    Appointment,
    ContactAttempt,
    ContactWish,
    FollowUpEnd,
    Referral,
)
from followup.models.standing import Standing

__all__ = [
    "Appointment",
    "ContactAttempt",
    "ContactWish",
    "FollowUpEnd",
    "Letter",
    "ReassessRun",
    "Referral",
    "Standing",
]
