"""The words: values for the database, labels for people, two alphabets of classes."""

import inspect

import pytest

from guidelines import severity, vocabulary
from guidelines.editions import GateState, HeadlineKind
from guidelines.vocabulary import (
    Body,
    CarpentierType,
    Cor,
    Etiology,
    EtiologyGroup,
    Grade,
    Mechanism,
    MitralValveState,
    NyhaClass,
    Segment,
    Tempo,
    Term,
    Verdict,
)

TERMS = [
    kind
    for kind in [*vars(vocabulary).values(), severity.Scheme, severity.LineKind]
    if inspect.isclass(kind) and issubclass(kind, Term) and kind is not Term
] + [GateState, HeadlineKind]


@pytest.mark.parametrize("kind", TERMS, ids=lambda kind: kind.__name__)
def test_every_term_has_a_value_and_a_label_of_its_own(kind):
    assert inspect.getdoc(kind)
    values = [value for value, _ in kind.choices()]
    labels = [label for _, label in kind.choices()]
    assert all(values)
    assert all(labels)
    assert len(set(values)) == len(values)
    assert len(set(labels)) == len(labels)
    assert [str(term) for term in kind] == values


def test_mechanism_tempo_and_valve_state_have_the_agreed_values():
    assert [m.value for m in Mechanism] == [
        "primary", "secondary_ventricular", "secondary_atrial", "mixed", "unknown"
    ]  # fmt: skip
    assert [t.value for t in Tempo] == ["chronic", "acute", "acute_on_chronic", "unknown"]
    assert [s.value for s in MitralValveState] == [
        "native", "surgical_repair", "teer", "commissurotomy", "mechanical",
        "surgical_bioprosthesis", "transcatheter", "unknown",
    ]  # fmt: skip


def test_every_group_has_causes():
    assert {cause.group for cause in Etiology} == set(EtiologyGroup)
    assert Etiology("rheumatic").group is EtiologyGroup.PRIMARY


def test_carpentier_types_and_segments():
    assert [t.value for t in CarpentierType][:4] == ["I", "II", "IIIa", "IIIb"]
    assert len(Segment) == 8


def test_grades_and_classes_are_ranked():
    assert [grade.rank for grade in Grade] == [0, 1, 2, 3, 4]
    assert Grade.of_rank(4) is Grade.SEVERE
    assert [nyha.rank for nyha in NyhaClass] == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="0 to 4"):
        Grade.of_rank(5)


def test_each_body_has_its_own_alphabet_of_classes():
    assert {cor.value for cor in Cor if cor.body is Body.ESC_EACTS} == {"I", "IIa", "IIb", "III"}
    strengths = {Cor.CLASS_1: 3, Cor.CLASS_IIA: 2, Cor.CLASS_2B: 1, Cor.CLASS_3_HARM: 0}
    assert {cor: cor.strength for cor in strengths} == strengths


def test_pending_and_cannot_tell_are_not_decided():
    undecided = {verdict for verdict in Verdict if not verdict.is_decided}
    assert undecided == {Verdict.CANNOT_TELL, Verdict.PENDING_JUDGEMENT}
