"""Symptoms as safety D1 and D6 define them."""

from __future__ import annotations

from guidelines.definitions import HIGHER, number, yes_no

FACTS = (
    yes_no(
        "symptomatic",
        "symptoms attributed to the regurgitation",
        "As safety D1 defines it: no only when actively asked within the limit, yes until "
        "re-assessed; drug relief does not undo it.",
        said=("symptoms attributed to the regurgitation", "no symptoms of the regurgitation"),
    ),
    number("nyha_class", "NYHA class", "", "One to four.", HIGHER),
    yes_no(
        "symptoms_persist_on_gdmt",
        "symptoms persist on optimized therapy",
        "As safety D6 defines it, for secondary regurgitation.",
    ),
)
