"""What is still to be found out."""

from __future__ import annotations

from collections.abc import Iterator

from followup.letters.case import LetterCase, sentence

WAITED: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "how you feel, and what you can do",
        frozenset({"symptomatic", "nyha_class", "symptoms_in_doubt", "symptoms_persist_on_gdmt"}),
    ),
    (
        "an ultrasound of the heart: how much the valve leaks",
        frozenset(
            {
                "eroa_mm2",
                "regurgitant_volume_ml",
                "regurgitant_fraction_percent",
                "vena_contracta_mm",
                "vena_contracta_area_mm2",
                "mr_grade",
                "flail_leaflet",
            }
        ),
    ),
    (
        "an ultrasound of the heart: its size, its strength and the pressure in the lungs",
        frozenset({"lvef_percent", "lvesd_mm", "lvedd_mm", "spap_mmhg", "la_volume_index_ml_m2"}),
    ),
    (
        "a closer look at the other heart valves",
        frozenset({"tr_grade", "tricuspid_regurgitation_secondary"}),
    ),
    (
        "a scan of the heart in a magnetic tube (MRI)",
        frozenset({"cmr_regurgitant_volume_ml", "cmr_regurgitant_fraction_percent"}),
    ),
    (
        "a recording of your heart rhythm (ECG)",
        frozenset({"atrial_fibrillation", "ecg_rhythm", "qrs_ms", "qrs_morphology"}),
    ),
    (
        "whether your medicines are at their best dose",
        frozenset({"gdmt_optimized", "crt_question_settled"}),
    ),
    (
        "whether you ever had a heart operation, and what caused the leak",
        frozenset({"mitral_valve_state", "mechanism", "etiology", "tempo"}),
    ),
)
THE_TEAMS_OPINION = "the opinion of our heart team"


def waited_for_lines(case: LetterCase) -> Iterator[str]:
    """What is missing, gathered under the test that answers it; details are left to the clinic.

    Which judgement is asked for follows from what the editions say: not with one that is hidden.
    """
    names = {gap.name for gap in case.whole.assessment.missing}
    for words, group in WAITED:
        if names & group:
            yield sentence(words)
    if not case.whole.hidden and any(gap.is_judgement for gap in case.whole.assessment.missing):
        yield sentence(THE_TEAMS_OPINION)
