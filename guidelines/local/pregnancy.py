"""Drugs that harm an unborn child (SAFE-09, with the local part of AHA-PG-06)."""

from functools import partial

from guidelines.criteria import Criterion, equals
from guidelines.local import LOCAL_SAFETY
from guidelines.rule import Rule, Source
from guidelines.vocabulary import (
    Advice,
    Chapter,
    MitralValveState,
    PregnancyStatus,
    Scope,
    Verification,
)

PREGNANT = equals("pregnancy_status", PregnancyStatus.PREGNANT)
PLANNING = equals("pregnancy_status", PregnancyStatus.PLANNING)

_check = partial(
    Rule,
    edition=LOCAL_SAFETY,
    section="SAFE-09",
    cor=None,
    loe=None,
    source=Source("SAFE-09", Verification.FROM_KNOWLEDGE),
    chapter=Chapter.PREGNANCY,
    scope=Scope.PREGNANCY,
)

_STOPPED = (
    ("ace-inhibitor", "takes_ace_inhibitor", "an ACE inhibitor"),
    ("arb", "takes_arb", "an angiotensin receptor blocker"),
    ("arni", "takes_arni", "an ARNI"),
    ("mra", "takes_mra", "a mineralocorticoid antagonist"),
    ("sglt2-inhibitor", "takes_sglt2_inhibitor", "an SGLT2 inhibitor"),
    ("statin", "takes_statin", "a statin"),
    ("doac", "takes_doac", "a direct oral anticoagulant"),
)


def _drug_rules(slug: str, fact: str, drug: str) -> tuple[Rule, Rule]:
    """Contact today when she is pregnant, a question when she plans to be."""
    takes: Criterion = equals(fact, True)
    return (
        _check(
            id=f"local-safety/pregnancy/{slug}-in-pregnancy",
            applies=PREGNANT,
            when=takes,
            advice=Advice.SAME_DAY_CONTACT,
            message=f"Pregnant and takes {drug}: contact her today; it is to be stopped or "
            "replaced by whoever treats her.",
        ),
        _check(
            id=f"local-safety/pregnancy/{slug}-before-pregnancy",
            applies=PLANNING,
            when=takes,
            advice=Advice.QUESTION,
            message=f"Plans a pregnancy and takes {drug}: what will replace it before conception?",
        ),
    )


VKA_IN_PREGNANCY = _check(
    id="local-safety/pregnancy/vka-in-pregnancy",
    applies=PREGNANT,
    when=equals("takes_vka", True),
    advice=Advice.SAME_DAY_CONTACT,
    message="Pregnant and takes a vitamin K antagonist: contact her today, the anticoagulation "
    "plan is made anew. With a mechanical valve never stop it without a replacement.",
)

VKA_BEFORE_PREGNANCY = _check(
    id="local-safety/pregnancy/vka-before-pregnancy",
    applies=PLANNING,
    when=equals("takes_vka", True),
    advice=Advice.QUESTION,
    message="Plans a pregnancy and takes a vitamin K antagonist: what is the plan of "
    "anticoagulation for each trimester and the delivery?",
)

MECHANICAL_VALVE = _check(
    id="local-safety/pregnancy/mechanical-valve",
    applies=PREGNANT,
    when=equals("mitral_valve_state", MitralValveState.MECHANICAL),
    advice=Advice.SPECIALIST,
    message="Pregnant with a mechanical mitral valve: a center with experience, from now on.",
)

RULES = (
    *(rule for slug, fact, drug in _STOPPED for rule in _drug_rules(slug, fact, drug)),
    VKA_IN_PREGNANCY,
    VKA_BEFORE_PREGNANCY,
    MECHANICAL_VALVE,
)
