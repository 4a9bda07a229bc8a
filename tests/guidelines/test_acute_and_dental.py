"""The checklist of acute regurgitation, and the drugs of dental prophylaxis."""

from __future__ import annotations

import json
from itertools import product

import pytest

from guidelines.acute import ChecklistLine, ChecklistState, checklist
from guidelines.dental_prophylaxis import NONE_LEFT, OPTIONS, drug_advice
from guidelines.facts import Reading
from guidelines.vocabulary import (
    Etiology,
    MitralValveState,
    PenicillinAllergy,
    PregnancyStatus,
    Sex,
    Tempo,
)

ACUTE: dict[str, Reading] = {"tempo": Tempo.ACUTE}
EXCLUDED: dict[str, Reading] = {
    **ACUTE,
    "acute_echo_done": True,
    "sam_or_lvot_obstruction": False,
    "aortic_regurgitation_more_than_mild": False,
    "aortic_dissection": False,
}
BRIDGES = ("vasodilator", "inotrope", "mechanical-support")


def lines(**changes: Reading) -> dict[str, ChecklistLine]:
    """The checklist with all dangers excluded but for these changes."""
    return {line.key: line for line in checklist({**EXCLUDED, **changes})}


def states(**changes: Reading) -> dict[str, ChecklistState]:
    """The states alone."""
    return {key: line.state for key, line in lines(**changes).items()}


def test_only_a_recorded_emergency_opens_the_checklist() -> None:
    assert checklist({}) == ()
    assert checklist({"tempo": Tempo.CHRONIC}) == ()
    assert checklist({"tempo": Tempo.ACUTE_ON_CHRONIC})


def test_a_vasodilator_is_for_those_who_are_not_hypotensive() -> None:
    assert states(hypotensive_now=False)["vasodilator"] is ChecklistState.DO
    assert states(hypotensive_now=True)["vasodilator"] is ChecklistState.DO_NOT
    assert states(hypotensive_now=False)["inotrope"] is ChecklistState.DO_NOT
    assert states(hypotensive_now=True)["inotrope"] is ChecklistState.DO
    assert states(hypotensive_now=True)["mechanical-support"] is ChecklistState.DO


@pytest.mark.parametrize("key", BRIDGES)
@pytest.mark.parametrize(
    "danger",
    ["sam_or_lvot_obstruction", "aortic_regurgitation_more_than_mild", "aortic_dissection"],
)
@pytest.mark.parametrize("hypotensive", [True, False])
def test_no_bridge_that_harms_in_obstruction_aortic_regurgitation_or_dissection(
    key: str, danger: str, hypotensive: bool
) -> None:
    given: dict[str, Reading] = {"hypotensive_now": hypotensive, danger: True}
    assert states(**given)[key] is ChecklistState.DO_NOT


def test_an_unknown_danger_is_asked_for_never_taken_as_absent() -> None:
    given = {name: value for name, value in EXCLUDED.items() if name != "aortic_dissection"}
    line = {each.key: each for each in checklist({**given, "hypotensive_now": False})}[
        "vasodilator"
    ]
    assert line.state is ChecklistState.ASK
    assert line.missing == ("aortic_dissection",)
    assert "aortic dissection" in line.words
    nothing = {line.key: line.state for line in checklist(ACUTE)}
    assert {nothing[key] for key in BRIDGES} == {ChecklistState.ASK}


def test_an_old_echo_does_not_exclude_a_danger_of_today() -> None:
    assert states(hypotensive_now=False, acute_echo_done=False)["vasodilator"] is (
        ChecklistState.DO_NOT
    )


def test_a_recorded_cause_stands_for_its_lesion() -> None:
    for cause, key in (
        (Etiology.SAM_OF_HCM, "obstruction"),
        (Etiology.ENDOCARDITIS_ACTIVE, "teer-in-endocarditis"),
        (Etiology.ENDOCARDITIS_DESTRUCTION, "teer-in-endocarditis"),
    ):
        assert states(etiology=cause)[key] is ChecklistState.DO_NOT
    rupture = states(etiology=Etiology.PAPILLARY_MUSCLE_RUPTURE)
    assert rupture["coronary"] is ChecklistState.DO
    assert rupture["replacement"] is ChecklistState.NOTE
    assert states(etiology=Etiology.CHORDAL_RUPTURE)["chordal-rupture"] is ChecklistState.NOTE


def test_obstruction_is_treated_with_a_beta_blocker_and_acute_regurgitation_is_not() -> None:
    assert states()["beta-blocker"] is ChecklistState.DO_NOT
    obstructed = states(sam_or_lvot_obstruction=True)
    assert obstructed["beta-blocker"] is ChecklistState.DO
    assert obstructed["surgery"] is ChecklistState.NOTE
    assert states()["surgery"] is ChecklistState.DO


def test_cultures_come_before_antibiotics_and_a_prosthesis_is_imaged() -> None:
    assert states(unexplained_fever=True)["cultures"] is ChecklistState.DO
    assert states(mitral_valve_state=MitralValveState.MECHANICAL)["prosthesis"] is ChecklistState.DO
    assert states()["echo"] is ChecklistState.DONE
    assert states(acute_echo_done=False)["echo"] is ChecklistState.DO
    assert states()["tee"] is ChecklistState.ASK
    assert states()["no-delay"] is ChecklistState.NOTE


def test_the_checklist_serializes() -> None:
    written = json.dumps([line.as_dict() for line in checklist(ACUTE)])
    assert "Do not wait" in written


KNOWN: dict[str, Reading] = {
    "penicillin_allergy": PenicillinAllergy.NONE,
    "cephalosporin_allergy": False,
    "macrolide_allergy": False,
    "tetracycline_allergy": False,
    "sex": Sex.MALE,
}


def named(**changes: Reading) -> str:
    """The drugs that are named."""
    return ", ".join(option.name for option in drug_advice({**KNOWN, **changes}).named)


def test_unknown_allergy_names_no_drug() -> None:
    for given in ({}, {name: v for name, v in KNOWN.items() if name != "penicillin_allergy"}):
        advice = drug_advice(given)
        assert (advice.named, advice.excluded) == ((), ())
        assert advice.missing == ("penicillin_allergy",)


def test_severe_penicillin_allergy_excludes_penicillins_and_cephalosporins() -> None:
    severe = named(penicillin_allergy=PenicillinAllergy.SEVERE)
    assert severe == "azithromycin or clarithromycin, doxycycline"
    mild = named(penicillin_allergy=PenicillinAllergy.NOT_SEVERE)
    assert "cephalexin" in mild
    assert "cillin" not in mild
    assert "amoxicillin" in named()


def test_each_other_allergy_excludes_its_drug_and_an_unknown_one_names_none() -> None:
    for allergy, drug in (
        ("cephalosporin_allergy", "cef"),
        ("macrolide_allergy", "azithromycin"),
        ("tetracycline_allergy", "doxycycline"),
    ):
        assert drug not in named(**{allergy: True})
        without = {name: value for name, value in KNOWN.items() if name != allergy}
        advice = drug_advice(without)
        assert drug not in ", ".join(option.name for option in advice.named)
        assert allergy in advice.missing


def test_a_tetracycline_is_not_named_in_pregnancy_or_while_it_is_unknown() -> None:
    woman = {**KNOWN, "sex": Sex.FEMALE}
    for status, allowed in (
        (PregnancyStatus.PREGNANT, False),
        (PregnancyStatus.NOT_PREGNANT, True),
    ):
        advice = drug_advice({**woman, "pregnancy_status": status})
        assert ("doxycycline" in {option.name for option in advice.named}) is allowed
    assert "pregnancy_status" in drug_advice(woman).missing


def test_clindamycin_is_never_named() -> None:
    assert not any("clindamycin" in option.name for option in OPTIONS)


def test_no_drug_left_is_said_in_words() -> None:
    severe = {**KNOWN, "penicillin_allergy": PenicillinAllergy.SEVERE}
    none = drug_advice({**severe, "macrolide_allergy": True, "tetracycline_allergy": True})
    assert none.message == NONE_LEFT
    asked = drug_advice({"penicillin_allergy": PenicillinAllergy.SEVERE})
    assert "alternatives" in asked.message
    assert not asked.named


def test_drug_advice_serializes_and_a_known_fact_never_names_an_excluded_drug() -> None:
    assert json.dumps(drug_advice(KNOWN).as_dict())
    for penicillin, other in product(PenicillinAllergy, (True, False)):
        advice = drug_advice(
            {**KNOWN, "penicillin_allergy": penicillin, "cephalosporin_allergy": other}
        )
        assert not set(advice.named) & set(advice.excluded)
