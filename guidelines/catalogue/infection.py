"""Endocarditis and its prophylaxis, allergies, rheumatic fever.

A fact about an episode of endocarditis is of that episode: a new one asks it anew.
"""

from __future__ import annotations

from guidelines.definitions import HIGHER, LOWER, Worse, number, term, yes_no
from guidelines.vocabulary import PenicillinAllergy

HOURS_COUNT = 1  # days: what is true of an emergency today is asked again tomorrow
YEAR = 365  # days, safety C

_ENDOCARDITIS = (
    yes_no(
        "unexplained_fever",
        "unexplained fever",
        "Fever without a known cause, now.",
        asked=True,
        days=7,
    ),
    number(
        "blood_culture_sets",
        "sets of blood cultures",
        "",
        "Taken in the present illness before any antibiotic; 0 when none.",
    ),
    yes_no(
        "antibiotics_started_or_planned",
        "antibiotics started or about to be",
        "For the present fever.",
        Worse.NEITHER,
        asked=True,
        days=HOURS_COUNT,
    ),
    yes_no(
        "endocarditis_severe_valve_lesion",
        "severe acute regurgitation, obstruction or fistula by endocarditis",
        "Of a native or prosthetic mitral or aortic valve, in the present episode.",
        asked=True,
        days=7,
    ),
    yes_no(
        "endocarditis_heart_failure",
        "heart failure by the infected valve",
        "Symptoms or signs of heart failure, or poor hemodynamic tolerance on echo, because of "
        "the valve lesion of the present episode.",
        asked=True,
        days=7,
    ),
    yes_no(
        "endocarditis_refractory_edema_or_shock",
        "refractory pulmonary edema or cardiogenic shock by the infected valve",
        "In spite of treatment, in the present episode.",
        asked=True,
        days=HOURS_COUNT,
    ),
    yes_no(
        "endocarditis_locally_uncontrolled",
        "locally uncontrolled infection",
        "Abscess, false aneurysm, fistula, destructive or growing lesion, dehiscence of a "
        "prosthesis, or new heart block, in the present episode.",
        asked=True,
        days=7,
    ),
    yes_no(
        "endocarditis_staphylococcus_aureus",
        "Staphylococcus aureus",
        "Grown in the present episode of left-sided endocarditis.",
        asked=True,
    ),
    yes_no(
        "endocarditis_fungal_or_multiresistant",
        "fungi or multiresistant bacteria",
        "Grown in the present episode of left-sided endocarditis.",
        asked=True,
    ),
    number(
        "endocarditis_days_cultures_positive",
        "days of positive cultures on treatment",
        "d",
        "Days from the start of appropriate antibiotics to the last positive blood culture; 0 "
        "when the first culture on treatment was negative.",
        HIGHER,
        asked=True,
        days=2,
    ),
    number(
        "endocarditis_days_fever",
        "days of fever on treatment",
        "d",
        "Days from the start of appropriate antibiotics to the last fever; 0 when there was none.",
        HIGHER,
        asked=True,
        days=2,
    ),
    yes_no(
        "endocarditis_persistent_sepsis",
        "persistent sepsis on treatment",
        "In spite of appropriate antibiotics and control of other foci.",
        asked=True,
        days=2,
    ),
    yes_no(
        "endocarditis_relapse",
        "relapse of prosthetic endocarditis",
        "Recurrent bacteremia after a complete course of appropriate antibiotics and negative "
        "cultures, without another source.",
        asked=True,
    ),
    number(
        "endocarditis_embolic_events",
        "embolic events on treatment",
        "",
        "Clinical or on imaging, since appropriate antibiotics were begun; 0 when none.",
        HIGHER,
        asked=True,
        days=7,
    ),
    yes_no(
        "vegetation_persistent",
        "vegetation still present on treatment",
        "On the last echo since appropriate antibiotics were begun.",
        asked=True,
        days=7,
    ),
    number(
        "vegetation_length_mm",
        "length of the largest vegetation",
        "mm",
        "Left-sided, in the present episode; 0 when none is seen.",
        HIGHER,
        asked=True,
        days=7,
    ),
    yes_no(
        "vegetation_mobile",
        "mobile vegetation",
        "Left-sided, in the present episode.",
        asked=True,
        days=7,
    ),
)

_PROPHYLAXIS = (
    yes_no(
        "previous_endocarditis",
        "endocarditis before",
        "Any episode, ever, healed or treated.",
    ),
    yes_no(
        "other_valve_prosthesis",
        "prosthesis of another valve",
        "Aortic, tricuspid or pulmonary, surgical or transcatheter, a valved conduit included.",
    ),
    yes_no(
        "other_valve_repair_material",
        "repair material in another valve",
        "A ring, clip or artificial chords in the tricuspid or aortic valve.",
    ),
    yes_no(
        "congenital_heart_disease_at_risk",
        "congenital heart disease at risk of endocarditis",
        "Cyanotic and unrepaired; or repaired with residual shunt or leak beside prosthetic "
        "material; or completely repaired with material or device within the last 6 months.",
        asked=True,
        days=YEAR,
    ),
    yes_no(
        "transplant_with_valve_regurgitation",
        "heart transplant with regurgitation of an abnormal valve",
        "Of the transplanted heart.",
        asked=True,
        days=YEAR,
    ),
    yes_no("heart_transplant", "heart transplant", "Performed, ever."),
    yes_no("assist_device", "ventricular assist device or artificial heart", "Present today."),
    term(
        "penicillin_allergy",
        "allergy to penicillin or ampicillin",
        PenicillinAllergy,
        "From the allergy record. Severe: anaphylaxis, angioedema or urticaria. An allergy whose "
        "reaction is not known counts as severe. Nothing asked is unknown, not none.",
        adverse=frozenset({PenicillinAllergy.SEVERE, PenicillinAllergy.NOT_SEVERE}),
        unknown=frozenset({PenicillinAllergy.UNKNOWN}),
    ),
    yes_no(
        "cephalosporin_allergy",
        "allergy to a cephalosporin",
        "From the allergy record; no only when allergies were asked.",
    ),
    yes_no(
        "macrolide_allergy",
        "allergy to a macrolide",
        "Azithromycin or clarithromycin; no only when allergies were asked.",
    ),
    yes_no(
        "tetracycline_allergy",
        "allergy to a tetracycline",
        "Doxycycline; no only when allergies were asked.",
    ),
    yes_no(
        "nondental_procedure_planned",
        "non-dental procedure planned",
        "Transesophageal echo, endoscopy or urogenital procedure.",
        Worse.NEITHER,
        asked=True,
        days=90,
    ),
    yes_no(
        "active_infection",
        "active infection at the site of the procedure",
        "Of the non-dental procedure that is planned.",
        Worse.NEITHER,
        asked=True,
        days=90,
    ),
)

_RHEUMATIC = (
    yes_no(
        "rheumatic_fever_ever",
        "rheumatic fever or rheumatic heart disease",
        "Ever.",
    ),
    yes_no(
        "rheumatic_carditis",
        "carditis with the rheumatic fever",
        "In the attack or since.",
        asked=True,
    ),
    yes_no(
        "rheumatic_residual_disease",
        "residual rheumatic heart disease",
        "A valve lesion that persists after the rheumatic fever.",
        asked=True,
    ),
    number(
        "years_since_rheumatic_fever",
        "years since the last attack of rheumatic fever",
        "years",
        "Completed years on the day of the assessment.",
        LOWER,
    ),
)

FACTS = (*_ENDOCARDITIS, *_PROPHYLAXIS, *_RHEUMATIC)
