"""For each rule on an emergency, infection or pregnancy: what meets it, and what changes that."""

from __future__ import annotations

from decimal import Decimal

from guidelines.vocabulary import (
    CenterType,
    Etiology,
    PenicillinAllergy,
    SurgicalRisk,
    Tempo,
    Verdict,
)
from tests.guidelines.usual_changes import (
    ACUTE,
    ADULT,
    ASK,
    AT_LIMIT_LV,
    ATRIAL,
    BIOLOGICAL,
    C1,
    CLIPPED,
    ELSE,
    INFECTED,
    MECHANICAL,
    MET,
    NATIVE,
    NOT_MET,
    PENDING,
    PLANNING,
    PREGNANT,
    PRIMARY,
    REPAIRED,
    SAFE_TO_BRIDGE,
    SEVERE_AHA,
    TRANSCATHETER,
    VENTRICULAR,
    Case,
    Changes,
)

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
    "local-safety/endocarditis/team-today": (
        {**INFECTED, "mitral_surgery_planned": False},
        [({"mitral_surgery_planned": True}, NOT_MET), *NOT_INFECTED],
    ),
    "local-safety/endocarditis/no-edge-to-edge-repair": (
        {**INFECTED, "teer_planned": True},
        [({"teer_planned": False}, NOT_MET), *NOT_INFECTED],
    ),
    "local-safety/endocarditis/antithrombotic-review": (
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
    "local-safety/pregnancy/mechanical-valve": (
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
    PREGNANCY_CASES[f"local-safety/pregnancy/{_slug}-in-pregnancy"] = (
        {**PREGNANT, _fact: True},
        [({_fact: False}, NOT_MET), (PLANNING, ELSE)],
    )
    PREGNANCY_CASES[f"local-safety/pregnancy/{_slug}-before-pregnancy"] = (
        {**PLANNING, _fact: True},
        [({_fact: False}, NOT_MET), (PREGNANT, ELSE)],
    )

INFECTION_AND_PREGNANCY_CASES: dict[str, Case] = {
    **ACUTE_CASES,
    **ENDOCARDITIS_CASES,
    **PROPHYLAXIS_CASES,
    **RHEUMATIC_CASES,
    **PREGNANCY_CASES,
}
