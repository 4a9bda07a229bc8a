"""Drug checks (SAFE-08, SAFE-40, safety D12), whatever the age of the patient."""

from decimal import Decimal
from functools import partial

from guidelines.criteria import all_of, any_of, below, equals, one_of
from guidelines.local import LOCAL_SAFETY
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Scope, Tempo, Verification

CALCIUM_BLOCKER_LVEF = Decimal(40)  # percent, below, SAFE-40

NEGATIVE_INOTROPE = any_of(
    equals("takes_beta_blocker", True),
    equals("takes_evidence_based_beta_blocker", True),
    equals("takes_non_dhp_calcium_blocker", True),
    equals("takes_other_negative_inotrope", True),
)
LOWERS_PRESSURE = any_of(
    equals("takes_ace_inhibitor", True),
    equals("takes_arb", True),
    equals("takes_arni", True),
    equals("takes_other_vasodilator", True),
    equals("takes_nitrate", True),
)
WORSENS_OBSTRUCTION = any_of(
    LOWERS_PRESSURE,
    equals("takes_inotrope", True),
    equals("balloon_pump_in_use", True),
)

_rule = partial(
    Rule,
    edition=LOCAL_SAFETY,
    cor=None,
    loe=None,
    advice=Advice.DRUG_WARNING,
    chapter=Chapter.SCOPE,
    scope=Scope.EVERYONE,
)
_SAFE_40 = Source("SAFE-40", Verification.FROM_KNOWLEDGE)

OBSTRUCTION = _rule(
    id="local-safety/drugs/obstruction",
    section="B1",
    source=Source("SAFE-08", Verification.FROM_KNOWLEDGE),
    applies=equals("obstruction_on_record", True),
    when=WORSENS_OBSTRUCTION,
    message="Systolic anterior motion or outflow obstruction: vasodilators, nitrates, inotropes "
    "and the balloon pump can make it worse. Review them.",
)
ACUTE = _rule(
    id="local-safety/drugs/negative-inotrope-in-acute-regurgitation",
    section="B8",
    source=_SAFE_40,
    # Where an obstruction causes it, a beta blocker is the treatment.
    applies=all_of(
        one_of("tempo", Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC),
        equals("obstruction_on_record", False),
    ),
    when=NEGATIVE_INOTROPE,
    message="Acute regurgitation: no beta blocker or other drug that slows or weakens the heart, "
    "unless systolic anterior motion is its cause. Review them.",
)
IN_ACUTE_REGURGITATION = one_of("tempo", Tempo.ACUTE, Tempo.ACUTE_ON_CHRONIC)
# An alarm that is always there: what must be excluded first may not wait for what is recorded.
BEFORE_A_BRIDGE = _rule(
    id="local-safety/drugs/before-a-bridge",
    section="D12",
    source=Source("D12", Verification.FROM_KNOWLEDGE),
    applies=IN_ACUTE_REGURGITATION,
    when=IN_ACUTE_REGURGITATION,
    advice=Advice.SAME_DAY_CONTACT,
    message="Acute regurgitation is an emergency: surgeon and heart team now. Exclude systolic "
    "anterior motion or outflow obstruction, aortic regurgitation and dissection before a "
    "vasodilator, an inotrope or a balloon pump. With hypotension no vasodilator alone.",
)
VASODILATOR_IN_HYPOTENSION = _rule(
    id="local-safety/drugs/vasodilator-in-hypotension",
    section="D12",
    source=Source("D12", Verification.FROM_KNOWLEDGE),
    applies=IN_ACUTE_REGURGITATION,
    when=all_of(equals("hypotensive_now", True), LOWERS_PRESSURE),
    message="Acute regurgitation with hypotension, and a drug that lowers the blood pressure is "
    "taken: no vasodilator alone. Review it now.",
)
NSAID = _rule(
    id="local-safety/drugs/nsaid-in-heart-failure",
    section="B8",
    source=_SAFE_40,
    applies=equals("heart_failure", True),
    when=equals("takes_nsaid", True),
    message="Heart failure and an anti-inflammatory drug (NSAID): avoid it.",
)
CALCIUM_BLOCKER = _rule(
    id="local-safety/drugs/calcium-blocker-in-low-lvef",
    section="B8",
    source=_SAFE_40,
    applies=equals("takes_non_dhp_calcium_blocker", True),
    when=below("lvef_percent", CALCIUM_BLOCKER_LVEF),
    message="Verapamil or diltiazem with LVEF below 40 %: avoid it.",
)

RULES = (
    OBSTRUCTION,
    BEFORE_A_BRIDGE,
    VASODILATOR_IN_HYPOTENSION,
    ACUTE,
    NSAID,
    CALCIUM_BLOCKER,
)
