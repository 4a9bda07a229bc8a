"""What must not go on as planned while endocarditis is active or suspected (SAFE-06)."""

from functools import partial

from guidelines.criteria import any_of, equals
from guidelines.local import LOCAL_SAFETY
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Scope, Verification

_check = partial(
    Rule,
    edition=LOCAL_SAFETY,
    section="SAFE-06",
    cor=None,
    loe=None,
    source=Source("SAFE-06", Verification.FROM_KNOWLEDGE),
    chapter=Chapter.ENDOCARDITIS,
    scope=Scope.ENDOCARDITIS,
    advice=Advice.QUESTION,
)

NO_TEER = _check(
    id="local-safety/endocarditis/no-edge-to-edge-repair",
    applies=equals("endocarditis_active_or_suspected", True),
    when=equals("teer_planned", True),
    message="Edge-to-edge repair is planned while endocarditis is active or suspected: it is not "
    "offered now. Who calls it off?",
)

ANTITHROMBOTIC_REVIEW = _check(
    id="local-safety/endocarditis/antithrombotic-review",
    applies=equals("endocarditis_active_or_suspected", True),
    when=any_of(
        equals("takes_vka", True),
        equals("takes_doac", True),
        equals("takes_heparin", True),
        equals("takes_antiplatelet", True),
    ),
    message="Endocarditis, and an antithrombotic drug is taken: review it today with the team. "
    "Never stop it for a mechanical valve without a replacement.",
)

TEAM_TODAY = Rule(
    id="local-safety/endocarditis/team-today",
    edition=LOCAL_SAFETY,
    section="SAFE-06",
    cor=None,
    loe=None,
    source=Source("SAFE-06", Verification.FROM_KNOWLEDGE),
    chapter=Chapter.ENDOCARDITIS,
    scope=Scope.ENDOCARDITIS,
    advice=Advice.SAME_DAY_CONTACT,
    applies=equals("endocarditis_active_or_suspected", True),
    when=equals("mitral_surgery_planned", False),
    message="Endocarditis is active or suspected and no operation is planned: the endocarditis "
    "team decides on surgery today.",
)

RULES = (TEAM_TODAY, NO_TEER, ANTITHROMBOTIC_REVIEW)
