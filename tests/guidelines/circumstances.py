"""For each rule on circumstances a picture that meets it, and what changes its verdict."""

from __future__ import annotations

from decimal import Decimal

from guidelines.vocabulary import (
    CarpentierType,
    CenterType,
    CoronaryLikelihood,
    Etiology,
    Mechanism,
    MitralValveState,
    NoncardiacRisk,
    PenicillinAllergy,
    PregnancyStatus,
    Sex,
    StudyQuality,
    SurgicalRisk,
    Tempo,
    Verdict,
)
from tests.guidelines.pictures import Given

MET, NOT_MET = Verdict.MET, Verdict.NOT_MET
ELSE, ASK, PENDING = Verdict.NOT_APPLICABLE, Verdict.CANNOT_TELL, Verdict.PENDING_JUDGEMENT

Changes = dict[str, Given]
Case = tuple[Changes, list[tuple[Changes, Verdict]]]

ADULT: Changes = {"age_years": 60}
ACUTE: Changes = {**ADULT, "tempo": Tempo.ACUTE}
INFECTED: Changes = {**ADULT, "endocarditis_active_or_suspected": True}
PREGNANT: Changes = {"age_years": 30, "pregnancy_status": PregnancyStatus.PREGNANT}
PLANNING: Changes = {"age_years": 30, "pregnancy_status": PregnancyStatus.PLANNING}
CHRONIC: Changes = {
    **ADULT,
    "tempo": Tempo.CHRONIC,
    "mitral_valve_state": MitralValveState.NATIVE,
    "etiology": Etiology.BARLOW,
    "none_of_these_asked": True,
}
PRIMARY: Changes = {"mechanism": Mechanism.PRIMARY}
VENTRICULAR: Changes = {"mechanism": Mechanism.SECONDARY_VENTRICULAR}
ATRIAL: Changes = {"mechanism": Mechanism.SECONDARY_ATRIAL}
SEVERE_AHA: Changes = {"severe_mr_acc_aha": True}
SEVERE_ESC: Changes = {"severe_mr_esc_eacts": True}
SAFE_TO_BRIDGE: Changes = {
    "acute_echo_done": True,
    "sam_or_lvot_obstruction": False,
    "aortic_regurgitation_more_than_mild": False,
    "aortic_dissection": False,
}
NORMAL_LV: Changes = {"lvef_percent": 61, "lvesd_mm": 39}
AT_LIMIT_LV: list[tuple[Changes, Verdict]] = [
    ({"lvef_percent": 60}, NOT_MET),
    ({"lvef_percent": Decimal("60.1")}, MET),
    ({"lvesd_mm": 40}, NOT_MET),
    ({"lvesd_mm": Decimal("39.9")}, MET),
]


def state(value: MitralValveState) -> Changes:
    """The valve's state."""
    return {**ADULT, "mitral_valve_state": value}


MECHANICAL = state(MitralValveState.MECHANICAL)
BIOLOGICAL = state(MitralValveState.SURGICAL_BIOPROSTHESIS)
TRANSCATHETER = state(MitralValveState.TRANSCATHETER)
REPAIRED = state(MitralValveState.SURGICAL_REPAIR)
CLIPPED = state(MitralValveState.TEER)
NATIVE = state(MitralValveState.NATIVE)

NO_RISK: Changes = {
    **NATIVE,
    "etiology": Etiology.BARLOW,
    "previous_endocarditis": False,
    "other_valve_prosthesis": False,
    "other_valve_repair_material": False,
    "assist_device": False,
    "congenital_heart_disease_at_risk": False,
    "transplant_with_valve_regurgitation": False,
}
NOTHING_ACUTE: list[tuple[Changes, Verdict]] = [({"tempo": Tempo.CHRONIC}, ELSE)]
NOT_INFECTED: list[tuple[Changes, Verdict]] = [({"endocarditis_active_or_suspected": False}, ELSE)]

ACUTE_CASES: dict[str, Case] = {
    "acc-aha-2020/acute/search-the-cause": (
        {**ACUTE, "acute_cause_confirmed": False},
        [({"acute_cause_confirmed": True}, NOT_MET), *NOTHING_ACUTE],
    ),
    "acc-aha-2020/acute/echo-now": (
        {**ACUTE, "acute_echo_done": False},
        [({"acute_echo_done": True}, NOT_MET), ({"tempo": Tempo.ACUTE_ON_CHRONIC}, MET)],
    ),
    "acc-aha-2020/acute/tee-when-not-diagnostic": (
        {**ACUTE, "acute_echo_done": True, "acute_echo_diagnostic": False},
        [({"acute_echo_diagnostic": True}, NOT_MET), ({"acute_echo_done": False}, ELSE)],
    ),
    "acc-aha-2020/acute/prompt-surgery": (
        {**ACUTE, "acute_pulmonary_edema_or_shock": True},
        [
            ({"acute_pulmonary_edema_or_shock": False, "symptomatic": True}, MET),
            ({"acute_pulmonary_edema_or_shock": False, "symptomatic": False}, NOT_MET),
        ],
    ),
    "acc-aha-2020/acute/papillary-muscle-rupture": (
        {**ACUTE, "papillary_muscle_rupture": True},
        [
            (
                {
                    "papillary_muscle_rupture": None,
                    "etiology": Etiology.PAPILLARY_MUSCLE_RUPTURE,
                },
                MET,
            ),
            ({"papillary_muscle_rupture": False, "etiology": Etiology.CHORDAL_RUPTURE}, NOT_MET),
        ],
    ),
    "esc-eacts-2025/acute/urgent-intervention": (
        {**ACUTE, **PRIMARY, "symptomatic": True},
        [
            ({"symptomatic": False, "acute_pulmonary_edema_or_shock": False}, NOT_MET),
            (VENTRICULAR, ELSE),
        ],
    ),
    "esc-eacts-2025/acute/replacement": (
        {**ACUTE, "endocarditis_active_or_suspected": True},
        [
            (
                {
                    "endocarditis_active_or_suspected": False,
                    "papillary_muscle_rupture": False,
                    "etiology": Etiology.CHORDAL_RUPTURE,
                },
                NOT_MET,
            ),
        ],
    ),
    "esc-eacts-2025/acute/chordal-rupture": (
        {**ACUTE, **PRIMARY, "etiology": Etiology.CHORDAL_RUPTURE},
        [({"etiology": Etiology.TRAUMA}, NOT_MET), (ATRIAL, ELSE)],
    ),
    "acc-aha-2020/hypertrophic/no-replacement": (
        {
            **ADULT,
            "sam_or_lvot_obstruction": True,
            "mitral_replacement_planned": True,
            "septal_reduction_possible": True,
        },
        [
            ({"septal_reduction_possible": False}, NOT_MET),
            ({"septal_reduction_possible": None}, PENDING),
            ({"mitral_replacement_planned": False}, ELSE),
        ],
    ),
    "acc-aha-2020/hypertrophic/hypotension": (
        {**ADULT, "sam_or_lvot_obstruction": True, "hypotensive_now": True},
        [
            ({"hypotensive_now": False}, NOT_MET),
            ({"sam_or_lvot_obstruction": False, "etiology": Etiology.BARLOW}, ELSE),
            ({"sam_or_lvot_obstruction": None, "etiology": Etiology.SAM_OF_HCM}, MET),
        ],
    ),
}
for _edition in ("acc-aha-2020", "esc-eacts-2021", "esc-eacts-2025"):
    ACUTE_CASES[f"{_edition}/acute/vasodilator"] = (
        {**ACUTE, **SAFE_TO_BRIDGE, "hypotensive_now": False},
        [
            ({"hypotensive_now": True}, NOT_MET),
            ({"sam_or_lvot_obstruction": True}, ELSE),
            ({"aortic_regurgitation_more_than_mild": True}, ELSE),
            ({"aortic_dissection": True}, ELSE),
            ({"acute_echo_done": False}, ELSE),
            *NOTHING_ACUTE,
        ],
    )
    ACUTE_CASES[f"{_edition}/acute/circulatory-support"] = (
        {**ACUTE, **SAFE_TO_BRIDGE, "hypotensive_now": True},
        [({"hypotensive_now": False}, NOT_MET), ({"aortic_dissection": True}, ELSE)],
    )

EARLY = "acc-aha-2020/endocarditis/early-surgery"
NOTHING_EARLY: Changes = {
    "endocarditis_heart_failure": False,
    "endocarditis_refractory_edema_or_shock": False,
    "endocarditis_staphylococcus_aureus": False,
    "endocarditis_fungal_or_multiresistant": False,
    "endocarditis_locally_uncontrolled": False,
    "endocarditis_days_cultures_positive": 5,
    "endocarditis_days_fever": 5,
}
ENDOCARDITIS_CASES: dict[str, Case] = {
    "acc-aha-2020/endocarditis/blood-cultures": (
        {**ADULT, "unexplained_fever": True, "blood_culture_sets": 1},
        [({"blood_culture_sets": 2}, NOT_MET), ({"unexplained_fever": False}, ELSE)],
    ),
    "acc-aha-2020/endocarditis/no-antibiotics-before-cultures": (
        {
            **ADULT,
            "unexplained_fever": True,
            "blood_culture_sets": 0,
            "antibiotics_started_or_planned": True,
        },
        [
            ({"antibiotics_started_or_planned": False}, NOT_MET),
            ({"blood_culture_sets": 2}, NOT_MET),
            ({"unexplained_fever": False}, ELSE),
        ],
    ),
    EARLY: (
        {**INFECTED, "endocarditis_heart_failure": True},
        [
            (NOTHING_EARLY, NOT_MET),
            *(({**NOTHING_EARLY, name: True}, MET) for name in list(NOTHING_EARLY)[:5]),
            ({**NOTHING_EARLY, "endocarditis_days_fever": Decimal("5.1")}, MET),
            ({**NOTHING_EARLY, "endocarditis_days_cultures_positive": 6}, MET),
            *NOT_INFECTED,
        ],
    ),
    "acc-aha-2020/endocarditis/prosthetic-relapse": (
        {**INFECTED, **MECHANICAL, "endocarditis_relapse": True},
        [
            ({"endocarditis_relapse": False}, NOT_MET),
            ({**NATIVE, "other_valve_prosthesis": False}, ELSE),
            ({**NATIVE, "other_valve_prosthesis": True}, MET),
        ],
    ),
    "acc-aha-2020/endocarditis/recurrent-emboli": (
        {**INFECTED, "endocarditis_embolic_events": 2, "vegetation_persistent": True},
        [
            ({"endocarditis_embolic_events": 1}, NOT_MET),
            ({"vegetation_persistent": False}, NOT_MET),
            *NOT_INFECTED,
        ],
    ),
    "acc-aha-2020/endocarditis/large-mobile-vegetation": (
        {**INFECTED, **NATIVE, "vegetation_length_mm": 11, "vegetation_mobile": True},
        [
            ({"vegetation_length_mm": 10}, NOT_MET),
            ({"vegetation_length_mm": Decimal("10.1")}, MET),
            ({"vegetation_mobile": False}, NOT_MET),
            (MECHANICAL, ELSE),
        ],
    ),
}
NO_ANTITHROMBOTIC: Changes = {
    "takes_vka": False,
    "takes_doac": False,
    "takes_heparin": False,
    "takes_antiplatelet": False,
}
ENDOCARDITIS_CASES |= {
    "local/endocarditis/no-edge-to-edge-repair": (
        {**INFECTED, "teer_planned": True},
        [({"teer_planned": False}, NOT_MET), *NOT_INFECTED],
    ),
    "local/endocarditis/antithrombotic-review": (
        {**INFECTED, "takes_vka": True},
        [
            (NO_ANTITHROMBOTIC, NOT_MET),
            *(({**NO_ANTITHROMBOTIC, name: True}, MET) for name in NO_ANTITHROMBOTIC),
            *NOT_INFECTED,
        ],
    ),
}
LESION: Changes = {"endocarditis_severe_valve_lesion": True}
for _edition in ("esc-eacts-2021", "esc-eacts-2025"):
    _chapter = f"{_edition}/endocarditis"
    ENDOCARDITIS_CASES |= {
        f"{_chapter}/emergency": (
            {**INFECTED, **LESION, "endocarditis_refractory_edema_or_shock": True},
            [
                ({"endocarditis_refractory_edema_or_shock": False}, NOT_MET),
                ({"endocarditis_severe_valve_lesion": False}, NOT_MET),
                *NOT_INFECTED,
            ],
        ),
        f"{_chapter}/heart-failure": (
            {**INFECTED, **LESION, "endocarditis_heart_failure": True},
            [
                (
                    {
                        "endocarditis_heart_failure": False,
                        "endocarditis_refractory_edema_or_shock": False,
                    },
                    NOT_MET,
                ),
                (
                    {
                        "endocarditis_heart_failure": False,
                        "endocarditis_refractory_edema_or_shock": True,
                    },
                    MET,
                ),
                *NOT_INFECTED,
            ],
        ),
        f"{_chapter}/uncontrolled-infection": (
            {**INFECTED, "endocarditis_locally_uncontrolled": True},
            [({"endocarditis_locally_uncontrolled": False}, NOT_MET), *NOT_INFECTED],
        ),
        f"{_chapter}/vegetation-after-embolism": (
            {**INFECTED, "vegetation_length_mm": 10, "endocarditis_embolic_events": 1},
            [
                ({"vegetation_length_mm": Decimal("9.9")}, NOT_MET),
                ({"endocarditis_embolic_events": 0}, NOT_MET),
                *NOT_INFECTED,
            ],
        ),
        f"{_chapter}/vegetation-with-other-indication": (
            {**INFECTED, "vegetation_length_mm": 10, "endocarditis_locally_uncontrolled": True},
            [
                ({"vegetation_length_mm": Decimal("9.9")}, NOT_MET),
                (
                    {
                        **NOTHING_EARLY,
                        "endocarditis_severe_valve_lesion": True,
                        "endocarditis_persistent_sepsis": False,
                    },
                    NOT_MET,
                ),
                *NOT_INFECTED,
            ],
        ),
        f"{_chapter}/resistant-organism": (
            {**INFECTED, "endocarditis_fungal_or_multiresistant": True},
            [({"endocarditis_fungal_or_multiresistant": False}, NOT_MET), *NOT_INFECTED],
        ),
        f"{_chapter}/persistent-infection": (
            {**INFECTED, "endocarditis_days_cultures_positive": 8},
            [
                (
                    {
                        "endocarditis_days_cultures_positive": 7,
                        "endocarditis_persistent_sepsis": False,
                    },
                    NOT_MET,
                ),
                (
                    {
                        "endocarditis_days_cultures_positive": 0,
                        "endocarditis_persistent_sepsis": True,
                    },
                    MET,
                ),
                *NOT_INFECTED,
            ],
        ),
        f"{_chapter}/large-vegetation-low-risk": (
            {**INFECTED, "vegetation_length_mm": 10, "surgical_risk": SurgicalRisk.LOW},
            [
                ({"vegetation_length_mm": Decimal("9.9")}, NOT_MET),
                ({"surgical_risk": SurgicalRisk.INTERMEDIATE}, NOT_MET),
                ({"surgical_risk": None}, PENDING),
                *NOT_INFECTED,
            ],
        ),
    }

DENTAL: list[tuple[Changes, Verdict]] = [
    (NO_RISK, NOT_MET),
    *(({**NO_RISK, **one}, MET) for one in (BIOLOGICAL, TRANSCATHETER, REPAIRED, CLIPPED)),
    ({**NO_RISK, "other_valve_repair_material": True}, MET),
    ({**NO_RISK, "previous_endocarditis": True}, MET),
    ({**NO_RISK, "etiology": Etiology.ENDOCARDITIS_HEALED}, MET),
    ({**NO_RISK, "assist_device": True}, MET),
    ({**NO_RISK, "congenital_heart_disease_at_risk": True}, MET),
    ({**NO_RISK, "transplant_with_valve_regurgitation": True}, MET),
    ({**NO_RISK, "other_valve_prosthesis": True}, MET),
    ({**NO_RISK, "assist_device": None}, ASK),
    ({"age_years": 17}, ELSE),
]
PROPHYLAXIS_CASES: dict[str, Case] = {
    "acc-aha-2020/prophylaxis/dental": (MECHANICAL, DENTAL),
    "acc-aha-2020/prophylaxis/non-dental": (
        {**ADULT, "nondental_procedure_planned": True, "active_infection": False},
        [({"active_infection": True}, NOT_MET), ({"nondental_procedure_planned": False}, ELSE)],
    ),
    "acc-aha-2020/prophylaxis/native-valve": (
        NO_RISK,
        [({"previous_endocarditis": True}, NOT_MET), (CLIPPED, ELSE)],
    ),
}
_ALLERGIES = {
    "drug-without-allergy": PenicillinAllergy.NONE,
    "drug-with-allergy": PenicillinAllergy.NOT_SEVERE,
    "drug-with-severe-allergy": PenicillinAllergy.SEVERE,
}
for _edition in ("acc-aha-2020", "esc-eacts-2021", "esc-eacts-2025"):
    for _slug, _allergy in _ALLERGIES.items():
        _risk = {**NO_RISK, "heart_transplant": False}
        PROPHYLAXIS_CASES[f"{_edition}/prophylaxis/{_slug}"] = (
            {**MECHANICAL, "penicillin_allergy": _allergy},
            [
                *(
                    ({"penicillin_allergy": other}, NOT_MET)
                    for other in _ALLERGIES.values()
                    if other is not _allergy
                ),
                ({"penicillin_allergy": PenicillinAllergy.UNKNOWN}, ASK),
                (_risk, ELSE),
            ],
        )
for _edition in ("esc-eacts-2021", "esc-eacts-2025"):
    _chapter = f"{_edition}/prophylaxis"
    PROPHYLAXIS_CASES |= {
        f"{_chapter}/previous-endocarditis": (
            {**ADULT, "previous_endocarditis": True},
            [
                (NO_RISK, NOT_MET),
                ({"previous_endocarditis": None, "etiology": Etiology.ENDOCARDITIS_HEALED}, MET),
                ({"age_years": 17}, ELSE),
            ],
        ),
        f"{_chapter}/surgical-material": (
            MECHANICAL,
            [(NO_RISK, NOT_MET), (REPAIRED, MET), (BIOLOGICAL, MET), ({"age_years": 17}, ELSE)],
        ),
        f"{_chapter}/transcatheter-or-device": (
            TRANSCATHETER,
            [
                (NO_RISK, NOT_MET),
                ({**NO_RISK, "assist_device": True}, MET),
                ({**NO_RISK, "congenital_heart_disease_at_risk": True}, MET),
            ],
        ),
        f"{_chapter}/edge-to-edge-repair": (
            CLIPPED,
            [(NATIVE, NOT_MET), ({"age_years": 17}, ELSE)],
        ),
        f"{_chapter}/transplant": (
            {**ADULT, "heart_transplant": True},
            [
                ({**NO_RISK, "heart_transplant": False}, NOT_MET),
                ({**NO_RISK, "transplant_with_valve_regurgitation": True}, MET),
            ],
        ),
        f"{_chapter}/native-valve": (
            {**NO_RISK, "heart_transplant": False},
            [({"heart_transplant": True}, NOT_MET), (REPAIRED, ELSE)],
        ),
    }

RHEUMATIC: Changes = {"age_years": 45, "etiology": Etiology.RHEUMATIC}
FEVER: Changes = {
    "age_years": 30,
    "etiology": Etiology.BARLOW,
    "rheumatic_fever_ever": True,
    "rheumatic_residual_disease": False,
}
RHEUMATIC_CASES: dict[str, Case] = {
    "acc-aha-2020/rheumatic/residual-disease": (
        {**RHEUMATIC, "years_since_rheumatic_fever": 9},
        [
            ({"years_since_rheumatic_fever": 10}, NOT_MET),
            ({"years_since_rheumatic_fever": 30, "age_years": 39}, MET),
            ({"years_since_rheumatic_fever": 30, "age_years": 40}, NOT_MET),
            ({"etiology": Etiology.BARLOW, "rheumatic_fever_ever": False}, ELSE),
            ({**FEVER, "rheumatic_residual_disease": True}, MET),
        ],
    ),
    "acc-aha-2020/rheumatic/carditis": (
        {**FEVER, "rheumatic_carditis": True, "years_since_rheumatic_fever": 9},
        [
            ({"years_since_rheumatic_fever": 10}, NOT_MET),
            ({"years_since_rheumatic_fever": 12, "age_years": 20}, MET),
            ({"years_since_rheumatic_fever": 12, "age_years": 21}, NOT_MET),
            ({"rheumatic_residual_disease": True}, ELSE),
            ({"rheumatic_carditis": False}, ELSE),
        ],
    ),
    "acc-aha-2020/rheumatic/no-carditis": (
        {**FEVER, "rheumatic_carditis": False, "years_since_rheumatic_fever": 4},
        [
            ({"years_since_rheumatic_fever": 5}, NOT_MET),
            ({"years_since_rheumatic_fever": 6, "age_years": 20}, MET),
            ({"years_since_rheumatic_fever": 6, "age_years": 21}, NOT_MET),
            ({"rheumatic_carditis": True}, ELSE),
        ],
    ),
    "acc-aha-2020/rheumatic/staged-as-stenosis": (
        {**RHEUMATIC, "mva_cm2": Decimal("1.5")},
        [({"mva_cm2": Decimal("1.6")}, NOT_MET), ({"etiology": Etiology.BARLOW}, ELSE)],
    ),
    "esc-eacts-2025/rheumatic/stenosis-rules": (
        {**ADULT, "mva_cm2": Decimal("1.5")},
        [({"mva_cm2": Decimal("1.6")}, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "esc-eacts-2025/rheumatic/individual-decision": (
        {**ADULT, "mr_grade": 2, "mva_cm2": Decimal("1.6")},
        [
            ({"mva_cm2": Decimal("1.5")}, NOT_MET),
            ({"mva_cm2": 2}, MET),
            ({"mva_cm2": Decimal("2.1")}, NOT_MET),
            ({"mr_grade": 3}, ELSE),
            ({"mr_grade": 1}, ELSE),
        ],
    ),
}

C1: Changes = {**PRIMARY, "symptomatic": False, **NORMAL_LV}
PREGNANCY_CASES: dict[str, Case] = {
    "acc-aha-2020/pregnancy/counseling": (
        {**PLANNING, **SEVERE_AHA},
        [({"severe_mr_acc_aha": False}, NOT_MET), (PREGNANT, ELSE)],
    ),
    "acc-aha-2020/pregnancy/intervene-before": (
        {**PLANNING, **SEVERE_AHA, "symptomatic": True},
        [({"symptomatic": False}, NOT_MET), ({"severe_mr_acc_aha": False}, ELSE), (PREGNANT, ELSE)],
    ),
    "acc-aha-2020/pregnancy/exercise-test": (
        {**PLANNING, **SEVERE_AHA, **C1},
        [*AT_LIMIT_LV, ({"symptomatic": True}, NOT_MET), (PREGNANT, ELSE)],
    ),
    "acc-aha-2020/pregnancy/repair-before": (
        {
            **PLANNING,
            **SEVERE_AHA,
            **C1,
            "durable_repair_likely": True,
            "valve_center": CenterType.COMPREHENSIVE,
        },
        [
            *AT_LIMIT_LV,
            ({"valve_center": CenterType.PRIMARY}, NOT_MET),
            ({"durable_repair_likely": None}, PENDING),
            (PREGNANT, ELSE),
        ],
    ),
    "acc-aha-2020/pregnancy/tertiary-center": (
        {**PREGNANT, **SEVERE_AHA},
        [({"severe_mr_acc_aha": False}, NOT_MET), (PLANNING, ELSE)],
    ),
    "acc-aha-2020/pregnancy/no-raas-inhibitor": (
        {**PREGNANT, "takes_arb": True},
        [
            (
                {"takes_arb": False, "takes_ace_inhibitor": False, "takes_arni": False},
                NOT_MET,
            ),
            ({"takes_arb": False, "takes_ace_inhibitor": False, "takes_arni": True}, MET),
            (PLANNING, ELSE),
        ],
    ),
    "acc-aha-2020/pregnancy/surgery": (
        {**PREGNANT, **SEVERE_AHA, "nyha_class": 4, "pregnancy_heart_failure_refractory": True},
        [
            ({"nyha_class": 3}, NOT_MET),
            ({"pregnancy_heart_failure_refractory": False}, NOT_MET),
            (PLANNING, ELSE),
        ],
    ),
    "acc-aha-2020/pregnancy/no-surgery": (
        {
            **PREGNANT,
            "mitral_surgery_planned": True,
            "pregnancy_heart_failure_refractory": False,
        },
        [
            ({"pregnancy_heart_failure_refractory": True}, NOT_MET),
            ({"mitral_surgery_planned": False}, ELSE),
        ],
    ),
    "esc-eacts-2025/pregnancy/no-prophylactic-intervention": (
        {**PLANNING, "intervention_indicated_esc_eacts": False},
        [({"intervention_indicated_esc_eacts": True}, NOT_MET), (PREGNANT, ELSE)],
    ),
    "esc-eacts-2025/pregnancy/warfarin-low-dose": (
        {**MECHANICAL, **PREGNANT, "warfarin_mg_per_day": 5},
        [({"warfarin_mg_per_day": Decimal("5.1")}, NOT_MET), (BIOLOGICAL, ELSE)],
    ),
    "esc-eacts-2025/pregnancy/warfarin-high-dose": (
        {**MECHANICAL, **PREGNANT, "warfarin_mg_per_day": Decimal("5.1")},
        [({"warfarin_mg_per_day": 5}, NOT_MET), (PLANNING, ELSE)],
    ),
    "local/pregnancy/mechanical-valve": (
        {**MECHANICAL, **PREGNANT},
        [(BIOLOGICAL, NOT_MET), (PLANNING, ELSE)],
    ),
}
DRUGS = {
    "ace-inhibitor": "takes_ace_inhibitor",
    "arb": "takes_arb",
    "arni": "takes_arni",
    "mra": "takes_mra",
    "sglt2-inhibitor": "takes_sglt2_inhibitor",
    "statin": "takes_statin",
    "doac": "takes_doac",
    "vka": "takes_vka",
}
for _slug, _fact in DRUGS.items():
    PREGNANCY_CASES[f"local/pregnancy/{_slug}-in-pregnancy"] = (
        {**PREGNANT, _fact: True},
        [({_fact: False}, NOT_MET), (PLANNING, ELSE)],
    )
    PREGNANCY_CASES[f"local/pregnancy/{_slug}-before-pregnancy"] = (
        {**PLANNING, _fact: True},
        [({_fact: False}, NOT_MET), (PREGNANT, ELSE)],
    )

ELECTIVE: Changes = {
    **ADULT,
    "noncardiac_surgery_planned": True,
    "noncardiac_surgery_elective": True,
}
NO_SURGERY: list[tuple[Changes, Verdict]] = [({"noncardiac_surgery_planned": False}, ELSE)]
INDICATED_AHA: Changes = {
    **ADULT,
    "intervention_indicated_acc_aha": True,
    "coronary_anatomy_known": False,
}
INDICATED_ESC: Changes = {
    **ADULT,
    "intervention_indicated_esc_eacts": True,
    "coronary_anatomy_known": False,
}
SURGERY: Changes = {**ADULT, "mitral_surgery_planned": True}
LEFT_SIDED: Changes = {**ADULT, "left_sided_valve_surgery_planned": True}
NOT_PLANNED: list[tuple[Changes, Verdict]] = [({"left_sided_valve_surgery_planned": False}, ELSE)]
NO_RISK_OF_CAD: Changes = {
    "angina": False,
    "ischemia_shown": False,
    "lvef_percent": 50,
    "coronary_disease": False,
    "coronary_risk_factors": False,
    "sex": Sex.FEMALE,
}
SURGERY_CASES: dict[str, Case] = {
    "acc-aha-2020/noncardiac-surgery/reasonable": (
        {**ELECTIVE, "mr_grade": 2, "symptomatic": False, **NORMAL_LV, "spap_mmhg": 49},
        [
            *AT_LIMIT_LV,
            ({"spap_mmhg": 50}, NOT_MET),
            ({"symptomatic": True}, NOT_MET),
            ({"mr_grade": 1}, ELSE),
            *NO_SURGERY,
        ],
    ),
    "acc-aha-2020/noncardiac-surgery/echo-before": (
        {**ELECTIVE, "valve_disease_suspected": True},
        [({"valve_disease_suspected": False}, NOT_MET), *NO_SURGERY],
    ),
    "acc-aha-2020/noncardiac-surgery/intervene-first": (
        {**ELECTIVE, "intervention_indicated_acc_aha": True},
        [({"intervention_indicated_acc_aha": False}, NOT_MET), *NO_SURGERY],
    ),
    "esc-eacts-2025/noncardiac-surgery/usually-safe": (
        {**ELECTIVE, **SEVERE_ESC, "symptomatic": False, **NORMAL_LV},
        [*AT_LIMIT_LV, ({"severe_mr_esc_eacts": False}, ELSE), *NO_SURGERY],
    ),
    "esc-eacts-2025/noncardiac-surgery/optimize-first": (
        {**ELECTIVE, **SEVERE_ESC, **VENTRICULAR, "gdmt_optimized": False},
        [
            ({"gdmt_optimized": True}, NOT_MET),
            ({"gdmt_optimized": None}, PENDING),
            (PRIMARY, ELSE),
        ],
    ),
    "esc-eacts-2025/noncardiac-surgery/edge-to-edge-first": (
        {
            **ELECTIVE,
            **SEVERE_ESC,
            **VENTRICULAR,
            "symptoms_persist_on_gdmt": True,
            "noncardiac_surgery_risk": NoncardiacRisk.INTERMEDIATE,
        },
        [
            ({"noncardiac_surgery_risk": NoncardiacRisk.HIGH}, MET),
            ({"noncardiac_surgery_risk": NoncardiacRisk.LOW}, NOT_MET),
            ({"symptoms_persist_on_gdmt": False}, NOT_MET),
            (PRIMARY, ELSE),
        ],
    ),
    "acc-aha-2020/coronary/angiography": (
        {**INDICATED_AHA, "angina": True},
        [
            (NO_RISK_OF_CAD, NOT_MET),
            ({**NO_RISK_OF_CAD, "lvef_percent": Decimal("49.9")}, MET),
            ({**NO_RISK_OF_CAD, "sex": Sex.MALE, "age_years": 41}, MET),
            ({**NO_RISK_OF_CAD, "sex": Sex.MALE, "age_years": 40}, NOT_MET),
            ({"coronary_anatomy_known": True}, ELSE),
            ({"intervention_indicated_acc_aha": False}, ELSE),
        ],
    ),
    "acc-aha-2020/coronary/ct": (
        {**INDICATED_AHA, "coronary_likelihood": CoronaryLikelihood.INTERMEDIATE},
        [
            ({"coronary_likelihood": CoronaryLikelihood.LOW}, MET),
            ({"coronary_likelihood": CoronaryLikelihood.HIGH}, NOT_MET),
            ({"coronary_anatomy_known": True}, ELSE),
        ],
    ),
    "acc-aha-2020/coronary/severe-secondary": (
        {**ADULT, **VENTRICULAR, **SEVERE_AHA, "coronary_anatomy_known": False},
        [({"coronary_anatomy_known": True}, NOT_MET), (PRIMARY, ELSE), (ATRIAL, MET)],
    ),
    "esc-eacts-2025/coronary/ct": (
        {**INDICATED_ESC, "coronary_pretest_probability_percent": 50},
        [
            ({"coronary_pretest_probability_percent": Decimal("50.1")}, NOT_MET),
            ({"coronary_anatomy_known": True}, ELSE),
        ],
    ),
    "esc-eacts-2025/coronary/invasive": (
        {**INDICATED_ESC, "coronary_pretest_probability_percent": Decimal("50.1")},
        [
            ({"coronary_pretest_probability_percent": 50}, NOT_MET),
            ({"intervention_indicated_esc_eacts": False}, ELSE),
        ],
    ),
    "esc-eacts-2025/coronary/invasive-in-ventricular-secondary": (
        {**ADULT, **VENTRICULAR, **SEVERE_ESC, "coronary_anatomy_known": False},
        [({"coronary_anatomy_known": True}, NOT_MET), (ATRIAL, ELSE)],
    ),
    "esc-eacts-2025/coronary/bypass-of-lesser-stenosis": (
        {**SURGERY, "largest_other_stenosis_percent": 50},
        [
            ({"largest_other_stenosis_percent": Decimal("49.9")}, NOT_MET),
            ({"largest_other_stenosis_percent": Decimal("69.9")}, MET),
            ({"largest_other_stenosis_percent": 70}, NOT_MET),
            ({"mitral_surgery_planned": False}, ELSE),
        ],
    ),
    "acc-aha-2020/tricuspid/severe": (
        {**LEFT_SIDED, "tr_grade": 4},
        [({"tr_grade": 3}, NOT_MET), *NOT_PLANNED],
    ),
    "acc-aha-2020/tricuspid/progressive": (
        {**LEFT_SIDED, "tr_grade": 1, "tricuspid_annulus_mm": 41},
        [
            ({"tricuspid_annulus_mm": 40, "right_heart_failure_ever": False}, NOT_MET),
            ({"tricuspid_annulus_mm": 40, "right_heart_failure_ever": True}, MET),
            ({"tr_grade": 0}, NOT_MET),
            ({"tr_grade": 4}, NOT_MET),
            *NOT_PLANNED,
        ],
    ),
    "esc-eacts-2025/tricuspid/severe": (
        {**LEFT_SIDED, "tr_grade": 4},
        [({"tr_grade": 3}, NOT_MET), *NOT_PLANNED],
    ),
    "esc-eacts-2025/tricuspid/moderate": (
        {**LEFT_SIDED, "tr_grade": 2},
        [({"tr_grade": 1}, NOT_MET), ({"tr_grade": 3}, MET), ({"tr_grade": 4}, NOT_MET)],
    ),
    "esc-eacts-2025/tricuspid/mild-with-dilated-annulus": (
        {**LEFT_SIDED, "tr_grade": 1, "tricuspid_annulus_mm": 40},
        [
            (
                {
                    "tricuspid_annulus_mm": Decimal("39.9"),
                    "tricuspid_annulus_index_mm_m2": 21,
                },
                NOT_MET,
            ),
            (
                {
                    "tricuspid_annulus_mm": 39,
                    "tricuspid_annulus_index_mm_m2": Decimal("21.1"),
                },
                MET,
            ),
            ({"tr_grade": 2}, NOT_MET),
            *NOT_PLANNED,
        ],
    ),
    "acc-aha-2020/team/heart-team": (
        {**ADULT, **SEVERE_AHA, "intervention_indicated_acc_aha": True},
        [
            ({"intervention_indicated_acc_aha": False}, NOT_MET),
            ({"severe_mr_acc_aha": False}, ELSE),
        ],
    ),
    "acc-aha-2020/team/valve-center": (
        {**ADULT, **SEVERE_AHA, "symptomatic": False},
        [
            (
                {
                    "symptomatic": True,
                    "repair_or_replacement_in_question": False,
                    "multimorbidity": False,
                },
                NOT_MET,
            ),
            ({"symptomatic": True, "multimorbidity": True}, MET),
            ({"severe_mr_acc_aha": False}, ELSE),
        ],
    ),
    "esc-eacts-2025/team/surgeon-experience": (
        {**SURGERY, "operator_mitral_surgeries_per_year": 24},
        [
            ({"operator_mitral_surgeries_per_year": 25}, NOT_MET),
            ({"mitral_surgery_planned": False}, ELSE),
        ],
    ),
    "esc-eacts-2025/team/edge-to-edge-experience": (
        {**ADULT, "teer_planned": True, "operator_teer_total": 49},
        [({"operator_teer_total": 50}, NOT_MET), ({"teer_planned": False}, ELSE)],
    ),
}
for _edition in ("acc-aha-2020", "esc-eacts-2025"):
    SURGERY_CASES[f"{_edition}/coronary/bypass"] = (
        {**SURGERY, "largest_other_stenosis_percent": 70},
        [
            (
                {
                    "largest_other_stenosis_percent": Decimal("69.9"),
                    "left_main_stenosis_percent": Decimal("49.9"),
                },
                NOT_MET,
            ),
            ({"largest_other_stenosis_percent": 0, "left_main_stenosis_percent": 50}, MET),
            ({"mitral_surgery_planned": False}, ELSE),
        ],
    )

NO_PLAN: Changes = {"mitral_surgery_planned": False, "teer_planned": False}
NO_ARRHYTHMIA: Changes = {
    "annular_disjunction": False,
    "syncope": False,
    "complex_ventricular_ectopy": False,
    "palpitations": False,
}
TEST_CASES: dict[str, Case] = {
    "acc-aha-2020/tests/baseline-echo": (
        {**ADULT, **PRIMARY, "echo_on_record": False},
        [({"echo_on_record": True}, NOT_MET), (ATRIAL, ELSE)],
    ),
    "acc-aha-2020/tests/tee": (
        {**ADULT, **PRIMARY, "echo_inconclusive": True},
        [
            ({"echo_inconclusive": False, "study_quality": StudyQuality.GOOD}, NOT_MET),
            ({"echo_inconclusive": False, "study_quality": StudyQuality.POOR}, MET),
            (VENTRICULAR, ELSE),
        ],
    ),
    "acc-aha-2020/tests/cmr": (
        {**ADULT, **PRIMARY, "symptoms_do_not_fit_echo": True},
        [({"symptoms_do_not_fit_echo": False}, NOT_MET), (ATRIAL, ELSE)],
    ),
    "acc-aha-2020/tests/intraoperative-tee": (
        {**ADULT, **PRIMARY, **SEVERE_AHA, "mitral_surgery_planned": True},
        [
            (NO_PLAN, NOT_MET),
            ({**NO_PLAN, "teer_planned": True}, MET),
            ({"severe_mr_acc_aha": False}, ELSE),
        ],
    ),
    "acc-aha-2020/tests/echo-on-change": (
        {**ADULT, **PRIMARY, "symptoms_or_signs_changed": True},
        [({"symptoms_or_signs_changed": False}, NOT_MET), (ATRIAL, ELSE)],
    ),
    "acc-aha-2020/tests/biomarkers": (
        {**ADULT, **PRIMARY, **SEVERE_AHA, "symptomatic": False},
        [({"symptomatic": True}, NOT_MET), ({"severe_mr_acc_aha": False}, ELSE)],
    ),
    "acc-aha-2020/tests/exercise-hemodynamics": (
        {**ADULT, **PRIMARY, "symptoms_in_doubt": True},
        [({"symptoms_in_doubt": False}, NOT_MET), (ATRIAL, ELSE)],
    ),
    "acc-aha-2020/tests/exercise-test": (
        {**ADULT, **SEVERE_AHA, "symptoms_in_doubt": True},
        [({"symptoms_in_doubt": False}, NOT_MET), ({"severe_mr_acc_aha": False}, ELSE)],
    ),
    "acc-aha-2020/tests/secondary-echo": (
        {**ADULT, **VENTRICULAR, "echo_on_record": False},
        [({"echo_on_record": True}, NOT_MET), (PRIMARY, ELSE)],
    ),
    "acc-aha-2020/tests/ischemia-and-viability": (
        {**ADULT, **ATRIAL, "ischemia_or_viability_tested": False},
        [({"ischemia_or_viability_tested": True}, NOT_MET), (PRIMARY, ELSE)],
    ),
    "acc-aha-2020/tests/tee-for-suitability": (
        {
            **ADULT,
            **VENTRICULAR,
            **SEVERE_AHA,
            "symptoms_persist_on_gdmt": True,
            "transcatheter_treatment_considered": True,
        },
        [
            ({"transcatheter_treatment_considered": False, "teer_planned": False}, NOT_MET),
            ({"symptoms_persist_on_gdmt": False}, ELSE),
        ],
    ),
    "acc-aha-2020/tests/tee-guidance": (
        {**ADULT, **VENTRICULAR, "teer_planned": True},
        [({"teer_planned": False}, NOT_MET), (PRIMARY, ELSE)],
    ),
    "esc-eacts-2025/tests/toe-before-repair": (
        {**ADULT, "teer_planned": True},
        [(NO_PLAN, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "esc-eacts-2025/tests/exercise-echo": (
        {**ADULT, "symptoms_do_not_fit_echo": True},
        [({"symptoms_do_not_fit_echo": False}, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "esc-eacts-2025/tests/right-heart-catheter": (
        {**ADULT, "pulmonary_pressure_in_question": True},
        [({"pulmonary_pressure_in_question": False}, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "esc-eacts-2025/tests/biomarkers": (
        {**ADULT, **SEVERE_ESC, "symptomatic": False},
        [({"symptomatic": True}, NOT_MET), ({"severe_mr_esc_eacts": False}, ELSE)],
    ),
    "esc-eacts-2025/tests/echo-after-radiation": (
        {**ADULT, "chest_radiation": True, "years_since_chest_radiation": 10},
        [({"years_since_chest_radiation": 9}, NOT_MET), ({"chest_radiation": False}, ELSE)],
    ),
    "esc-eacts-2025/tests/beside-aortic-regurgitation": (
        {**ADULT, "aortic_regurgitation_more_than_mild": True},
        [({"aortic_regurgitation_more_than_mild": False}, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "esc-eacts-2025/tests/beside-aortic-stenosis": (
        {**ADULT, "aortic_stenosis_moderate_or_more": True},
        [({"aortic_stenosis_moderate_or_more": False}, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "esc-eacts-2025/tests/beside-mitral-stenosis": (
        {**ADULT, "mva_cm2": 2},
        [({"mva_cm2": Decimal("2.1")}, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "esc-eacts-2025/tests/beside-tricuspid-regurgitation": (
        {**ADULT, **ATRIAL, "tr_grade": 2},
        [({"tr_grade": 1}, NOT_MET), (PRIMARY, ELSE)],
    ),
}
for _slug in ("toe", "cmr"):
    TEST_CASES[f"esc-eacts-2025/tests/{_slug}"] = (
        {**ADULT, "echo_inconclusive": True},
        [
            ({"echo_inconclusive": False, "study_quality": StudyQuality.GOOD}, NOT_MET),
            ({"echo_inconclusive": False, "study_quality": StudyQuality.POOR}, MET),
            ({"age_years": 17}, ELSE),
        ],
    )
for _slug in ("continuous-ecg", "cmr-for-fibrosis", "review"):
    TEST_CASES[f"esc-eacts-2025/arrhythmia/{_slug}"] = (
        {**ADULT, "mitral_prolapse": True, "syncope": True},
        [
            (NO_ARRHYTHMIA, NOT_MET),
            *(({**NO_ARRHYTHMIA, name: True}, MET) for name in NO_ARRHYTHMIA),
            ({"mitral_prolapse": None, "carpentier_type": CarpentierType.II}, MET),
            (
                {
                    "mitral_prolapse": False,
                    "carpentier_type": CarpentierType.I,
                    "etiology": Etiology.RHEUMATIC,
                },
                ELSE,
            ),
        ],
    )

TABLE_4: Changes = {**CHRONIC, "symptomatic": False, **NORMAL_LV, "other_valve_disease": False}
OUTSIDE_TABLE_4: list[tuple[Changes, Verdict]] = [
    ({"symptomatic": True}, ELSE),
    ({"lvef_percent": 60}, ELSE),
    ({"lvesd_mm": 40}, ELSE),
    ({"other_valve_disease": True}, ELSE),
    ({"mitral_valve_state": MitralValveState.MECHANICAL}, ELSE),
    ({"mitral_valve_state": MitralValveState.SURGICAL_REPAIR}, ELSE),
    ({"tempo": Tempo.ACUTE}, ELSE),
    ({"mr_grade": None}, ASK),
]
DONE: Changes = {"baseline_echo_after_intervention": True}
NOT_DONE: list[tuple[Changes, Verdict]] = [({"baseline_echo_after_intervention": False}, NOT_MET)]
YEAR_AFTER: Changes = {"years_since_mitral_intervention": 1}
NOT_A_YEAR: list[tuple[Changes, Verdict]] = [({"years_since_mitral_intervention": 0}, NOT_MET)]
FOLLOW_UP_CASES: dict[str, Case] = {
    "acc-aha-2020/follow-up/mild": (
        {**TABLE_4, "mr_grade": 1},
        [({"mr_grade": 2}, NOT_MET), *OUTSIDE_TABLE_4],
    ),
    "acc-aha-2020/follow-up/moderate": (
        {**TABLE_4, "mr_grade": 2},
        [({"mr_grade": 1}, NOT_MET), ({"mr_grade": 3}, NOT_MET), *OUTSIDE_TABLE_4],
    ),
    "acc-aha-2020/follow-up/severe": (
        {**TABLE_4, "mr_grade": 3},
        [({"mr_grade": 2}, NOT_MET), ({"mr_grade": 4}, MET), *OUTSIDE_TABLE_4],
    ),
    "acc-aha-2020/follow-up/severe-primary": (
        {**CHRONIC, **PRIMARY, **SEVERE_AHA, "symptomatic": False, **NORMAL_LV},
        [*AT_LIMIT_LV, ({"symptomatic": True}, ELSE), (MECHANICAL, ELSE)],
    ),
    "acc-aha-2020/follow-up/change": (
        {**ADULT, "symptoms_or_signs_changed": True},
        [({"symptoms_or_signs_changed": False}, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "acc-aha-2020/follow-up/baseline": (
        {**CLIPPED, "baseline_echo_after_intervention": False},
        [(DONE, NOT_MET), (NATIVE, ELSE)],
    ),
    "acc-aha-2020/follow-up/mechanical": ({**MECHANICAL, **DONE}, [*NOT_DONE, (REPAIRED, ELSE)]),
    "acc-aha-2020/follow-up/bioprosthesis": (
        {**BIOLOGICAL, **DONE},
        [*NOT_DONE, (REPAIRED, ELSE)],
    ),
    "acc-aha-2020/follow-up/transcatheter-prosthesis": (
        {**TRANSCATHETER, **DONE},
        [*NOT_DONE, (REPAIRED, ELSE)],
    ),
    "acc-aha-2020/follow-up/surgical-repair": (
        {**REPAIRED, **DONE},
        [*NOT_DONE, (MECHANICAL, ELSE)],
    ),
    "acc-aha-2020/follow-up/edge-to-edge-repair": (
        {**CLIPPED, **DONE},
        [*NOT_DONE, (MECHANICAL, ELSE)],
    ),
    "acc-aha-2020/follow-up/visits": (
        {**MECHANICAL, **YEAR_AFTER},
        [*NOT_A_YEAR, (NATIVE, ELSE)],
    ),
    "esc-eacts-2025/follow-up/surgical-repair": (
        {**REPAIRED, "lv_dysfunction_before_repair": False, "arrhythmia_with_repair": False},
        [
            ({"lv_dysfunction_before_repair": True}, NOT_MET),
            ({"arrhythmia_with_repair": True}, NOT_MET),
            (MECHANICAL, ELSE),
        ],
    ),
    "esc-eacts-2025/follow-up/replacement": (
        {**MECHANICAL, **YEAR_AFTER},
        [*NOT_A_YEAR, (REPAIRED, ELSE)],
    ),
    "esc-eacts-2025/follow-up/ventricular-after-intervention-advanced": (
        {**CLIPPED, **VENTRICULAR, "advanced_heart_failure": True},
        [({"advanced_heart_failure": False}, NOT_MET), (PRIMARY, ELSE), (NATIVE, ELSE)],
    ),
    "esc-eacts-2025/follow-up/ventricular-after-intervention": (
        {**CLIPPED, **VENTRICULAR, "advanced_heart_failure": False},
        [({"advanced_heart_failure": True}, NOT_MET), (PRIMARY, ELSE), (NATIVE, ELSE)],
    ),
    "esc-eacts-2025/follow-up/ventricular": (
        {**CHRONIC, **VENTRICULAR, "mr_grade": 2},
        [
            ({"mr_grade": 3, "symptomatic": True}, NOT_MET),
            ({"mr_grade": 3, "symptomatic": False}, MET),
            ({"mr_grade": 1, "symptomatic": True}, NOT_MET),
            (PRIMARY, ELSE),
        ],
    ),
    "esc-eacts-2025/follow-up/atrial-after-intervention": (
        {**CLIPPED, **ATRIAL, **YEAR_AFTER},
        [*NOT_A_YEAR, (PRIMARY, ELSE)],
    ),
    "esc-eacts-2025/follow-up/atrial": (
        {**CHRONIC, **ATRIAL, **SEVERE_ESC, "symptomatic": False},
        [({"symptomatic": True}, NOT_MET), (PRIMARY, ELSE)],
    ),
    "esc-eacts-2025/follow-up/mild": (
        {**CHRONIC, "mr_grade": 1},
        [({"mr_grade": 2}, NOT_MET), (MECHANICAL, ELSE)],
    ),
    "esc-eacts-2025/follow-up/ventricular-symptomatic": (
        {**CHRONIC, **VENTRICULAR, **SEVERE_ESC, "symptomatic": True},
        [({"symptomatic": False}, NOT_MET), (PRIMARY, ELSE)],
    ),
    "esc-eacts-2025/follow-up/several-lesions": (
        {**ADULT, "other_valve_disease": True},
        [({"other_valve_disease": False}, NOT_MET), ({"age_years": 17}, ELSE)],
    ),
    "esc-eacts-2025/follow-up/several-lesions-transcatheter": (
        {**ADULT, "other_valve_disease": True, "teer_planned": True},
        [
            (
                {"teer_planned": False, "transcatheter_treatment_considered": False},
                NOT_MET,
            ),
            ({"other_valve_disease": False}, ELSE),
        ],
    ),
}
for _edition in ("esc-eacts-2021", "esc-eacts-2025"):
    _chapter = f"{_edition}/follow-up"
    FOLLOW_UP_CASES |= {
        f"{_chapter}/severe-primary": (
            {
                **CHRONIC,
                **PRIMARY,
                "mr_grade": 3,
                "symptomatic": False,
                "intervention_indicated_esc_eacts": False,
            },
            [
                ({"intervention_indicated_esc_eacts": True}, NOT_MET),
                ({"mr_grade": 2, "severe_mr_esc_eacts": False}, ELSE),
                ({"symptomatic": True}, ELSE),
            ],
        ),
        f"{_chapter}/moderate-primary": (
            {**CHRONIC, **C1, "mr_grade": 2},
            [
                ({"mr_grade": 1}, NOT_MET),
                ({"mr_grade": 3}, NOT_MET),
                ({"lvef_percent": 60}, ELSE),
                (VENTRICULAR, ELSE),
            ],
        ),
        f"{_chapter}/edge-to-edge-repair": (
            {**CLIPPED, **PRIMARY, **YEAR_AFTER},
            [*NOT_A_YEAR, (ATRIAL, ELSE)],
        ),
        f"{_chapter}/bioprosthesis-baseline": (
            {**TRANSCATHETER, "baseline_echo_after_intervention": False},
            [(DONE, NOT_MET), (MECHANICAL, ELSE)],
        ),
        f"{_chapter}/bioprosthesis": (
            {**BIOLOGICAL, **DONE},
            [*NOT_DONE, (MECHANICAL, ELSE)],
        ),
    }

CASES: dict[str, Case] = {
    **ACUTE_CASES,
    **ENDOCARDITIS_CASES,
    **PROPHYLAXIS_CASES,
    **RHEUMATIC_CASES,
    **PREGNANCY_CASES,
    **SURGERY_CASES,
    **TEST_CASES,
    **FOLLOW_UP_CASES,
}
