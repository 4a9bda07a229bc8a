"""Test vectors of the score tables: inputs and what independent implementations gave.

Numbers as text where they are entered values.
"""

# Reference patient of EuroSCORE II: every item at its reference, age apart.
EUROSCORE2_REFERENCE = {
    "age_years": "58",
    "sex": "male",
    "dialysis": False,
    "creatinine_clearance_ml_min": "90",
    "extracardiac_arteriopathy": False,
    "poor_mobility": False,
    "previous_cardiac_surgery": False,
    "chronic_lung_disease": False,
    "active_endocarditis": False,
    "critical_state": False,
    "diabetes_on_insulin": False,
    "nyha_class": "1",
    "ccs4_angina": False,
    "lvef_percent": "60",
    "recent_infarction": False,
    "spap_mmhg": "25",
    "urgency": "elective",
    "weight_of_operation": "isolated_cabg",
    "thoracic_aorta_surgery": False,
}

# Id, what differs from the reference, linear predictor, percent.
EUROSCORE2 = (
    ("A", {}, -5.2960189, 0.4987),
    (
        "B",
        {
            "age_years": "70",
            "creatinine_clearance_ml_min": "70",
            "nyha_class": "2",
            "lvef_percent": "40",
        },
        -4.2851652,
        1.3584,
    ),
    (
        "D",
        {
            "age_years": "75",
            "creatinine_clearance_ml_min": "40",
            "extracardiac_arteriopathy": True,
            "previous_cardiac_surgery": True,
            "nyha_class": "3",
            "lvef_percent": "25",
            "urgency": "urgent",
            "weight_of_operation": "two",
        },
        -0.3805355,
        40.5998,
    ),
    (
        "F",
        {
            "age_years": "75",
            "sex": "female",
            "creatinine_clearance_ml_min": "70",
            "nyha_class": "3",
            "lvef_percent": "40",
            "weight_of_operation": "one_non_cabg",
        },
        -3.7279382,
        2.3478,
    ),
    (
        "H",
        {
            "age_years": "70",
            "previous_cardiac_surgery": True,
            "nyha_class": "4",
            "lvef_percent": "25",
            "spap_mmhg": "60",
            "urgency": "urgent",
            "weight_of_operation": "two",
        },
        -1.3052738,
        21.3279,
    ),
    (
        "J",
        {
            "age_years": "85",
            "sex": "female",
            "creatinine_clearance_ml_min": "70",
            "nyha_class": "3",
            "weight_of_operation": "one_non_cabg",
        },
        -3.7578224,
        2.2802,
    ),
    (
        "K",
        {
            "age_years": "60",
            "previous_cardiac_surgery": True,
            "active_endocarditis": True,
            "nyha_class": "3",
            "lvef_percent": "25",
            "urgency": "urgent",
            "weight_of_operation": "one_non_cabg",
        },
        -2.1300432,
        10.6211,
    ),
    (
        "L",
        {
            "age_years": "45",
            "critical_state": True,
            "urgency": "salvage",
            "weight_of_operation": "one_non_cabg",
            "thoracic_aorta_surgery": True,
        },
        -2.1876226,
        10.0868,
    ),
    (
        "M",
        {
            "age_years": "50",
            "sex": "female",
            "creatinine_clearance_ml_min": "40",
            "extracardiac_arteriopathy": True,
            "poor_mobility": True,
            "previous_cardiac_surgery": True,
            "chronic_lung_disease": True,
            "active_endocarditis": True,
            "critical_state": True,
            "diabetes_on_insulin": True,
            "nyha_class": "3",
            "ccs4_angina": True,
            "lvef_percent": "40",
            "recent_infarction": True,
            "spap_mmhg": "45",
            "urgency": "emergency",
            "weight_of_operation": "two",
            "thoracic_aorta_surgery": True,
        },
        3.0011748,
        95.2627,
    ),
    (
        "N_MR_elective_repair",
        {
            "age_years": "62",
            "nyha_class": "2",
            "spap_mmhg": "45",
            "weight_of_operation": "one_non_cabg",
        },
        -4.9468265,
        0.7056,
    ),
    (
        "O_MR_2procedures_CKD",
        {
            "age_years": "81",
            "sex": "female",
            "creatinine_clearance_ml_min": "40",
            "chronic_lung_disease": True,
            "nyha_class": "3",
            "spap_mmhg": "60",
            "weight_of_operation": "two",
        },
        -2.2324823,
        9.6871,
    ),
    (
        "P_ischaemic_MR",
        {
            "age_years": "69",
            "creatinine_clearance_ml_min": "70",
            "diabetes_on_insulin": True,
            "nyha_class": "4",
            "lvef_percent": "25",
            "recent_infarction": True,
            "urgency": "urgent",
            "weight_of_operation": "two",
        },
        -1.9908162,
        12.0171,
    ),
    ("Q_age61", {"age_years": "61"}, -5.2675008, 0.513),
    ("Q_age60", {"age_years": "60"}, -5.2960189, 0.4987),
    ("R_90F", {"age_years": "90", "sex": "female"}, -4.2208325, 1.4474),
)

# One factor at a time in a man of 50, as a share (three figures).
EUROSCORE2_ONE_FACTOR = (
    ({}, 0.0050),
    ({"creatinine_clearance_ml_min": "40"}, 0.0117),
    ({"dialysis": True}, 0.0094),
    ({"previous_cardiac_surgery": True}, 0.0151),
    ({"critical_state": True}, 0.0146),
    ({"thoracic_aorta_surgery": True}, 0.0095),
    ({"urgency": "salvage"}, 0.0192),
    ({"weight_of_operation": "three_or_more"}, 0.0131),
)

# Age, what differs from a man with nothing else, percent.
EUROSCORE1 = (
    ("55", {}, 0.8811),
    ("60", {}, 0.9412),
    ("72", {"sex": "female", "other_than_isolated_cabg": True}, 4.8142),
    (
        "80",
        {
            "other_than_isolated_cabg": True,
            "lvef_percent": "40",
            "spap_mmhg": "61",
            "previous_cardiac_surgery": True,
        },
        35.6154,
    ),
    (
        "68",
        {
            "other_than_isolated_cabg": True,
            "active_endocarditis": True,
            "emergency": True,
            "critical_state": True,
        },
        29.7062,
    ),
)

# Age, sex, creatinine in mg/dL, eGFR.
CKD_EPI = (
    ("50", "male", "0.9", 104.0490),
    ("50", "male", "0.8", 107.8167),
    ("65", "female", "0.7", 95.9187),
    ("65", "female", "1.0", 62.5203),
    ("72", "male", "1.5", 49.1584),
    ("80", "female", "2.2", 22.1105),
    ("35", "male", "1.2", 80.8773),
)

# Age, sex, weight in kg, creatinine in mg/dL, clearance.
COCKCROFT_GAULT = (
    ("60", "male", "80", "1.0", 88.8889),
    ("72", "female", "65", "1.1", 47.4369),
    ("81", "female", "52", "1.4", 25.8710),
    ("45", "male", "95", "0.9", 139.2747),
    ("68", "male", "70", "2.5", 28.0),
    ("62", "male", "85", "1.15", 80.0725),
)

# Height in cm, weight in kg; Du Bois, Mosteller, Haycock.
BODY_SURFACE = (
    ("170", "70", 1.80971, 1.81812, 1.82568),
    ("180", "80", 1.99642, 2.00000, 2.00656),
    ("158", "52", 1.51250, 1.51070, 1.51145),
    ("165", "92", 1.98908, 2.05345, 2.08985),
    ("190", "110", 2.37714, 2.40947, 2.43298),
)

# Age, sex, what is present, CHA2DS2-VASc, CHA2DS2-VA.
CHA2DS2 = (
    ("60", "male", (), 0, 0),
    ("60", "female", (), 1, 0),
    ("68", "male", ("hypertension",), 2, 2),
    ("72", "female", ("heart_failure", "hypertension"), 4, 3),
    ("75", "male", ("heart_failure", "diabetes", "vascular_disease"), 5, 5),
    (
        "82",
        "female",
        (
            "heart_failure",
            "hypertension",
            "diabetes",
            "stroke_tia_or_embolism",
            "vascular_disease",
        ),
        9,
        8,
    ),
    (
        "64",
        "male",
        ("hypertension", "diabetes", "stroke_tia_or_embolism", "vascular_disease"),
        5,
        5,
    ),
)

# What differs from nothing present, HAS-BLED.
HAS_BLED = (
    ({}, 0),
    ({"age_years": "66"}, 1),
    ({"systolic_bp_mmhg": "161", "age_years": "66", "antiplatelet_or_nsaid": True}, 3),
    ({"dialysis": True, "liver_disease": True, "stroke": True, "bleeding": True}, 4),
    (
        {
            "systolic_bp_mmhg": "180",
            "dialysis": True,
            "liver_disease": True,
            "stroke": True,
            "bleeding": True,
            "vitamin_k_antagonist": True,
            "ttr_percent": "40",
            "age_years": "70",
            "antiplatelet_or_nsaid": True,
            "alcohol": True,
        },
        9,
    ),
)

# Age, symptoms, fibrillation, LA diameter, RVSP, LVESD, LVEF; MIDA score.
MIDA = (
    ("58", False, False, "45", "30", "34", "66", 0),
    ("65", False, False, "54", "50", "39", "61", 3),
    ("64", True, False, "50", "51", "40", "60", 7),
    ("71", True, True, "55", "45", "38", "62", 8),
    ("80", True, True, "60", "65", "45", "50", 12),
)

# What differs from nothing present, MitraScore, its group.
MITRASCORE = (
    ({}, 0, "low"),
    ({"age_years": "75", "egfr_ml_min_173": "59"}, 2, "low"),
    (
        {
            "age_years": "75",
            "hemoglobin_g_dl": "11",
            "egfr_ml_min_173": "50",
            "high_diuretic_dose": True,
        },
        4,
        "moderate",
    ),
    (
        {
            "age_years": "80",
            "hemoglobin_g_dl": "11",
            "egfr_ml_min_173": "50",
            "high_diuretic_dose": True,
            "lvef_percent": "39",
            "peripheral_artery_disease": True,
            "copd": True,
            "ras_inhibitor": False,
        },
        8,
        "high",
    ),
)

# NYHA, COPD, fibrillation, eGFR, RVSP, LVESD in mm, TR, LVEF, edge-to-edge repair; score.
COAPT = (
    ("2", False, False, "75", "40", "50", "1", "38", True, -3),
    ("3", True, True, "50", "50", "56", "2", "30", False, 12),
    ("4", True, True, "25", "60", "60", "2", "22", False, 15),
    ("3", False, True, "45", "42", "52", "1", "33", True, 1),
)

# INR by day, percent of the time from 2 to 3, days counted.
ROSENDAAL = (
    (
        "T1",
        (
            ("2024-01-01", "1.5"),
            ("2024-01-11", "2.5"),
            ("2024-01-31", "3.5"),
            ("2024-02-20", "2.5"),
        ),
        50.0,
        50,
    ),
    ("T2", (("2024-03-01", "2.4"), ("2024-03-17", "3.2")), 75.0, 16),
    (
        "T3",
        (("2024-01-01", "2.0"), ("2024-01-29", "3.0"), ("2024-02-26", "2.5")),
        100.0,
        56,
    ),
    ("T6", (("2024-01-01", "1.0"), ("2024-01-31", "4.0")), 33.3333, 30),
)

# Sex, height, age, weight; expected distance and lower limit in m.
SIX_MINUTE_WALK = (
    ("male", "175", "65", "80", 548.65, 395.65),
    ("female", "160", "70", "65", 451.15, 312.15),
    ("male", "168", "78", "70", 448.00, 295.00),
    ("female", "155", "82", "58", 387.27, 248.27),
)
