"""What the editions ask for differently, topic by topic (rows DF-* of the tables)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Topic:
    """One difference: its row, its words, and the other edition's rows on the same question."""

    row: str
    words: str
    counterparts: tuple[str, ...] = ()


_INDEX = Topic(
    "DF-04",
    "ESC/EACTS 2025 also counts LVESD over body surface area as LV dysfunction, ACC/AHA does not",
    ("AHA-PI-02",),
)
_EARLY_REPAIR_ESC = Topic(
    "DF-05",
    "For early repair ESC/EACTS counts atrial fibrillation, pulmonary pressure, left atrium and "
    "tricuspid regurgitation at low risk, ACC/AHA the likelihood of repair and the mortality",
    ("AHA-PI-04",),
)
_EARLY_REPAIR_AHA = Topic(
    "DF-05",
    "For early repair ACC/AHA asks for a durable repair above 95 % and a mortality below 1 % at a "
    "valve center, ESC/EACTS for consequences such as atrial fibrillation, pulmonary pressure or "
    "a dilated left atrium",
    ("ESC25-P-04", "ESC25-P-05", "ESC25-P-06", "ESC21-P-04", "ESC21-P-05"),
)
_PRESSURE_OR_RHYTHM = Topic(
    "DF-06",
    "Pulmonary pressure above 50 mmHg, or atrial fibrillation secondary to the regurgitation, is "
    "a reason for surgery in ESC/EACTS and not in ACC/AHA",
    ("AHA-PI-04",),
)
_ATRIUM = Topic(
    "DF-07",
    "A dilated left atrium alone is a reason for repair in ESC/EACTS and not in ACC/AHA",
    ("AHA-PI-04",),
)
_PROGRESSION = Topic(
    "DF-08",
    "Change of the left ventricle on three studies or more is a reason for surgery in ACC/AHA and "
    "no numbered rule in ESC/EACTS",
)
_PRIMARY_TEER_ESC = Topic(
    "DF-09",
    "For edge-to-edge repair at high risk ESC/EACTS accepts any symptoms, ACC/AHA asks for NYHA "
    "III or IV and a life expectancy of one year",
    ("AHA-PI-06",),
)
_PRIMARY_TEER_AHA = Topic(
    "DF-09",
    "For edge-to-edge repair at high risk ACC/AHA asks for NYHA III or IV and a life expectancy "
    "of one year, ESC/EACTS for symptoms and the heart team's judgement of high risk",
    ("ESC25-P-07", "ESC21-P-06"),
)
_VENTRICULAR_TEER_ESC = Topic(
    "DF-12",
    "For edge-to-edge repair in ventricular secondary regurgitation ESC/EACTS goes by Table 7 or "
    "criteria as in COAPT, ACC/AHA by anatomy, LVEF, LVESD and pulmonary pressure",
    ("AHA-SI-01",),
)
_VENTRICULAR_TEER_AHA = Topic(
    "DF-12",
    "For edge-to-edge repair in ventricular secondary regurgitation ACC/AHA goes by anatomy, LVEF, "
    "LVESD and pulmonary pressure; ESC/EACTS also asks for natriuretic peptides or an admission, "
    "the right ventricle, coronary and other valve disease",
    ("ESC25-S-06", "ESC25-S-07", "ESC21-S-04", "ESC21-S-06"),
)
_AT_BYPASS = Topic(
    "DF-16",
    "Secondary regurgitation at coronary bypass surgery has a different class in each",
    ("AHA-SI-02", "ESC25-S-03", "ESC25-S-04", "ESC21-S-02"),
)
_VENTRICULAR_SURGERY = Topic(
    "DF-17",
    "Isolated surgery for ventricular secondary regurgitation: ACC/AHA asks for NYHA III or IV "
    "despite therapy, ESC/EACTS for anatomy unsuitable for edge-to-edge repair (2025) or the "
    "heart team's judgement of fitness (2021)",
    ("AHA-SI-04", "ESC25-S-08", "ESC21-S-05"),
)
_ATRIAL = Topic(
    "DF-18",
    "Atrial secondary regurgitation: ESC/EACTS 2025 accepts any symptoms that persist and names "
    "edge-to-edge repair, ACC/AHA asks for NYHA III or IV and does not address that repair",
    ("AHA-SI-03", "ESC25-S-01", "ESC25-S-02"),
)
_OTHER_VALVE = Topic(
    "",
    "Severe primary regurgitation at surgery on another valve has a class in ESC/EACTS 2025 and is "
    "not numbered in ACC/AHA 2020",
    (),
)
_CORONARY = Topic(
    "DF-12",
    "Coronary disease first, then edge-to-edge repair, is a numbered rule in ESC/EACTS and not in "
    "ACC/AHA",
)

# By the row of the rule that stands in the stronger edition.
TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "ESC25-P-03": _INDEX,
        "ESC25-P-04": _EARLY_REPAIR_ESC,
        "AHA-PI-04": _EARLY_REPAIR_AHA,
        "ESC25-P-05": _PRESSURE_OR_RHYTHM,
        "ESC21-P-04": _PRESSURE_OR_RHYTHM,
        "ESC25-P-06": _ATRIUM,
        "ESC21-P-05": _ATRIUM,
        "AHA-PI-05": _PROGRESSION,
        "ESC25-P-07": _PRIMARY_TEER_ESC,
        "ESC21-P-06": _PRIMARY_TEER_ESC,
        "AHA-PI-06": _PRIMARY_TEER_AHA,
        "ESC25-P-12": _OTHER_VALVE,
        "ESC25-S-06": _VENTRICULAR_TEER_ESC,
        "ESC25-S-07": _VENTRICULAR_TEER_ESC,
        "ESC21-S-04": _VENTRICULAR_TEER_ESC,
        "ESC21-S-06": _VENTRICULAR_TEER_ESC,
        "AHA-SI-01": _VENTRICULAR_TEER_AHA,
        "AHA-SI-02": _AT_BYPASS,
        "ESC25-S-03": _AT_BYPASS,
        "ESC25-S-04": _AT_BYPASS,
        "ESC21-S-02": _AT_BYPASS,
        "AHA-SI-04": _VENTRICULAR_SURGERY,
        "ESC25-S-08": _VENTRICULAR_SURGERY,
        "ESC21-S-05": _VENTRICULAR_SURGERY,
        "AHA-SI-03": _ATRIAL,
        "ESC25-S-01": _ATRIAL,
        "ESC25-S-02": _ATRIAL,
        "ESC25-S-05": _CORONARY,
        "ESC21-S-03": _CORONARY,
    }
)
