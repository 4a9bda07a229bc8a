"""The drugs that are taken: from the list of medication, while it is reconciled (safety C)."""

from __future__ import annotations

from guidelines.definitions import Worse, number, yes_no

_LIST = "From the medication list; a drug that is not on a list grown old is unknown, not absent."

FACTS = (
    yes_no("takes_ace_inhibitor", "takes: ACE inhibitor", _LIST, Worse.NEITHER),
    yes_no("takes_arb", "takes: angiotensin receptor blocker", _LIST, Worse.NEITHER),
    yes_no("takes_arni", "takes: ARNI", _LIST, Worse.NEITHER),
    yes_no("takes_beta_blocker", "takes: beta blocker", _LIST, Worse.NEITHER),
    yes_no(
        "takes_evidence_based_beta_blocker",
        "takes: bisoprolol, carvedilol or metoprolol succinate",
        _LIST,
        Worse.NEITHER,
    ),
    yes_no("takes_mra", "takes: mineralocorticoid antagonist", _LIST, Worse.NEITHER),
    yes_no("takes_sglt2_inhibitor", "takes: SGLT2 inhibitor", _LIST, Worse.NEITHER),
    yes_no("takes_diuretic", "takes: diuretic", _LIST, Worse.NEITHER),
    yes_no("takes_nitrate", "takes: nitrate", _LIST, Worse.NEITHER),
    yes_no("takes_other_vasodilator", "takes: other vasodilator", _LIST, Worse.NEITHER),
    yes_no("takes_non_dhp_calcium_blocker", "takes: verapamil or diltiazem", _LIST, Worse.NEITHER),
    yes_no("takes_nsaid", "takes: anti-inflammatory drug (NSAID)", _LIST, Worse.NEITHER),
    yes_no("takes_vka", "takes: vitamin K antagonist", _LIST, Worse.NEITHER),
    yes_no("takes_doac", "takes: direct oral anticoagulant", _LIST, Worse.NEITHER),
    yes_no("takes_heparin", "takes: heparin", _LIST, Worse.NEITHER),
    yes_no("takes_antiplatelet", "takes: antiplatelet drug", _LIST, Worse.NEITHER),
    yes_no(
        "vasodilator_for_mr_alone",
        "vasodilator for the regurgitation alone",
        "An ACE inhibitor, ARB or other vasodilator whose stated reason is the regurgitation, or "
        "which has no stated reason while hypertension, heart failure and a reduced LVEF are "
        "known to be absent.",
        Worse.NEITHER,
    ),
    number(
        "warfarin_mg_per_day",
        "warfarin a day",
        "mg",
        "The present daily dose.",
    ),
    yes_no(
        "medication_list_reconciled",
        "medication list reconciled",
        "Whether what is taken was asked within the limit of safety C.",
        Worse.FALSE,
        asked=True,
        days=90,
    ),
)
