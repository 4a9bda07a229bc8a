"""Acute mitral regurgitation (ESC/EACTS: text, no class; rows ESC25-A-*)."""

from functools import partial

from guidelines.acc_aha_2020.acute import (
    ADULT,
    DANGERS_EXCLUDED,
    PAPILLARY_RUPTURE,
    SYMPTOMS_OR_EDEMA,
)
from guidelines.criteria import any_of, equals, one_of
from guidelines.esc_eacts_2025 import ESC_EACTS_2025
from guidelines.rule import Edition, Rule, Source
from guidelines.vocabulary import Advice, Chapter, Etiology, Mechanism, Scope, Verification

_text = partial(
    Rule,
    edition=ESC_EACTS_2025,
    section="text",
    cor=None,
    loe=None,
    chapter=Chapter.ACUTE,
    scope=Scope.ACUTE,
)

URGENT = _text(
    id="esc-eacts-2025/acute/urgent-intervention",
    source=Source("ESC25-A-01", Verification.PRIMARY_DOCUMENT),
    applies=one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED),
    when=SYMPTOMS_OR_EDEMA,
    advice=Advice.EARLY_SURGERY,
    message="Acute severe primary MR: urgent surgery, or transcatheter treatment.",
)

REPLACEMENT = _text(
    id="esc-eacts-2025/acute/replacement",
    source=Source("ESC25-A-02", Verification.PRIMARY_DOCUMENT),
    applies=ADULT,
    when=any_of(
        PAPILLARY_RUPTURE,
        equals("endocarditis_active_or_suspected", True),
        one_of("etiology", Etiology.ENDOCARDITIS_ACTIVE, Etiology.ENDOCARDITIS_DESTRUCTION),
    ),
    advice=Advice.MITRAL_REPLACEMENT,
    message="Acute MR by papillary muscle rupture or endocarditis: usually replacement.",
)

CHORDAL_RUPTURE = _text(
    id="esc-eacts-2025/acute/chordal-rupture",
    source=Source("ESC25-A-02", Verification.PRIMARY_DOCUMENT),
    applies=one_of("mechanism", Mechanism.PRIMARY, Mechanism.MIXED),
    when=equals("etiology", Etiology.CHORDAL_RUPTURE),
    advice=Advice.MITRAL_REPAIR,
    message="Acute MR by degenerative chordal rupture: repair, or edge-to-edge repair when the "
    "surgical risk is high.",
)


def bridge_rules(edition: Edition, vasodilators: str) -> tuple[Rule, ...]:
    """Row ESC25-A-03 for an edition, with the vasodilators that it names."""
    bridge = partial(
        _text,
        edition=edition,
        source=Source("ESC25-A-03", Verification.PRIMARY_DOCUMENT),
        applies=DANGERS_EXCLUDED,
    )
    return (
        bridge(
            id=f"{edition.id}/acute/vasodilator",
            when=equals("hypotensive_now", False),
            advice=Advice.VASODILATOR,
            message=f"Acute MR without hypotension, obstruction, aortic regurgitation and "
            f"dissection excluded: {vasodilators} and diuretics as a bridge.",
        ),
        bridge(
            id=f"{edition.id}/acute/circulatory-support",
            when=equals("hypotensive_now", True),
            advice=Advice.CIRCULATORY_SUPPORT,
            message="Acute MR with hypotension, obstruction, aortic regurgitation and dissection "
            "excluded: inotropes as a bridge; a balloon pump in exceptional cases.",
        ),
    )


RULES = (URGENT, REPLACEMENT, CHORDAL_RUPTURE, *bridge_rules(ESC_EACTS_2025, "nitroprusside"))
