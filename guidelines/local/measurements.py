"""What a measurement may not be used for (SAFE-30, SAFE-31, SAFE-32)."""

from decimal import Decimal

from guidelines.criteria import Criterion, all_of, any_of, at_least, below, equals
from guidelines.local import LOCAL_SAFETY
from guidelines.regurgitation import SECONDARY, SEVERE_BY_EITHER
from guidelines.rule import Rule, Source
from guidelines.vocabulary import Advice, Chapter, Scope, Verification

MEASURED = Decimal(0)  # pg/mL, at or above: there is a value
LOW_EGFR = Decimal(30)  # mL/min/1.73 m2, strictly below (SAFE-31)
OBESITY = Decimal(30)  # kg/m2, at or above (SAFE-31)


def _mark(
    slug: str,
    row: str,
    *,
    applies: Criterion,
    when: Criterion,
    advice: Advice,
    message: str,
    chapter: Chapter,
    scope: Scope = Scope.ADULT,
) -> Rule:
    return Rule(
        id=f"local-safety/measurements/{slug}",
        edition=LOCAL_SAFETY,
        section=row,
        cor=None,
        loe=None,
        source=Source(row, Verification.FROM_KNOWLEDGE),
        applies=applies,
        when=when,
        advice=advice,
        message=message,
        chapter=chapter,
        scope=scope,
    )


BNP_ON_ARNI = _mark(
    "bnp-on-arni",
    "SAFE-30",
    applies=at_least("bnp_pg_ml", MEASURED),
    when=equals("takes_arni", True),
    advice=Advice.BIOMARKERS,
    message="On an ARNI the BNP is raised by the drug: not used for the trend or for Table 7. "
    "Measure NT-proBNP.",
    chapter=Chapter.HEART_FAILURE,
)


def _shifted(by: str, slug: str, when: Criterion) -> Rule:
    return _mark(
        f"natriuretic-peptide-shifted-by-{slug}",
        "SAFE-31",
        applies=any_of(at_least("bnp_pg_ml", MEASURED), at_least("nt_probnp_pg_ml", MEASURED)),
        when=when,
        advice=Advice.BIOMARKERS,
        message=f"The natriuretic peptide is shifted by {by}; the value is kept and counts.",
        chapter=Chapter.HEART_FAILURE,
    )


REGRADE_AFTER_REVASCULARIZATION = _mark(
    "regrade-after-revascularization",
    "SAFE-32",
    applies=all_of(SEVERE_BY_EITHER, SECONDARY),
    when=equals("regraded_after_revascularization", False),
    advice=Advice.ECHO,
    message="Coronary intervention or bypass surgery was done and the secondary MR not graded "
    "since: grade it again, 30 days or more after, before edge-to-edge repair is judged.",
    chapter=Chapter.SECONDARY,
    scope=Scope.NATIVE_CHRONIC,
)

RULES = (
    BNP_ON_ARNI,
    _shifted("atrial fibrillation", "atrial-fibrillation", equals("atrial_fibrillation", True)),
    _shifted("the kidney (eGFR below 30)", "kidney", below("egfr_ml_min", LOW_EGFR)),
    _shifted("obesity (30 kg/m² or more)", "obesity", at_least("body_mass_index_kg_m2", OBESITY)),
    REGRADE_AFTER_REVASCULARIZATION,
)
