"""Acute mitral regurgitation (ACC/AHA 2020, section 7.1: narrative, no class; rows AHA-AC-*).

Nothing here asks for severity: grades and stages are switched off in acute regurgitation
(SAFE-05), and a small jet does not make it mild. What must be excluded first (safety D12) must be
known to be absent; nothing is assumed.
"""

from decimal import Decimal
from functools import partial

from guidelines.acc_aha_2020 import ACC_AHA_2020
from guidelines.criteria import all_of, any_of, at_least, equals
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Etiology, Scope, Verification

ADULT = at_least("age_years", Decimal(18))  # years, SAFE-01; always so behind the gate

# Before a vasodilator, inotrope or balloon pump (safety D12), by an echo of this emergency.
DANGERS_EXCLUDED = all_of(
    equals("acute_echo_done", True),
    equals("sam_or_lvot_obstruction", False),
    equals("aortic_regurgitation_more_than_mild", False),
    equals("aortic_dissection", False),
)
PAPILLARY_RUPTURE = any_of(
    equals("papillary_muscle_rupture", True),
    equals("etiology", Etiology.PAPILLARY_MUSCLE_RUPTURE),
)
SYMPTOMS_OR_EDEMA = any_of(
    equals("symptomatic", True), equals("acute_pulmonary_edema_or_shock", True)
)

_narrative = partial(
    Rule,
    edition=ACC_AHA_2020,
    section="7.1",
    cor=None,
    loe=None,
    chapter=Chapter.ACUTE,
    scope=Scope.ACUTE,
)

CAUSES = _narrative(
    id="acc-aha-2020/acute/search-the-cause",
    source=Source("AHA-AC-01", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=equals("acute_cause_confirmed", False),
    advice=Advice.FURTHER_TESTS,
    message="Acute MR, cause not confirmed: look for endocarditis with perforation or chordal "
    "rupture, spontaneous chordal rupture, papillary muscle rupture after infarction, acute LV "
    "dysfunction, and failure of a prosthesis.",
)

ECHO_FIRST = _narrative(
    id="acc-aha-2020/acute/echo-now",
    source=Source("AHA-AC-02", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=equals("acute_echo_done", False),
    advice=Advice.ECHO,
    message="Acute MR: transthoracic echo now. The murmur may be short or absent and the left "
    "ventricle of normal size.",
)

TEE_NEXT = _narrative(
    id="acc-aha-2020/acute/tee-when-not-diagnostic",
    source=Source("AHA-AC-02", Verification.FROM_KNOWLEDGE),
    applies=equals("acute_echo_done", True),
    when=equals("acute_echo_diagnostic", False),
    advice=Advice.TEE,
    message="Acute MR that the transthoracic echo does not settle: transesophageal echo.",
)

VASODILATOR = _narrative(
    id="acc-aha-2020/acute/vasodilator",
    source=Source("AHA-AC-03", Verification.SECONDARY_SOURCE),
    applies=DANGERS_EXCLUDED,
    when=equals("hypotensive_now", False),
    advice=Advice.VASODILATOR,
    message="Acute MR without hypotension, obstruction, aortic regurgitation and dissection "
    "excluded: an intravenous vasodilator such as nitroprusside eases forward flow until surgery.",
)

SUPPORT = _narrative(
    id="acc-aha-2020/acute/circulatory-support",
    source=Source("AHA-AC-04", Verification.FROM_KNOWLEDGE),
    applies=DANGERS_EXCLUDED,
    when=equals("hypotensive_now", True),
    advice=Advice.CIRCULATORY_SUPPORT,
    message="Acute MR with hypotension, obstruction, aortic regurgitation and dissection "
    "excluded: a balloon pump or other mechanical support can bridge to surgery.",
)

PROMPT_SURGERY = _narrative(
    id="acc-aha-2020/acute/prompt-surgery",
    source=Source("AHA-AC-05", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=SYMPTOMS_OR_EDEMA,
    advice=Advice.EARLY_SURGERY,
    message="Symptomatic acute severe MR: prompt mitral surgery, repair where possible. Do not "
    "wait for scores or for a surveillance date.",
)

PAPILLARY = _narrative(
    id="acc-aha-2020/acute/papillary-muscle-rupture",
    source=Source("AHA-AC-05", Verification.FROM_KNOWLEDGE),
    applies=ADULT,
    when=PAPILLARY_RUPTURE,
    advice=Advice.EARLY_SURGERY,
    message="Papillary muscle rupture: an emergency; surgery at once.",
)

RULES = (CAUSES, ECHO_FIRST, TEE_NEXT, VASODILATOR, SUPPORT, PROMPT_SURGERY, PAPILLARY)
