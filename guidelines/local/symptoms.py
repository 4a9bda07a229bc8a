"""Questions about symptoms (safety D1; the limits are local)."""

from decimal import Decimal

from guidelines.criteria import above, any_of, at_least, at_most, equals
from guidelines.local import LOCAL_SAFETY
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Verification

NYHA_I = Decimal(1)  # class, at or below
NT_PROBNP_TIMES_NORMAL = Decimal(3)  # of the upper normal limit, strictly above
WALK_FALL = Decimal(30)  # m, at or above
KCCQ_FALL = Decimal(5)  # points, at or above

REALLY_ASYMPTOMATIC = Rule(
    id="local-safety/symptoms/really-asymptomatic",
    edition=LOCAL_SAFETY,
    section="D1",
    cor=None,
    loe=None,
    source=Source("D1", Verification.FROM_KNOWLEDGE),
    # As last entered: what makes the answer old is no reason not to doubt it.
    applies=at_most("last_nyha_class", NYHA_I),
    when=any_of(
        equals("nt_probnp_doubled", True),
        above("nt_probnp_times_upper_normal", NT_PROBNP_TIMES_NORMAL),
        at_least("six_minute_walk_fall_m", WALK_FALL),
        equals("six_minute_walk_below_lower_limit", True),
        at_least("kccq_fall_points", KCCQ_FALL),
        equals("new_diuretic", True),
    ),
    advice=Advice.QUESTION,
    message="Asymptomatic? NYHA class I is entered, and a measure or a new diuretic speaks "
    "against it: ask again, and consider an exercise test.",
    chapter=Chapter.TESTS,
)

RULES = (REALLY_ASYMPTOMATIC,)
