"""The starting formulary: drug classes and drugs. It lives in code, not in the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class DrugClass(models.TextChoices):
    """Classes that rules ask for."""

    ACE_INHIBITOR = "ace_inhibitor", "ACE inhibitor"
    ARB = "arb", "angiotensin receptor blocker"
    ARNI = "arni", "ARNI"
    BETA_BLOCKER = "beta_blocker", "beta blocker"
    MRA = "mra", "mineralocorticoid antagonist"
    SGLT2_INHIBITOR = "sglt2_inhibitor", "SGLT2 inhibitor"
    DIURETIC = "diuretic", "diuretic"
    NITRATE = "nitrate", "nitrate"
    OTHER_VASODILATOR = "other_vasodilator", "other vasodilator"
    VKA = "vka", "vitamin K antagonist"
    DOAC = "doac", "direct oral anticoagulant"
    ANTIPLATELET = "antiplatelet", "antiplatelet"
    ANTIARRHYTHMIC = "antiarrhythmic", "antiarrhythmic"
    DIGOXIN = "digoxin", "digoxin"
    CALCIUM_BLOCKER = "calcium_blocker", "calcium channel blocker"
    HEPARIN = "heparin", "heparin"
    STATIN = "statin", "statin"
    OTHER = "other", "other"


@dataclass(frozen=True)
class Drug:
    """One drug of the formulary."""

    code: str
    label: str
    drug_class: DrugClass


def _drugs(drug_class: DrugClass, *names: str) -> list[Drug]:
    return [Drug(name.replace(" ", "_").replace("-", "_"), name, drug_class) for name in names]


# Classes of which a file or a letter may say no more than "takes one".
_KNOWN_BY_CLASS = [
    drug_class for drug_class in DrugClass if drug_class not in {DrugClass.DIGOXIN, DrugClass.OTHER}
]

_ALL: list[Drug] = [
    *_drugs(
        DrugClass.ACE_INHIBITOR,
        "enalapril",
        "captopril",
        "lisinopril",
        "ramipril",
        "perindopril",
        "quinapril",
    ),
    *_drugs(DrugClass.ARB, "losartan", "valsartan", "candesartan", "irbesartan", "telmisartan"),
    *_drugs(DrugClass.ARNI, "sacubitril valsartan"),
    *_drugs(
        DrugClass.BETA_BLOCKER,
        "bisoprolol",
        "carvedilol",
        "metoprolol succinate",
        "metoprolol tartrate",
        "nebivolol",
        "atenolol",
    ),
    *_drugs(DrugClass.MRA, "spironolactone", "eplerenone"),
    *_drugs(DrugClass.SGLT2_INHIBITOR, "dapagliflozin", "empagliflozin"),
    *_drugs(
        DrugClass.DIURETIC,
        "furosemide",
        "torasemide",
        "bumetanide",
        "hydrochlorothiazide",
        "indapamide",
        "metolazone",
    ),
    *_drugs(
        DrugClass.NITRATE,
        "isosorbide mononitrate",
        "isosorbide dinitrate",
        "glyceryl trinitrate",
        "nitroprusside",
    ),
    *_drugs(DrugClass.OTHER_VASODILATOR, "hydralazine"),
    *_drugs(DrugClass.VKA, "warfarin", "acenocoumarol", "phenprocoumon", "fluindione"),
    *_drugs(DrugClass.DOAC, "apixaban", "rivaroxaban", "edoxaban", "dabigatran"),
    *_drugs(DrugClass.ANTIPLATELET, "aspirin", "clopidogrel", "ticagrelor", "prasugrel"),
    *_drugs(
        DrugClass.ANTIARRHYTHMIC,
        "amiodarone",
        "sotalol",
        "flecainide",
        "propafenone",
        "dronedarone",
    ),
    *_drugs(DrugClass.DIGOXIN, "digoxin"),
    *_drugs(DrugClass.CALCIUM_BLOCKER, "amlodipine", "diltiazem", "verapamil"),
    *_drugs(DrugClass.HEPARIN, "unfractionated heparin", "enoxaparin"),
    *_drugs(DrugClass.STATIN, "atorvastatin", "rosuvastatin", "simvastatin"),
    *(
        Drug(f"{drug_class.value}_not_stated", f"{drug_class.label}, drug not stated", drug_class)
        for drug_class in _KNOWN_BY_CLASS
    ),
    Drug("other", "other (see note)", DrugClass.OTHER),
]

FORMULARY: dict[str, Drug] = {drug.code: drug for drug in _ALL}


def drug_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices grouped by class, as a form or a model field wants them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for drug in _ALL:
        groups.setdefault(str(drug.drug_class.label), []).append((drug.code, drug.label))
    return list(groups.items())
