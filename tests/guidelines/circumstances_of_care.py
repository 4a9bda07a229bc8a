"""For each rule on surgery, tests and follow-up: what meets it, and what changes its verdict."""

from __future__ import annotations

from decimal import Decimal

from guidelines.vocabulary import (
    CarpentierType,
    CoronaryLikelihood,
    Etiology,
    MitralValveState,
    NoncardiacRisk,
    Sex,
    StudyQuality,
    Tempo,
    Verdict,
)
from tests.guidelines.usual_changes import (
    ADULT,
    ASK,
    AT_LIMIT_LV,
    ATRIAL,
    BIOLOGICAL,
    C1,
    CHRONIC,
    CLIPPED,
    ELSE,
    MECHANICAL,
    MET,
    NATIVE,
    NORMAL_LV,
    NOT_MET,
    PENDING,
    PRIMARY,
    REPAIRED,
    SEVERE_AHA,
    SEVERE_ESC,
    TRANSCATHETER,
    VENTRICULAR,
    Case,
    Changes,
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

# No exercise test before these are treated.
NOT_TO_BE_LOADED: list[tuple[Changes, Verdict]] = [
    ({"tempo": Tempo.ACUTE}, ELSE),
    ({"endocarditis_active_or_suspected": True}, ELSE),
    ({"sam_or_lvot_obstruction": True}, ELSE),
    (MECHANICAL, ELSE),
]
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
        {**CHRONIC, **PRIMARY, "symptoms_in_doubt": True},
        [({"symptoms_in_doubt": False}, NOT_MET), (ATRIAL, ELSE), *NOT_TO_BE_LOADED],
    ),
    "acc-aha-2020/tests/exercise-test": (
        {**CHRONIC, **SEVERE_AHA, "symptoms_in_doubt": True},
        [
            ({"symptoms_in_doubt": False}, NOT_MET),
            ({"severe_mr_acc_aha": False}, ELSE),
            *NOT_TO_BE_LOADED,
        ],
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
        {**CHRONIC, "symptoms_do_not_fit_echo": True},
        [
            ({"symptoms_do_not_fit_echo": False}, NOT_MET),
            ({"age_years": 17}, ELSE),
            *NOT_TO_BE_LOADED,
        ],
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

CARE_CASES: dict[str, Case] = {**SURGERY_CASES, **TEST_CASES, **FOLLOW_UP_CASES}
